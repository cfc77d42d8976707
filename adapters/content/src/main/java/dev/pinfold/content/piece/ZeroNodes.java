package dev.pinfold.content.piece;

/** The roots of trees whose leaves are all zero, by height: what fills a piece up to its size. */
public final class ZeroNodes {
    private static final Node[] BY_HEIGHT = compute();

    private ZeroNodes() {}

    /** The root of an all-zero tree of {@code height}, 0 to {@value PieceSize#MAX_HEIGHT}. */
    public static Node at(int height) {
        return BY_HEIGHT[height];
    }

    private static Node[] compute() {
        Node[] nodes = new Node[PieceSize.MAX_HEIGHT + 1];
        NodeHasher hasher = new NodeHasher();
        nodes[0] = Node.of(new byte[Node.BYTES]);
        for (int height = 1; height < nodes.length; height++) {
            nodes[height] = hasher.parent(nodes[height - 1], nodes[height - 1]);
        }
        return nodes;
    }
}
