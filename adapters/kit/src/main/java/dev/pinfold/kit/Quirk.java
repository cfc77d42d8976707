package dev.pinfold.kit;

/** A lasting way in which some real pinning company differs from the Pinning Service API, or from what it suggests. */
public enum Quirk {
    /** {@code requestId} instead of {@code requestid}. */
    REQUEST_ID_IN_CAMEL_CASE,
    /** The id of a pin is its CID, so pinning again gives the same id. */
    REQUEST_ID_IS_CID,
    /** {@code delegates: []}. */
    EMPTY_DELEGATES,
    /** {@code delegates: null}. */
    NULL_DELEGATES,
    /** {@code name: null} and {@code meta: null} where none were given. */
    NULL_NAME_AND_META,
    /** Fields that the API does not know. */
    EXTRA_FIELDS,
    /** A new pin is answered with 200 instead of 202. */
    ADD_ANSWERS_200,
    /** A bad token is answered with 403 instead of 401. */
    BAD_TOKEN_ANSWERS_403,
    /** Removing an unknown pin is answered with 202 instead of 404. */
    UNKNOWN_DELETE_ANSWERS_202,
    /** Any origins are refused with 400 INVALID_ORIGINS. */
    REFUSES_ORIGINS,
    /** Origins other than plain TCP are refused with 400 INVALID_ORIGINS. */
    REFUSES_NEW_ORIGIN_PROTOCOLS,
    /** Names over 255 bytes of UTF-8 are refused with 400. */
    NAME_LIMIT_IN_BYTES,
    /** Metadata is taken and forgotten. */
    META_NOT_KEPT,
    /** More than ten pairs of metadata are refused with 400. */
    AT_MOST_TEN_META_PAIRS,
    /** {@code count} is the length of the page plus one where there is more. */
    COUNT_IS_PAGE_PLUS_ONE,
    /** {@code count} is the length of the page. */
    COUNT_IS_PAGE,
    /** A page holds some of its pins twice, the same on the next page. */
    LIST_REPEATS_PINS,
    /** Pages come in no order. */
    LIST_IN_RANDOM_ORDER,
    /** Oldest pins first. */
    LIST_OLDEST_FIRST,
    /** {@code before} and {@code after} are not looked at. */
    LIST_IGNORES_WINDOW,
    /** {@code before} and {@code after} include their own moment. */
    LIST_WINDOW_INCLUSIVE,
    /** The {@code cid} filter is not looked at. */
    LIST_IGNORES_CID,
    /** The {@code cid} filter makes all other filters and paging forgotten. */
    CID_FILTER_IGNORES_OTHERS,
    /** {@code status} is compared as one text: a list of states matches nothing. */
    STATUS_FILTER_TAKES_ONE_VALUE,
    /** A missing {@code status} means all states. */
    NO_DEFAULT_STATUS,
    /** A missing {@code status} is refused with 400. */
    STATUS_IS_MANDATORY,
    /** {@code limit} above 100 is refused with 400. */
    LIMIT_AT_MOST_100,
    /** {@code created} is cut to whole seconds. */
    CREATED_IN_SECONDS,
    /** {@code created} ends in {@code +00:00} instead of {@code Z}. */
    CREATED_WITH_OFFSET,
    /** States have names of their own: {@code searching}, {@code prechecking}, {@code expired}. */
    OWN_STATE_WORDS,
    /** What could not be fetched whole is called pinned, with {@code info.missing_blocks}. */
    PINNED_WITH_MISSING_BLOCKS,
    /** An unknown id is answered with a status of its own, 456. */
    UNKNOWN_GET_ANSWERS_456
}
