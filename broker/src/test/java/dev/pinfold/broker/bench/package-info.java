/** Tests of the measurements. */
@NullMarked
package dev.pinfold.broker.bench;

import org.jspecify.annotations.NullMarked;
