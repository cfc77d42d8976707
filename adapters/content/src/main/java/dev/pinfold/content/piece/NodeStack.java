package dev.pinfold.content.piece;

import org.jspecify.annotations.Nullable;

/** Joins subtrees, given from left to right, to one tree: at most one node waits per height for its right neighbour. */
final class NodeStack {
    private final @Nullable Node[] waiting = new Node[PieceSize.MAX_HEIGHT + 1];
    private final NodeHasher hasher = new NodeHasher();

    /** Adds the next subtree of {@code height}. Its place must be a multiple of its own size. */
    void push(int height, Node root) {
        Node node = root;
        int at = height;
        for (Node left = waiting[at]; left != null; left = waiting[at]) {
            waiting[at++] = null;
            node = hasher.parent(left, node);
        }
        waiting[at] = node;
    }

    /** The root of {@code height} over all that was added, with zeros after it. */
    Node root(int height) {
        Node right = null;
        for (int at = 0; at < height; at++) {
            Node left = waiting[at];
            Node zero = ZeroNodes.at(at);
            if (left != null) {
                right = hasher.parent(left, right == null ? zero : right);
            } else if (right != null) {
                right = hasher.parent(right, zero);
            }
        }
        Node whole = waiting[height];
        if (right != null) {
            return right;
        }
        return whole == null ? ZeroNodes.at(height) : whole;
    }
}
