/** The gateway profile: what a pinning provider's retrieval endpoint should do. */
@NullMarked
package dev.pinfold.conformance.gateway;

import org.jspecify.annotations.NullMarked;
