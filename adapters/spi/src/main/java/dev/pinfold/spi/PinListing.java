package dev.pinfold.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of what a provider holds.
 *
 * @param pins the pins of this page; an id may come again on a later page, and the caller must bear it
 * @param next where the next page begins; null at the end
 */
public record PinListing(List<ListedPin> pins, @Nullable String next) {
    public PinListing {
        pins = List.copyOf(pins);
    }

    /**
     * One pin at the provider.
     *
     * @param upstreamId the provider's id
     * @param cid the root as the provider writes it
     * @param orderKey the key of the broker's order it belongs to; null where it carries none
     * @param observation its state
     */
    public record ListedPin(
            String upstreamId, String cid, @Nullable String orderKey, Observation observation) {}
}
