package dev.pinfold.conformance.reference;

/** How a correct server may differ from another correct one. */
public enum Behaviour {
    PINS_AT_ONCE("Inline CIDs are pinned at once, others stay queued"),
    PINS_STEP_BY_STEP("Inline CIDs go from queued over pinning to pinned, one step per read"),
    NEVER_PINS("Nothing is ever pinned"),
    ALWAYS_FAILS("Every pin fails, with a reason"),
    NAME_FINDS_ALL_STATES("A name filter without status finds pins in all states (one reading of the operation text)"),
    LIMITS_RATE("Answers 429 to every third request, with Retry-After"),
    NANOSECONDS("created has nanoseconds and leaves out trailing zeros"),
    COMPRESSES("Compresses when asked"),
    FOREIGN_403("Tells others that a foreign pin exists (403)"),
    NO_INLINE_CIDS("Refuses inline CIDs with 400"),
    CUSTOM_CODES("Custom 4xx codes for bad input, as the specification allows"),
    OFFSETS("created is written with an offset instead of Z"),
    LEAN_OBJECTS("name, meta and info are left out where there is nothing to say"),
    EMPTY_OBJECTS("Absent names are \"\", and meta, origins and info are there but empty"),
    MANY_DELEGATES("Twenty delegates in every form that ends in a peer id"),
    OPAQUE_IDS("requestid is opaque text with every character that may stand in a path"),
    BUSY_ACCOUNT("Somebody else pins into the same account all the time"),
    GONE_410("A pin that was deleted or replaced answers 410, a custom 4xx code"),
    BELOW_A_PATH("Everything is below a path"),
    CLOSES_CONNECTIONS("Every connection is closed after its answer"),
    LISTS_LAG("New pins show in lists only after a moment"),
    HOLDS_NOTHING("The gateway holds nothing but what stands in CIDs"),
    BLOCKS_ONLY("The gateway serves blocks and no CARs"),
    TRUSTLESS_ONLY("The gateway gives no files, only blocks and CARs"),
    ANSWERS_NO_PROBE("The gateway does not know the probe CID"),
    CARS_IN_ANY_ORDER("CARs come in any order and say so"),
    REFUSES_DUPLICATES("The gateway refuses dups=y with 406"),
    OUTSIDE_400("A range behind the end of a file answers 400"),
    STREAMS_MISSING_PATHS("A CAR of a path that does not exist is 200 with the blocks that show it"),
    GIVES_NO_PARTS("The gateway answers a Range with the whole content"),
    LOOKS_FOR_CONTENT("The gateway goes looking for content and answers 504 when it finds none");

    private final String what;

    Behaviour(String what) {
        this.what = what;
    }

    public String what() {
        return what;
    }

    /** Whether it concerns the gateway and not the pinning service; those of the gateway stand last. */
    public boolean ofGateway() {
        return compareTo(HOLDS_NOTHING) >= 0;
    }
}
