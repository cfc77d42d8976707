/** The provider conformance suite: judges any Pinning Service API endpoint over nothing but HTTP. */
@NullMarked
package dev.pinfold.conformance;

import org.jspecify.annotations.NullMarked;
