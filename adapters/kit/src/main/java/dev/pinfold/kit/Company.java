package dev.pinfold.kit;

import java.util.Set;

/** Real services, as sets of {@link Quirk}s. What is known of them is of 2021 to 2026 and may have changed. */
public enum Company {
    /** Keeps to the letter of the API. */
    STRICT,
    /** Pinata's Pinning Service API. */
    PINATA(
            Quirk.COUNT_IS_PAGE_PLUS_ONE,
            Quirk.REFUSES_NEW_ORIGIN_PROTOCOLS,
            Quirk.AT_MOST_TEN_META_PAIRS,
            Quirk.OWN_STATE_WORDS),
    /** Filebase's IPFS buckets. */
    FILEBASE,
    /** 4EVERLAND: behaves, apart from the reading of the default status. */
    FOUR_EVERLAND(Quirk.NO_DEFAULT_STATUS),
    /** ipfs-cluster's pinsvcapi. */
    IPFS_CLUSTER(
            Quirk.REQUEST_ID_IS_CID,
            Quirk.ADD_ANSWERS_200,
            Quirk.LIST_IN_RANDOM_ORDER,
            Quirk.LIST_WINDOW_INCLUSIVE,
            Quirk.CID_FILTER_IGNORES_OTHERS,
            Quirk.NO_DEFAULT_STATUS,
            Quirk.EMPTY_DELEGATES,
            Quirk.NAME_LIMIT_IN_BYTES),
    /** The Filecoin Pin server. */
    FILECOIN_PIN(
            Quirk.BAD_TOKEN_ANSWERS_403,
            Quirk.EMPTY_DELEGATES,
            Quirk.STATUS_FILTER_TAKES_ONE_VALUE,
            Quirk.NO_DEFAULT_STATUS,
            Quirk.LIST_IGNORES_WINDOW,
            Quirk.COUNT_IS_PAGE,
            Quirk.UNKNOWN_DELETE_ANSWERS_202,
            Quirk.PINNED_WITH_MISSING_BLOCKS),
    /** The services of Protocol Labs' grant years, gone by now, whose clients are not. */
    WEB3_STORAGE(
            Quirk.REQUEST_ID_IN_CAMEL_CASE,
            Quirk.EXTRA_FIELDS,
            Quirk.NULL_NAME_AND_META,
            Quirk.CREATED_WITH_OFFSET,
            Quirk.NULL_DELEGATES,
            Quirk.STATUS_IS_MANDATORY);

    @SuppressWarnings("ImmutableEnumChecker") // An unmodifiable copy of constants.
    private final Set<Quirk> quirks;

    Company(Quirk... quirks) {
        this.quirks = Set.of(quirks);
    }

    /** What is particular about it. */
    public Set<Quirk> quirks() {
        return quirks;
    }
}
