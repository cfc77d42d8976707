/** The named checks of the Pinning Service API, level by level. */
@NullMarked
package dev.pinfold.conformance.checks;

import org.jspecify.annotations.NullMarked;
