package dev.pinfold.conformance.reference;

/** How a correct server may differ from another correct one. */
public enum Behaviour {
    /** Inline CIDs are pinned at once, others stay queued. */
    PINS_AT_ONCE,
    /** Inline CIDs go from queued over pinning to pinned, one step per read. */
    PINS_STEP_BY_STEP,
    /** Nothing is ever pinned. */
    NEVER_PINS,
    /** Every pin fails, with a reason. */
    ALWAYS_FAILS,
    /** A name filter without status finds pins in all states (one reading of the operation text). */
    NAME_FINDS_ALL_STATES,
    /** Answers 429 to every third request, with Retry-After. */
    LIMITS_RATE,
    /** created has nanoseconds and leaves out trailing zeros. */
    NANOSECONDS,
    /** Compresses when asked. */
    COMPRESSES,
    /** Tells others that a foreign pin exists (403). */
    FOREIGN_403,
    /** Refuses inline CIDs with 400. */
    NO_INLINE_CIDS,
    /** Custom 4xx codes for bad input, as the specification allows. */
    CUSTOM_CODES
}
