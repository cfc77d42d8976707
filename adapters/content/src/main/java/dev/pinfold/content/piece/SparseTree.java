package dev.pinfold.content.piece;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A tree of which only some subtrees are known; everything else is zero. */
final class SparseTree {
    private final List<Map<Long, Node>> levels = new ArrayList<>();

    SparseTree(int height) {
        for (int level = 0; level <= height; level++) {
            levels.add(new HashMap<>());
        }
    }

    /** Says the root of the subtree of {@code level} at {@code index}. Known subtrees do not overlap. */
    void put(int level, long index, Node root) {
        levels.get(level).put(index, root);
    }

    /** Computes every node above a known one. */
    void grow() {
        NodeHasher hasher = new NodeHasher();
        for (int level = 0; level < levels.size() - 1; level++) {
            Map<Long, Node> above = levels.get(level + 1);
            for (long index : levels.get(level).keySet()) {
                long parent = index >>> 1;
                if (!above.containsKey(parent)) {
                    above.put(parent, hasher.parent(node(level, 2 * parent), node(level, 2 * parent + 1)));
                }
            }
        }
    }

    Node root() {
        return node(levels.size() - 1, 0);
    }

    MerklePath path(int level, long index) {
        List<Node> siblings = new ArrayList<>();
        long at = index;
        for (int up = level; up < levels.size() - 1; up++) {
            siblings.add(node(up, at ^ 1));
            at >>>= 1;
        }
        return new MerklePath(index, siblings);
    }

    private Node node(int level, long index) {
        Node known = levels.get(level).get(index);
        return known == null ? ZeroNodes.at(level) : known;
    }
}
