package dev.pinfold.content.piece;

import dev.pinfold.content.ContentException;
import java.util.ArrayList;
import java.util.List;

/**
 * Pieces inside one larger piece, with an index at its end, so that the inclusion of each can be proven (FRC-0058).
 *
 * <p>Pieces keep the order given. Each begins at the next multiple of its own size, so the largest first wastes nothing
 * between them. Computed from the pieces' commitments alone; their bytes are not needed. Immutable.
 */
public final class Aggregate {
    /** The smallest aggregate: below, an index of the least 4 entries would leave no place. */
    static final PieceSize MIN_SIZE = PieceSize.ofPadded(512);

    private static final long LEAST_ENTRIES = 4;

    private final PieceSize size;
    private final List<Segment> segments;
    private final SparseTree tree;

    private Aggregate(PieceSize size, List<Segment> segments, SparseTree tree) {
        this.size = size;
        this.segments = List.copyOf(segments);
        this.tree = tree;
    }

    /**
     * Lays {@code pieces} out in an aggregate of {@code size}.
     *
     * @throws ContentException TOO_LARGE when they do not fit, or are more than the index has entries for
     */
    public static Aggregate of(PieceSize size, List<Piece> pieces) {
        if (size.compareTo(MIN_SIZE) < 0) {
            throw ContentException.tooLarge("An aggregate has at least " + MIN_SIZE + ", not " + size);
        }
        if (pieces.size() > indexEntries(size)) {
            throw ContentException.tooLarge("An aggregate of " + size + " has " + indexEntries(size)
                    + " index entries, too few for " + pieces.size() + " pieces");
        }
        List<Segment> segments = new ArrayList<>();
        long end = 0;
        for (Piece piece : pieces) {
            long unit = piece.size().padded();
            long start = (end + unit - 1) / unit * unit;
            end = start + unit;
            if (end > indexStart(size)) {
                throw ContentException.tooLarge("Piece " + (segments.size() + 1) + " of " + pieces.size() + " ends at "
                        + end + ", after the " + indexStart(size) + " bytes before the index of an aggregate of "
                        + size);
            }
            segments.add(new Segment(piece.commitment(), start, piece.size()));
        }
        return new Aggregate(size, segments, tree(size, segments));
    }

    private static SparseTree tree(PieceSize size, List<Segment> segments) {
        SparseTree tree = new SparseTree(size.height());
        long entry = indexStart(size) / Segment.ENTRY;
        for (Segment segment : segments) {
            tree.put(segment.size().height(), segment.offset() / segment.size().padded(), segment.commitment());
            tree.put(1, entry++, segment.entryNode());
        }
        tree.grow();
        return tree;
    }

    /** How many entries the index of an aggregate of {@code size} has, used or not. */
    public static long indexEntries(PieceSize size) {
        return Math.max(LEAST_ENTRIES, Long.highestOneBit(size.padded() / 2048 / Segment.ENTRY));
    }

    /** Where the index begins, in padded bytes. */
    static long indexStart(PieceSize size) {
        return size.padded() - indexEntries(size) * Segment.ENTRY;
    }

    /** The size of the aggregate. */
    public PieceSize size() {
        return size;
    }

    /** The places of the pieces, in the order given. */
    public List<Segment> segments() {
        return segments;
    }

    /** The aggregate as a piece: it is full, because its index is at its end. */
    public Piece piece() {
        return new Piece(tree.root(), size, size.unpadded());
    }

    /** Where the payload bytes of the index begin; it reaches to the end of the aggregate. */
    public long indexPayloadOffset() {
        return PieceSize.unpadded(indexStart(size));
    }

    /**
     * The payload bytes of the index.
     *
     * <p>The aggregate's payload is each piece's payload at its {@link Segment#payloadOffset()}, this at {@link
     * #indexPayloadOffset()}, and zeros between.
     */
    public byte[] index() {
        byte[] padded = new byte[Math.toIntExact(indexEntries(size) * Segment.ENTRY)];
        for (int i = 0; i < segments.size(); i++) {
            System.arraycopy(segments.get(i).entry(), 0, padded, i * Segment.ENTRY, Segment.ENTRY);
        }
        return Fr32.unpad(padded);
    }

    /** Proves the inclusion of segment {@code i}, counted from 0. */
    public InclusionProof proof(int i) {
        Segment segment = segments.get(i);
        long place = segment.offset() / segment.size().padded();
        return new InclusionProof(
                tree.path(segment.size().height(), place), tree.path(1, indexStart(size) / Segment.ENTRY + i));
    }
}
