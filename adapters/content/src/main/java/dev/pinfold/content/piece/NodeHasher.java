package dev.pinfold.content.piece;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Makes inner nodes of a piece's tree: SHA-256 of two nodes, without its two highest bits.
 *
 * <p>One digest is reused and writes into the caller's array, so nothing is allocated per node. Not safe for several
 * threads.
 */
final class NodeHasher {
    private final MessageDigest digest;

    NodeHasher() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    /** The parent of the two nodes at {@code at}, written to {@code out} at {@code outAt}; the places may overlap. */
    void parent(byte[] nodes, int at, byte[] out, int outAt) {
        digest.update(nodes, at, 2 * Node.BYTES);
        try {
            digest.digest(out, outAt, Node.BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("A SHA-256 digest has 32 bytes", e);
        }
        out[outAt + Node.BYTES - 1] &= 0x3f;
    }

    /** The parent of two nodes. */
    Node parent(Node left, Node right) {
        byte[] pair = new byte[2 * Node.BYTES];
        left.writeTo(pair, 0);
        right.writeTo(pair, Node.BYTES);
        parent(pair, 0, pair, 0);
        return Node.at(pair, 0);
    }

    /** Reduces the first {@code count} nodes, a power of two, to their common root, left in the first place. */
    void reduce(byte[] nodes, int count) {
        for (int level = count / 2; level > 0; level /= 2) {
            for (int i = 0; i < level; i++) {
                parent(nodes, 2 * i * Node.BYTES, nodes, i * Node.BYTES);
            }
        }
    }
}
