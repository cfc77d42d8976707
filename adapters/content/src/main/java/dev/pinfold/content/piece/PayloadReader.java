package dev.pinfold.content.piece;

import java.io.IOException;

/** Reads a piece's payload at any place, for example from a file. */
@FunctionalInterface
public interface PayloadReader {
    /**
     * Reads the {@code length} bytes of the payload from {@code offset} on, which are all within it, to the start of
     * {@code target}.
     */
    void read(long offset, byte[] target, int length) throws IOException;
}
