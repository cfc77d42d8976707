package dev.pinfold.policy;

import org.jspecify.annotations.Nullable;

/**
 * What a provider refuses beyond. Null means the provider states no limit.
 *
 * @param maxDagBytes largest DAG it takes
 * @param maxPins most pins the account may hold
 */
public record Limits(@Nullable Long maxDagBytes, @Nullable Long maxPins) {
    /** No stated limit. */
    public static final Limits NONE = new Limits(null, null);
}
