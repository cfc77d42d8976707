package dev.pinfold.spi.deal;

import dev.pinfold.content.piece.PieceSize;
import java.util.Optional;

/**
 * What a storage provider asks for, now.
 *
 * @param pricePerGiB per GiB of padded size (2^30 bytes) and epoch
 * @param verifiedPricePerGiB the same for a verified deal
 * @param smallest the smallest piece it takes
 * @param largest the largest piece it takes: never more than its sector
 * @param expiry until when it holds; empty where that is not told
 */
public record Ask(
        AttoFil pricePerGiB,
        AttoFil verifiedPricePerGiB,
        PieceSize smallest,
        PieceSize largest,
        Optional<Epoch> expiry) {
    private static final long GIB = 1L << 30;

    /** The price per GiB and epoch of a deal of this kind. */
    public AttoFil price(boolean verified) {
        return verified ? verifiedPricePerGiB : pricePerGiB;
    }

    /**
     * The least a storage provider accepts per epoch for the whole piece: price × padded size / 2^30, rounded up. One unit
     * less is rejected.
     */
    public AttoFil epochPrice(PieceSize size, boolean verified) {
        return price(verified).timesRoundedUp(size.padded(), GIB);
    }
}
