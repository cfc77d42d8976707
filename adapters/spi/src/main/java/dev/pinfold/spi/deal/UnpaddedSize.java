package dev.pinfold.spi.deal;

import dev.pinfold.content.piece.PieceSize;

/**
 * The size of a piece without Fr32 padding, in bytes: 127 times a power of two. It is the most payload the piece holds.
 * Lotus counts {@code Data.PieceSize} of {@code ClientStartDeal} and the {@code Size} of a DealInfo in it.
 *
 * @param bytes the size
 */
public record UnpaddedSize(long bytes) implements Comparable<UnpaddedSize> {
    public UnpaddedSize {
        if (bytes < 127 || bytes % 127 != 0 || Long.bitCount(bytes / 127) != 1) {
            throw new IllegalArgumentException("an unpadded piece size is 127 times a power of two, not " + bytes);
        }
    }

    /** The same piece with padding: 128/127 of this. */
    public PieceSize padded() {
        return PieceSize.ofPadded(bytes / 127 * 128);
    }

    @Override
    public int compareTo(UnpaddedSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return bytes + " bytes unpadded";
    }
}
