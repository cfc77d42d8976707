@NullMarked
package dev.pinfold.content.car;

import org.jspecify.annotations.NullMarked;
