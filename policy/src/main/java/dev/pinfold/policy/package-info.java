/** The placement engine: pure decisions from an immutable snapshot to an explained plan. No I/O, clock or randomness. */
@NullMarked
package dev.pinfold.policy;

import org.jspecify.annotations.NullMarked;
