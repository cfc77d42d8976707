package dev.pinfold.content.piece;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.Varint;
import java.util.Arrays;

/** A CID that names a piece, in either version. Both name the commitment; only version 2 says the sizes. */
public sealed interface PieceCid {
    /** The root of the piece's tree. */
    Node commitment();

    /**
     * Version 1: the commitment alone.
     *
     * @param commitment the root of the piece's tree
     */
    record V1(Node commitment) implements PieceCid {}

    /**
     * Version 2: the whole piece.
     *
     * @param piece commitment, size and payload
     */
    record V2(Piece piece) implements PieceCid {
        @Override
        public Node commitment() {
            return piece.commitment();
        }
    }

    /** The piece CID of version 1 of a commitment. */
    static Cid v1(Node commitment) {
        return Cid.v1(Codec.FIL_COMMITMENT_UNSEALED, Multihash.of(Piece.SHA2_256_TRUNC254_PADDED, commitment.bytes()));
    }

    /**
     * Reads the text of a piece CID.
     *
     * @throws ContentException as {@link Cid#parse}, or WRONG_TYPE when it is the CID of something else
     */
    static PieceCid parse(String text) {
        return of(Cid.parse(text));
    }

    /** The piece that {@code cid} names. Throws WRONG_TYPE when it names no piece, MALFORMED when its sizes cannot be. */
    static PieceCid of(Cid cid) {
        Multihash hash = cid.multihash();
        byte[] digest = hash.digest();
        if (cid.codec() == Codec.FIL_COMMITMENT_UNSEALED && hash.code() == Piece.SHA2_256_TRUNC254_PADDED) {
            return new V1(node(cid, digest, 0));
        }
        if (cid.codec() == Codec.RAW && hash.code() == Piece.FR32_SHA256_TRUNC254_PADBINTREE) {
            return new V2(version2(cid, digest));
        }
        throw new ContentException(
                ContentException.Kind.WRONG_TYPE,
                cid
                        + " names no Filecoin piece: a piece CID begins with baga6ea4seaq (version 1) or bafkzcib (version 2)");
    }

    private static Piece version2(Cid cid, byte[] digest) {
        long padding = Varint.read(digest, 0, digest.length, "padding of the piece CID");
        int at = Varint.size(padding);
        if (at >= digest.length) {
            throw ContentException.incomplete("The piece CID " + cid + " ends before its height");
        }
        Node root = node(cid, digest, at + 1);
        int height = digest[at];
        if (height < PieceSize.MIN_HEIGHT || height > PieceSize.MAX_HEIGHT) {
            throw ContentException.malformed("The piece CID " + cid + " has a tree height of " + height
                    + "; possible are " + PieceSize.MIN_HEIGHT + " to " + PieceSize.MAX_HEIGHT);
        }
        PieceSize size = new PieceSize(height);
        if (padding > size.unpadded()) {
            throw ContentException.malformed(
                    "The piece CID " + cid + " has more padding (" + padding + ") than a piece of " + size + " holds");
        }
        return new Piece(root, size, size.unpadded() - padding);
    }

    private static Node node(Cid cid, byte[] digest, int at) {
        if (digest.length - at != Node.BYTES) {
            throw ContentException.malformed("The piece CID " + cid + " has " + (digest.length - at)
                    + " bytes where a commitment has " + Node.BYTES);
        }
        return Node.of(Arrays.copyOfRange(digest, at, digest.length));
    }
}
