package dev.pinfold.content.piece;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * 32 bytes of a piece's tree: a leaf, an inner node, or the root, which is the piece's commitment. Immutable; equal by
 * bytes.
 */
public final class Node {
    /** The number of bytes. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private Node(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The node of {@code bytes}, which are copied. Throws IllegalArgumentException unless there are 32. */
    public static Node of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A node has " + BYTES + " bytes, not " + bytes.length);
        }
        return new Node(bytes.clone());
    }

    static Node at(byte[] bytes, int offset) {
        return new Node(Arrays.copyOfRange(bytes, offset, offset + BYTES));
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    void writeTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, BYTES);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Node that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The bytes in hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
