/** The loop that makes what is wanted true: observe, decide, act, record. */
@NullMarked
package dev.pinfold.broker.reconcile;

import org.jspecify.annotations.NullMarked;
