package dev.pinfold.content.piece;

import dev.pinfold.content.ContentException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Proves that given bytes are those of a piece's payload from an offset on: with the bytes themselves it leads to the
 * piece's commitment, and with any others it does not. Unlike an {@link InclusionProof} it needs no alignment, because it is
 * about bytes and not about a piece within a piece.
 *
 * <p>The range is widened to whole groups of 127 bytes, the unit in which payload becomes leaves; beside it the tree is
 * covered by the fewest whole subtrees.
 *
 * @param offset of the first byte in the payload
 * @param length in bytes, at least 1
 * @param before the bytes of the first group that come before the range, at most 126
 * @param after the bytes of the last group that come after the range, zeros beyond the payload, at most 126
 * @param left the roots of the subtrees before the first group, from left to right
 * @param right the same after the last group
 */
@SuppressWarnings("ArrayRecordComponent") // Copied in and out of documents, never compared.
public record RangeProof(long offset, long length, byte[] before, byte[] after, List<Node> left, List<Node> right) {
    private static final int GROUP_HEIGHT = 2;

    /** Throws IllegalArgumentException for a range that cannot be; copies the lists. */
    public RangeProof {
        if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length - Fr32.IN) {
            throw new IllegalArgumentException("A range has a place and at least one byte");
        }
        left = List.copyOf(left);
        right = List.copyOf(right);
    }

    /**
     * Makes the proof of a range. Reads at most about 2 MiB of the payload.
     *
     * @param subtrees of {@link PieceHasher#subtrees}
     * @throws IllegalArgumentException the range is not within the payload
     */
    public static RangeProof of(Piece piece, List<Node> subtrees, PayloadReader payload, long offset, long length)
            throws IOException {
        if (offset < 0 || length < 1 || offset + length > piece.payload()) {
            throw new IllegalArgumentException("The range is not within the payload of " + piece.payload() + " bytes");
        }
        Tree tree = new Tree(piece.payload(), subtrees, payload);
        long first = offset / Fr32.IN;
        long next = (offset + length - 1) / Fr32.IN + 1;
        List<Node> left = new ArrayList<>();
        for (Place place : before(first)) {
            left.add(tree.node(place));
        }
        List<Node> right = new ArrayList<>();
        for (Place place : after(next, groups(piece.size()))) {
            right.add(tree.node(place));
        }
        return new RangeProof(
                offset,
                length,
                tree.bytes(first * Fr32.IN, (int) (offset - first * Fr32.IN)),
                tree.bytes(offset + length, (int) (next * Fr32.IN - offset - length)),
                left,
                right);
    }

    /**
     * The commitment to which these bytes lead. Streams: memory does not depend on the range.
     *
     * @param bytes as many as the range has
     * @throws ContentException MALFORMED when no proof of a range in such a piece looks like this, or the bytes are too few
     *     or too many
     */
    public Node commitment(InputStream bytes, PieceSize size) throws IOException {
        long first = offset / Fr32.IN;
        long next = (offset + length - 1) / Fr32.IN + 1;
        if (next > groups(size)
                || before.length != offset - first * Fr32.IN
                || after.length != next * Fr32.IN - offset - length) {
            throw ContentException.malformed("The proof's bytes beside the range do not fit its place");
        }
        NodeStack stack = new NodeStack();
        push(stack, before(first), left);
        hash(stack, bytes);
        push(stack, after(next, groups(size)), right);
        return stack.root(size.height());
    }

    private static void push(NodeStack stack, List<Place> places, List<Node> nodes) {
        if (places.size() != nodes.size()) {
            throw ContentException.malformed(
                    "The proof has " + nodes.size() + " subtrees beside the range where " + places.size() + " belong");
        }
        for (int i = 0; i < nodes.size(); i++) {
            stack.push(places.get(i).height(), nodes.get(i));
        }
    }

    private void hash(NodeStack stack, InputStream bytes) throws IOException {
        NodeHasher hasher = new NodeHasher();
        byte[] group = Arrays.copyOf(before, Fr32.IN);
        byte[] leaves = new byte[Fr32.OUT];
        int filled = before.length;
        for (long left = length; left > 0; ) {
            int take = (int) Math.min(left, Fr32.IN - filled);
            if (bytes.readNBytes(group, filled, take) < take) {
                throw ContentException.malformed("There are fewer bytes than the range's " + length);
            }
            left -= take;
            filled += take;
            if (left == 0) {
                System.arraycopy(after, 0, group, filled, after.length);
                filled += after.length;
            }
            if (filled == Fr32.IN) {
                Fr32.pad(group, 0, leaves, 0, 1);
                hasher.reduce(leaves, 1 << GROUP_HEIGHT);
                stack.push(GROUP_HEIGHT, Node.at(leaves, 0));
                filled = 0;
            }
        }
        if (bytes.read() >= 0) {
            throw ContentException.malformed("There are more bytes than the range's " + length);
        }
    }

    /** A subtree: its height, and where it is among those of its height. */
    private record Place(int height, long index) {}

    private static long groups(PieceSize size) {
        return 1L << (size.height() - GROUP_HEIGHT);
    }

    /** The fewest subtrees that cover the groups before one, the largest first. */
    private static List<Place> before(long group) {
        List<Place> places = new ArrayList<>();
        long at = 0;
        for (int bit = 62; bit >= 0; bit--) {
            if (((group >>> bit) & 1) == 1) {
                places.add(new Place(bit + GROUP_HEIGHT, at >>> bit));
                at += 1L << bit;
            }
        }
        return places;
    }

    /** The fewest subtrees that cover the groups from one on, the smallest first. */
    private static List<Place> after(long group, long all) {
        List<Place> places = new ArrayList<>();
        for (long at = group; at < all; ) {
            int bit = Long.numberOfTrailingZeros(at);
            places.add(new Place(bit + GROUP_HEIGHT, at >>> bit));
            at += 1L << bit;
        }
        return places;
    }

    /** The tree over a payload: large subtrees are known or zero, small ones are computed from the payload. */
    private record Tree(long payload, List<Node> subtrees, PayloadReader reader) {
        Node node(Place place) throws IOException {
            int height = place.height();
            long begin = (place.index() << (height - GROUP_HEIGHT)) * Fr32.IN;
            if (begin >= payload) {
                return ZeroNodes.at(height);
            }
            if (height > PieceHasher.SUBTREE_HEIGHT) {
                Node one = node(new Place(height - 1, 2 * place.index()));
                Node other = node(new Place(height - 1, 2 * place.index() + 1));
                return new NodeHasher().parent(one, other);
            }
            if (height == PieceHasher.SUBTREE_HEIGHT && place.index() < subtrees.size()) {
                return subtrees.get((int) place.index());
            }
            PieceHasher hasher = PieceHasher.sequential();
            int size = Fr32.IN << (height - GROUP_HEIGHT);
            hasher.update(bytes(begin, size), 0, size);
            return hasher.finish().commitment();
        }

        /** Bytes of the payload, zeros after its end. */
        byte[] bytes(long from, int count) throws IOException {
            byte[] bytes = new byte[count];
            int there = (int) Math.max(0, Math.min(count, payload - from));
            if (there > 0) {
                reader.read(from, bytes, there);
            }
            return bytes;
        }
    }
}
