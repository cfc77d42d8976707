package dev.pinfold.psa;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is particular about a company, as defaults for the settings of the same names. Companies change: every one of
 * these can be set. Sources: the vendors' documentation and the issue threads of their clients, 2021 to 2026.
 */
enum Preset {
    /** Keeps to the API. */
    GENERIC(null, OriginsPolicy.SEND, true, 100, StatusFilter.CSV, true),
    /**
     * Pinata refuses origins of newer protocols (400 INVALID_ORIGINS) and more than about ten pairs of metadata. Its
     * count is the length of the page plus one.
     */
    PINATA("https://api.pinata.cloud/psa", OriginsPolicy.PLAIN, true, 10, StatusFilter.CSV, true),
    /** Filebase: the token belongs to one bucket. */
    FILEBASE("https://api.filebase.io/v1/ipfs", OriginsPolicy.SEND, true, 100, StatusFilter.CSV, true),
    /** 4EVERLAND. */
    FOUR_EVERLAND("https://api.4everland.dev", OriginsPolicy.SEND, true, 100, StatusFilter.CSV, true),
    /**
     * The Filecoin Pin server compares the status filter as one text, has no {@code before}, names no delegates, and
     * answers a bad token with 403.
     */
    FILECOIN_PIN(null, OriginsPolicy.SEND, false, 100, StatusFilter.EACH, false);

    final @Nullable String endpoint;
    final OriginsPolicy origins;
    final boolean delegates;
    final int metaPairs;
    final StatusFilter statusFilter;
    final boolean window;

    Preset(
            @Nullable String endpoint,
            OriginsPolicy origins,
            boolean delegates,
            int metaPairs,
            StatusFilter statusFilter,
            boolean window) {
        this.endpoint = endpoint;
        this.origins = origins;
        this.delegates = delegates;
        this.metaPairs = metaPairs;
        this.statusFilter = statusFilter;
        this.window = window;
    }

    /** What a company does with the origins of an order. */
    enum OriginsPolicy {
        /** Takes any multiaddr. */
        SEND,
        /** Takes addresses of plain TCP; others are left out. */
        PLAIN,
        /** Wants none. */
        NONE
    }

    /** How several states are asked for. */
    enum StatusFilter {
        /** {@code status=queued,pinning,pinned,failed}. */
        CSV,
        /** One request for each state. */
        EACH,
        /** Without the parameter: the company then shows all states. */
        OMIT
    }

    /** The name that the configuration uses. */
    String id() {
        return this == FOUR_EVERLAND ? "4everland" : idOf(this);
    }

    static Optional<Preset> named(String id) {
        return Stream.of(values()).filter(preset -> preset.id().equals(id)).findFirst();
    }

    static String ids() {
        return Stream.of(values()).map(Preset::id).collect(Collectors.joining(", "));
    }

    /** The name of a constant as the configuration writes it. */
    static String idOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
