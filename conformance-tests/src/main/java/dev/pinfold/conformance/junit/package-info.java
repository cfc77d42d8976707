/** The suite as JUnit 5 dynamic tests, for a provider's own build. */
@NullMarked
package dev.pinfold.conformance.junit;

import org.jspecify.annotations.NullMarked;
