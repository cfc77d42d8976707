/** Tests of where copies go. */
@NullMarked
package dev.pinfold.broker.placement;

import org.jspecify.annotations.NullMarked;
