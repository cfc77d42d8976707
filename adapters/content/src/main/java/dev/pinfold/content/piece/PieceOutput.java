package dev.pinfold.content.piece;

import java.io.IOException;
import java.io.OutputStream;

/** Passes bytes on to another stream and to a {@link PieceHasher}: the commitment is there when the file is. */
public final class PieceOutput extends OutputStream {
    private final OutputStream out;
    private final PieceHasher hasher;

    /** Writes to {@code out}, which closing this closes. */
    public PieceOutput(OutputStream out, PieceHasher hasher) {
        this.out = out;
        this.hasher = hasher;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        hasher.update(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
