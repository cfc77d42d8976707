package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceCid;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.content.piece.PieceSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Commitments of files, as providers and old nodes compute them. */
final class Pieces {
    private Pieces() {}

    static Piece commit(Path file) throws IOException {
        return commit(file, new PieceSize(PieceSize.MIN_HEIGHT));
    }

    static Piece commit(Path file, PieceSize atLeast) throws IOException {
        PieceHasher hasher = PieceHasher.sequential();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        }
        return hasher.finish(atLeast);
    }

    /** The commitment a piece CID of either version names. */
    static Node commitment(Cid pieceCid) {
        return named(pieceCid).commitment();
    }

    static PieceCid named(Cid pieceCid) {
        try {
            return PieceCid.of(pieceCid);
        } catch (ContentException e) {
            throw new WireException(String.valueOf(e.getMessage()));
        }
    }
}
