package dev.pinfold.spi.deal;

import java.util.Set;

/**
 * Names a deal that was ordered, or may have been proposed.
 *
 * @param order the order
 * @param ids what is known of it so far
 * @param others proposal CIDs of every other deal that was ever made for the same piece with the same storage provider.
 *     A legacy node keeps no key of the caller's: where the reply to a proposal was lost, the deal is the one that is
 *     none of these. Usually empty
 */
public record DealRef(DealOrder order, DealIds ids, Set<String> others) {
    public DealRef {
        others = Set.copyOf(others);
    }

    public static DealRef of(DealOrder order, DealIds ids) {
        return new DealRef(order, ids, Set.of());
    }
}
