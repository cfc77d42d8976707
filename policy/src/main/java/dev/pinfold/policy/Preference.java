package dev.pinfold.policy;

/** A soft wish. It decides only between sets whose cost lies in the class's cost band. */
public sealed interface Preference {
    /** Points, 1..1000, that a provider gains when it fulfils the wish completely. */
    int weight();

    /** Providers whose label has this value. */
    record Label(String label, String value, int weight) implements Preference {}

    /** The operator's own nodes. */
    record OwnNode(int weight) implements Preference {}

    /** Providers with a better reading, normalised over the candidates; an unknown reading gains nothing. */
    record Metric(Reading reading, boolean lowerIsBetter, int weight) implements Preference {}

    /** What can be read off a provider. */
    enum Reading {
        RETRIEVAL_P95_MS,
        SUCCESS_RATE,
        EGRESS_PER_GIB,
        USED_BYTES
    }
}
