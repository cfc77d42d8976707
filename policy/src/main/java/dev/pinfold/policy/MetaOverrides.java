package dev.pinfold.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a pin may ask for through its meta, and how far.
 *
 * @param replicas bounds for {@code pinfold.replicas}; null when it may not be set
 * @param residency jurisdictions that {@code pinfold.residency} may name; empty when it may not be set
 * @param expireWithin longest life that {@code pinfold.expireAt} may ask for; null when it may not be set
 */
public record MetaOverrides(
        @Nullable Bounds replicas,
        SortedSet<String> residency,
        @Nullable Duration expireWithin) {
    /** Meta overrides nothing. */
    public static final MetaOverrides NONE = new MetaOverrides(null, new TreeSet<>(), null);

    /** Copies the set. */
    public MetaOverrides {
        residency = Collections.unmodifiableSortedSet(new TreeSet<>(residency));
    }

    /** Inclusive bounds. */
    public record Bounds(int min, int max) {
        int clamp(int wanted) {
            return Math.max(min, Math.min(max, wanted));
        }
    }

    /** Both together; what {@code later} sets wins. */
    MetaOverrides and(MetaOverrides later) {
        return new MetaOverrides(
                later.replicas == null ? replicas : later.replicas,
                later.residency.isEmpty() ? residency : later.residency,
                later.expireWithin == null ? expireWithin : later.expireWithin);
    }
}
