/** A pinning service and a gateway that follow every rule, with a switch for breaking each of them. */
@NullMarked
package dev.pinfold.conformance.reference;

import org.jspecify.annotations.NullMarked;
