package dev.pinfold.content.piece;

/**
 * The size of a piece: always a power of two.
 *
 * <p>Two counts are in use and easily mixed up. <em>Padded</em> bytes are what deals, prices and sectors count. Of every
 * 128 of them 127 can carry payload: those are the <em>unpadded</em> bytes, and the most that the payload can have.
 *
 * @param height of the tree: {@code 32 << height} padded bytes; 2 (128 bytes) to {@value #MAX_HEIGHT}
 */
public record PieceSize(int height) implements Comparable<PieceSize> {
    /** The height of the smallest piece: 128 padded bytes. */
    public static final int MIN_HEIGHT = 2;
    /** The largest height whose size is still a positive {@code long}. */
    public static final int MAX_HEIGHT = 57;

    private static final int GROUP = 128;

    /** Throws IllegalArgumentException when {@code height} is out of bounds. */
    public PieceSize {
        if (height < MIN_HEIGHT || height > MAX_HEIGHT) {
            throw new IllegalArgumentException(
                    "A piece has a height of " + MIN_HEIGHT + " to " + MAX_HEIGHT + ", not " + height);
        }
    }

    /** The size of {@code padded} bytes. Throws IllegalArgumentException unless it is a power of two of at least 128. */
    public static PieceSize ofPadded(long padded) {
        if (padded < GROUP || Long.bitCount(padded) != 1) {
            throw new IllegalArgumentException(
                    "A padded piece size is a power of two of at least " + GROUP + " bytes, not " + padded);
        }
        return new PieceSize(Long.numberOfTrailingZeros(padded) - 5);
    }

    /** The smallest size that carries {@code payload} bytes; 128 for none at all. */
    public static PieceSize ofPayload(long payload) {
        if (payload < 0) {
            throw new IllegalArgumentException("A payload has no negative size: " + payload);
        }
        long groups = payload / 127 + (payload % 127 == 0 ? 0 : 1);
        int doublings = groups <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(groups - 1);
        return new PieceSize(MIN_HEIGHT + doublings);
    }

    /** The padded bytes. */
    public long padded() {
        return (long) Node.BYTES << height;
    }

    /** The unpadded bytes: the most that the payload can have. */
    public long unpadded() {
        return unpadded(padded());
    }

    /** How many payload bytes lie in {@code padded} bytes, a multiple of 128. */
    static long unpadded(long padded) {
        return padded / GROUP * 127;
    }

    /** The larger of the two. */
    public PieceSize max(PieceSize other) {
        return height >= other.height ? this : other;
    }

    @Override
    public int compareTo(PieceSize other) {
        return Integer.compare(height, other.height);
    }

    /** For example {@code 34359738368 padded bytes}. */
    @Override
    public String toString() {
        return padded() + " padded bytes";
    }
}
