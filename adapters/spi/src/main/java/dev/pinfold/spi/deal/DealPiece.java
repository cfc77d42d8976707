package dev.pinfold.spi.deal;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.piece.PieceSize;

/**
 * What a deal stores.
 *
 * @param pieceCid the piece commitment as piece CID version 1 (codec {@code fil-commitment-unsealed}); adapters derive
 *     version 2 from it and {@code carBytes} (FRC-0069)
 * @param size size of the piece, padded
 * @param carBytes length of the CAR that is the payload; the rest of the piece is zeros
 * @param payloadRoot the CAR's root
 */
public record DealPiece(Cid pieceCid, PieceSize size, long carBytes, Cid payloadRoot) {
    public DealPiece {
        if (pieceCid.version() != 1 || pieceCid.codec() != Codec.FIL_COMMITMENT_UNSEALED) {
            throw new IllegalArgumentException("not a piece CID of version 1: " + pieceCid);
        }
        if (carBytes < 1 || carBytes > size.unpadded()) {
            throw new IllegalArgumentException(
                    "a payload of " + carBytes + " bytes does not fit into a piece of " + size);
        }
    }
}
