package dev.pinfold.content.piece;

import dev.pinfold.content.ContentException;

/**
 * Proves that a piece lies in an aggregate, and that the aggregate's index says so (FRC-0058). Checking it needs nothing
 * but the piece's and the aggregate's commitments.
 *
 * @param subtree from the piece's commitment to the aggregate's
 * @param index from the index entry's node to the aggregate's commitment
 */
public record InclusionProof(MerklePath subtree, MerklePath index) {
    /**
     * The aggregate that this proof leads to, and the piece's place in it.
     *
     * @throws ContentException HASH_MISMATCH when the two paths do not agree; MALFORMED when they cannot be of one
     *     aggregate, or the entry is outside of its index
     */
    public Inclusion follow(Node commitment, PieceSize size) {
        int height = size.height() + subtree.siblings().size();
        if (height > PieceSize.MAX_HEIGHT
                || height != 1 + index.siblings().size()
                || height < Aggregate.MIN_SIZE.height()) {
            throw ContentException.malformed("The proof's two paths have "
                    + subtree.siblings().size() + " and " + index.siblings().size()
                    + " siblings, which are not of one aggregate around a piece of " + size);
        }
        PieceSize around = new PieceSize(height);
        Segment segment = new Segment(commitment, subtree.index() * size.padded(), size);
        if (index.index() * Segment.ENTRY < Aggregate.indexStart(around)) {
            throw ContentException.malformed(
                    "The proof's index entry is not in the index of an aggregate of " + around);
        }
        Node root = subtree.root(commitment);
        if (!root.equals(index.root(segment.entryNode()))) {
            throw new ContentException(
                    ContentException.Kind.HASH_MISMATCH,
                    "The proof's two paths lead to different commitments: the piece is not at " + segment.offset()
                            + " of one aggregate that lists it");
        }
        return new Inclusion(root, around, segment);
    }

    /** Whether the piece of {@code commitment} and {@code size} lies in the aggregate of these two. */
    public boolean proves(Node commitment, PieceSize size, Node aggregate, PieceSize aggregateSize) {
        try {
            Inclusion found = follow(commitment, size);
            return found.aggregate().equals(aggregate) && found.size().equals(aggregateSize);
        } catch (ContentException e) {
            return false;
        }
    }

    /**
     * What a proof shows.
     *
     * @param aggregate the commitment that contains the piece
     * @param size of the aggregate
     * @param segment the piece's place
     */
    public record Inclusion(Node aggregate, PieceSize size, Segment segment) {}
}
