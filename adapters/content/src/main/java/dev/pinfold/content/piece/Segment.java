package dev.pinfold.content.piece;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A piece's place in an aggregate, as one entry of the aggregate's index says it (FRC-0058).
 *
 * @param commitment of the piece
 * @param offset in padded bytes from the aggregate's start, a multiple of {@code size}
 * @param size of the piece
 */
public record Segment(Node commitment, long offset, PieceSize size) {
    /** Padded bytes of an index entry: two leaves. */
    static final int ENTRY = 2 * Node.BYTES;

    private static final int CHECKSUM = 16;

    /** Throws IllegalArgumentException when the offset is not a multiple of the size. */
    public Segment {
        if (offset < 0 || offset % size.padded() != 0) {
            throw new IllegalArgumentException(
                    "A segment of " + size + " begins at a multiple of its size, not at " + offset);
        }
    }

    /** Where its payload begins in the aggregate's payload. */
    public long payloadOffset() {
        return PieceSize.unpadded(offset);
    }

    /** The entry: commitment, offset and size as little-endian numbers, and 126 bits of a checksum over these. */
    byte[] entry() {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
        entry.put(commitment.bytes()).putLong(offset).putLong(size.padded());
        byte[] checksum = Arrays.copyOf(sha256(entry.array()), CHECKSUM);
        checksum[CHECKSUM - 1] &= 0x3f;
        return entry.put(checksum).array();
    }

    /** The parent of the entry's two leaves. */
    Node entryNode() {
        byte[] entry = entry();
        new NodeHasher().parent(entry, 0, entry, 0);
        return Node.at(entry, 0);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }
}
