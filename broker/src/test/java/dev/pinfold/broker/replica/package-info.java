/** Tests of what pins show of their copies. */
@NullMarked
package dev.pinfold.broker.replica;

import org.jspecify.annotations.NullMarked;
