/** CAR archives: version 1 read and written, version 2 read, always as a stream and always proven. */
@NullMarked
package dev.pinfold.content.car;

import org.jspecify.annotations.NullMarked;
