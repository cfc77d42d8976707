/** Who this broker is among others. */
@NullMarked
package dev.pinfold.broker.cluster;

import org.jspecify.annotations.NullMarked;
