package dev.pinfold.spi.deal;

import java.util.List;

/**
 * One look at a deal.
 *
 * @param observation what is seen
 * @param ids all that is known of its ids now
 * @param asOf the chain's head when this was seen
 * @param duplicates proposal CIDs of further deals that fit the order and belong to no other; always empty unless
 *     something went wrong outside of the broker
 */
public record DealSighting(DealObservation observation, DealIds ids, Epoch asOf, List<String> duplicates) {
    public DealSighting {
        duplicates = List.copyOf(duplicates);
    }

    public static DealSighting of(DealObservation observation, DealIds ids, Epoch asOf) {
        return new DealSighting(observation, ids, asOf, List.of());
    }
}
