package dev.pinfold.spi.deal;

/**
 * The size of a piece with Fr32 padding, in bytes: a power of two, 128 or more. Deals on chain, asks, collateral and
 * sectors are counted in it. A size without padding is an {@link UnpaddedSize}: the two cannot be mixed up.
 *
 * @param bytes the size
 */
public record PaddedSize(long bytes) implements Comparable<PaddedSize> {
    private static final long SMALLEST = 128;

    public PaddedSize {
        if (bytes < SMALLEST || Long.bitCount(bytes) != 1) {
            throw new IllegalArgumentException("a padded piece size is a power of two, 128 or more, not " + bytes);
        }
    }

    /** The smallest piece that holds a payload of 1 byte or more. */
    public static PaddedSize holding(long payloadBytes) {
        if (payloadBytes < 1 || payloadBytes > Long.MAX_VALUE / 4) {
            throw new IllegalArgumentException("no piece holds a payload of " + payloadBytes + " bytes");
        }
        long padded = SMALLEST;
        while (new PaddedSize(padded).unpadded().bytes() < payloadBytes) {
            padded *= 2;
        }
        return new PaddedSize(padded);
    }

    /** The same piece without padding: 127/128 of this. */
    public UnpaddedSize unpadded() {
        return new UnpaddedSize(bytes / 128 * 127);
    }

    @Override
    public int compareTo(PaddedSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return bytes + " bytes padded";
    }
}
