package dev.pinfold.content.piece;

import java.util.List;

/**
 * The way from a node up to a root: the sibling at every level.
 *
 * @param index where the node is among those of its level, counted from the left
 * @param siblings from the node's own level upwards; at most 63
 */
public record MerklePath(long index, List<Node> siblings) {
    /** Throws IllegalArgumentException when no tree has such a path. The list is copied. */
    public MerklePath {
        siblings = List.copyOf(siblings);
        if (siblings.size() > 63) {
            throw new IllegalArgumentException("A path has at most 63 siblings, not " + siblings.size());
        }
        if (index < 0 || index >>> siblings.size() != 0) {
            throw new IllegalArgumentException(
                    "A path of " + siblings.size() + " siblings has no node with the index " + index);
        }
    }

    /** The root that this path leads to from {@code node}. */
    public Node root(Node node) {
        NodeHasher hasher = new NodeHasher();
        Node at = node;
        long position = index;
        for (Node sibling : siblings) {
            at = (position & 1) == 0 ? hasher.parent(at, sibling) : hasher.parent(sibling, at);
            position >>>= 1;
        }
        return at;
    }
}
