/** A hot store on this machine's disk. {@code LocalProvider} speaks to the broker, {@code PackStore} keeps the bytes. */
@NullMarked
package dev.pinfold.local;

import org.jspecify.annotations.NullMarked;
