package dev.pinfold.broker.retrieval;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * The end of a staged file, which is: one CARv1, the slots of its {@link BlockIndex}, this footer. One file, so that one
 * rename makes it all appear.
 *
 * @param carBytes length of the CAR
 * @param slots number of index slots
 * @param blocks number of blocks
 * @param dagBytes bytes of these blocks
 */
record StagedFooter(long carBytes, int slots, int blocks, long dagBytes) {
    private static final long MAGIC = 0x50494e464f4c4431L;
    static final int SIZE = 40;

    ByteBuffer bytes() {
        return ByteBuffer.allocate(SIZE)
                .putLong(carBytes)
                .putLong(slots)
                .putLong(blocks)
                .putLong(dagBytes)
                .putLong(MAGIC)
                .flip();
    }

    /** The length of a file with this footer. */
    long fileBytes() {
        return carBytes + (long) slots * BlockIndex.SLOT + SIZE;
    }

    /** Reads the footer of a file; null when the file is not a whole staged file. */
    static @Nullable StagedFooter read(FileChannel file) throws IOException {
        if (file.size() < SIZE) {
            return null;
        }
        ByteBuffer in = readFully(file, file.size() - SIZE, SIZE);
        StagedFooter footer = new StagedFooter(in.getLong(), (int) in.getLong(), (int) in.getLong(), in.getLong());
        return in.getLong() == MAGIC && footer.fileBytes() == file.size() ? footer : null;
    }

    static ByteBuffer readFully(FileChannel file, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file ends at " + (position + buffer.position()));
            }
        }
        return buffer.flip();
    }
}
