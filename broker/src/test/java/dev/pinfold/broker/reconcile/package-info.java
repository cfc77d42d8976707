/** Tests of the rules of a copy's life. */
@NullMarked
package dev.pinfold.broker.reconcile;

import org.jspecify.annotations.NullMarked;
