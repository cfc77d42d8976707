/** Opt-in grades beyond the specification: durability, loss and load, within limits the operator sets. */
@NullMarked
package dev.pinfold.conformance.probe;

import org.jspecify.annotations.NullMarked;
