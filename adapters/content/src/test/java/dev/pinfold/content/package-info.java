@NullMarked
package dev.pinfold.content;

import org.jspecify.annotations.NullMarked;
