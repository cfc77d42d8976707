/** Tests of the suite: every check caught failing and passing, hostile endpoints, reports. */
@NullMarked
package dev.pinfold.conformance;

import org.jspecify.annotations.NullMarked;
