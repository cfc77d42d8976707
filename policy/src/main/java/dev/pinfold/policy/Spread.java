package dev.pinfold.policy;

import org.jspecify.annotations.Nullable;

/**
 * How copies are spread over the values of one label.
 *
 * @param by the label: region, org, …
 * @param minDomains at least this many different known values; 1 asks for nothing
 * @param maxPerDomain at most this many copies per value; null is no limit
 * @param hard true: a set that breaks it is never chosen; false: it costs {@code weight} points per violation
 * @param weight points of a preferred spread, 0..1000
 */
public record Spread(String by, int minDomains, @Nullable Integer maxPerDomain, boolean hard, int weight) {
    /** The name in explanations, for example {@code spread.region}. */
    public String name() {
        return "spread." + by;
    }
}
