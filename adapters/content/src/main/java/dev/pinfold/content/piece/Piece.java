package dev.pinfold.content.piece;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.Varint;

/**
 * A piece: what commits to its bytes, how large it is, and how much of it is payload.
 *
 * @param commitment the root of its tree (CommP)
 * @param size the size that deals count
 * @param payload bytes of payload; the rest up to {@code size.unpadded()} is zero
 */
public record Piece(Node commitment, PieceSize size, long payload) {
    /** The hash function of piece CIDs of version 1: SHA-256 cut to 254 bits, over padded data. */
    static final long SHA2_256_TRUNC254_PADDED = 0x1012;
    /** The hash function of piece CIDs of version 2: a binary tree of such hashes over Fr32 data. */
    static final long FR32_SHA256_TRUNC254_PADBINTREE = 0x1011;

    /** Throws IllegalArgumentException when the payload does not fit the size. */
    public Piece {
        if (payload < 0 || payload > size.unpadded()) {
            throw new IllegalArgumentException(
                    "A piece of " + size + " carries 0 to " + size.unpadded() + " bytes, not " + payload);
        }
    }

    /** How many zero bytes follow the payload. */
    public long padding() {
        return size.unpadded() - payload;
    }

    /** The piece CID of version 1, as chain and deals name it. It says neither size nor payload. */
    public Cid cidV1() {
        return PieceCid.v1(commitment);
    }

    /** The piece CID of version 2, which says size and payload too (FRC-0069). */
    public Cid cidV2() {
        byte[] padding = Varint.encode(padding());
        byte[] digest = new byte[padding.length + 1 + Node.BYTES];
        System.arraycopy(padding, 0, digest, 0, padding.length);
        digest[padding.length] = (byte) size.height();
        commitment.writeTo(digest, padding.length + 1);
        return Cid.v1(Codec.RAW, Multihash.of(FR32_SHA256_TRUNC254_PADBINTREE, digest));
    }
}
