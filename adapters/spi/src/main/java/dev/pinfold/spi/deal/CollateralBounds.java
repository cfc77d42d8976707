package dev.pinfold.spi.deal;

/**
 * What the chain allows a storage provider to pledge for one deal.
 *
 * @param least the least; grows with the network's supply, so propose somewhat more: see {@link #proposed()}
 * @param most the most
 */
public record CollateralBounds(AttoFil least, AttoFil most) {
    /** Six fifths of the least, at most the most: what survives the growth until the deal is published. */
    public AttoFil proposed() {
        AttoFil more = least.timesRoundedUp(6, 5);
        return more.isMoreThan(most) ? most : more;
    }
}
