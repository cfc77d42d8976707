package dev.pinfold.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look at an order.
 *
 * @param observation its state
 * @param upstreamId the provider's id of the order; null where it has none or is absent
 * @param duplicates ids of further pins at the provider that carry the same order key and are to be unpinned; usually
 *     empty
 * @param delegates multiaddrs the provider fetches from or can be reached at; may be empty
 */
public record Sighting(
        Observation observation, @Nullable String upstreamId, List<String> duplicates, List<String> delegates) {
    public Sighting {
        duplicates = List.copyOf(duplicates);
        delegates = List.copyOf(delegates);
    }

    /** A sighting without duplicates and delegates. */
    public static Sighting of(Observation observation, @Nullable String upstreamId) {
        return new Sighting(observation, upstreamId, List.of(), List.of());
    }
}
