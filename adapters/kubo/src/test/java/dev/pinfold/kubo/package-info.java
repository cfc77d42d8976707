@NullMarked
package dev.pinfold.kubo;

import org.jspecify.annotations.NullMarked;
