package dev.pinfold.policy;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One provider at the moment of the decision: catalog entry, price, health and usage in one value.
 *
 * @param id the provider's name in the catalog
 * @param tier hot or cold
 * @param labels where and whose it is: region, country, jurisdiction, org, backing, …; a missing label is unknown
 * @param capabilities what it can do, kebab-case ({@code pin-by-cid}, {@code upload-car}, …)
 * @param limits what it refuses beyond
 * @param price what it charges; null when nobody knows, and then it is never chosen
 * @param health what was measured
 * @param usage what it holds of ours
 * @param state what the operator decided
 * @param addedAt when the provider entered the catalog; null when unknown
 */
public record ProviderSnapshot(
        String id,
        Tier tier,
        SortedMap<String, String> labels,
        SortedSet<String> capabilities,
        Limits limits,
        @Nullable Price price,
        Health health,
        Usage usage,
        ProviderState state,
        @Nullable Instant addedAt) {

    /** Copies the collections, sorted, so that equal snapshots render equally. */
    public ProviderSnapshot {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
    }

    /** A snapshot from plain maps and sets. */
    public static ProviderSnapshot of(
            String id,
            Tier tier,
            Map<String, String> labels,
            Set<String> capabilities,
            Limits limits,
            @Nullable Price price,
            Health health,
            Usage usage,
            ProviderState state) {
        return new ProviderSnapshot(
                id,
                tier,
                new TreeMap<>(labels),
                new TreeSet<>(capabilities),
                limits,
                price,
                health,
                usage,
                state,
                null);
    }

    /** The label's value, or null when it is unknown. */
    public @Nullable String label(String name) {
        return labels.get(name);
    }

    /** True for one of the operator's own nodes: label {@code ownNode: "true"}. */
    public boolean ownNode() {
        return "true".equals(labels.get("ownNode"));
    }

    /** The same provider at another price. */
    public ProviderSnapshot withPrice(@Nullable Price replaced) {
        return new ProviderSnapshot(id, tier, labels, capabilities, limits, replaced, health, usage, state, addedAt);
    }

    /** The same provider in another state. */
    public ProviderSnapshot withState(ProviderState replaced) {
        return new ProviderSnapshot(id, tier, labels, capabilities, limits, price, health, usage, replaced, addedAt);
    }
}
