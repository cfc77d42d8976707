package dev.pinfold.kit.filecoin;

import java.math.BigInteger;

/**
 * What a provider wants, and takes.
 *
 * @param price attoFIL per GiB and epoch
 * @param verifiedPrice the same for deals with DataCap
 * @param minPiece padded bytes
 * @param maxPiece padded bytes
 */
public record Ask(BigInteger price, BigInteger verifiedPrice, long minPiece, long maxPiece) {
    private static final BigInteger GIB = BigInteger.ONE.shiftLeft(30);

    /** Curio's own default prices, with pieces from 256 bytes on so that tests stay small. */
    public static final Ask DEFAULT =
            new Ask(BigInteger.valueOf(50_000_000), BigInteger.valueOf(5_000_000), 256, 1L << 35);

    /** This with both prices multiplied. */
    public Ask times(long factor) {
        BigInteger by = BigInteger.valueOf(factor);
        return new Ask(price.multiply(by), verifiedPrice.multiply(by), minPiece, maxPiece);
    }

    /** This with other bounds of the padded piece size. */
    public Ask pieces(long min, long max) {
        return new Ask(price, verifiedPrice, min, max);
    }

    /** The least attoFIL per epoch for a piece: what one unit below is refused for. */
    BigInteger perEpoch(long paddedSize, boolean verified) {
        BigInteger product = (verified ? verifiedPrice : price).multiply(BigInteger.valueOf(paddedSize));
        return product.add(GIB.subtract(BigInteger.ONE)).divide(GIB);
    }
}
