/**
 * Any company that speaks the IPFS Pinning Service API (v1.0.0). What is asked and what an answer means is decided
 * without I/O ({@code PsaRequests}, {@code PsaAnswers}); how vendors differ is data ({@code Preset}).
 */
@NullMarked
package dev.pinfold.psa;

import org.jspecify.annotations.NullMarked;
