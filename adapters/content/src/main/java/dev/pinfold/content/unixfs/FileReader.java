package dev.pinfold.content.unixfs;

import dev.pinfold.content.BlockSource;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Gives the bytes of a file, or of a range of it, piece by proven piece, reading only the blocks that are needed.
 *
 * <p>Each block must have exactly as many bytes as its parent says: a file that claims more or less than it has ends in a
 * failure, never padded, never overrun, never reported complete. One block and the links above it are in memory. Not safe
 * for use by several threads.
 */
public final class FileReader {
    private final BlockSource source;
    private final UnixFsLimits limits;
    private final Verifier verifier;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final long size;
    private final long from;
    private final long to;
    private long given;

    FileReader(BlockSource source, UnixFsLimits limits, Verifier verifier, Node root, long from, long to) {
        this.source = source;
        this.limits = limits;
        this.verifier = verifier;
        this.size = root.fileSize();
        this.from = from;
        this.to = Math.min(to, size);
        if (from < 0 || from > size || to < from) {
            throw new IllegalArgumentException("The range " + from + " to " + to + " is not in a file of " + size);
        }
        levels.push(new Level(root, 0));
    }

    /** The bytes of the whole file, as its first block says. */
    public long size() {
        return size;
    }

    /** How many bytes this reader will give in all. */
    public long length() {
        return to - from;
    }

    /**
     * The next bytes, a read-only view of at least one; null after the last.
     *
     * @throws ContentException INCOMPLETE when a block is missing, HASH_MISMATCH, MALFORMED when sizes do not agree,
     *     TOO_LARGE when a limit is passed
     * @throws IOException when the source fails
     */
    public @Nullable ByteBuffer next() throws IOException {
        while (!levels.isEmpty()) {
            Level level = levels.element();
            if (level.offset >= to && given == to - from) {
                levels.clear();
                return null;
            }
            ByteBuffer piece = level.inlineGiven ? null : inline(level);
            if (piece != null) {
                if (level.node.links().isEmpty()) {
                    // Whoever takes the piece holds the only reference to its block.
                    levels.pop();
                }
                return piece;
            }
            if (level.next == level.node.links().size()) {
                levels.pop();
            } else {
                child(level);
            }
        }
        if (given != to - from) {
            throw ContentException.malformed("The file ended after " + given + " of " + (to - from) + " bytes");
        }
        return null;
    }

    private @Nullable ByteBuffer inline(Level level) {
        level.inlineGiven = true;
        byte[] bytes = level.node.inline();
        int start = Math.clamp(from - level.offset, 0, bytes.length);
        int end = Math.clamp(to - level.offset, 0, bytes.length);
        level.offset += bytes.length;
        if (start >= end) {
            return null;
        }
        given += end - start;
        if (given > limits.bytes()) {
            throw ContentException.tooLarge(
                    "The file has more than " + limits.bytes() + " bytes, the most that is read here");
        }
        return ByteBuffer.wrap(bytes, start, end - start).slice().asReadOnlyBuffer();
    }

    private void child(Level level) throws IOException {
        int index = level.next++;
        UnixFsData data = java.util.Objects.requireNonNull(level.node.data());
        long claimed = data.blockSizes().get(index);
        long start = level.offset;
        level.offset += claimed;
        if (level.next == level.node.links().size()) {
            // The last child replaces its parent, so that long thin files do not look deep.
            levels.pop();
        }
        if (claimed == 0 || start + claimed <= from || start >= to) {
            return;
        }
        Node child = Node.load(source, level.node.links().get(index).cid(), verifier);
        if (!child.isFile()) {
            throw child.malformed("a " + child.type() + " stands where a part of a file should be");
        }
        if (child.fileSize() != claimed) {
            throw child.malformed("it has " + child.fileSize() + " bytes, but its parent says " + claimed);
        }
        if (levels.size() >= limits.depth()) {
            throw ContentException.tooLarge("The file is deeper than " + limits.depth() + " levels");
        }
        levels.push(new Level(child, start));
    }

    /** Writes all that is left to {@code out} and returns how many bytes that were. */
    public long copyTo(OutputStream out) throws IOException {
        long copied = 0;
        for (ByteBuffer piece = next(); piece != null; piece = next()) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            out.write(bytes);
            copied += bytes.length;
        }
        return copied;
    }

    /** All that is left, as a stream. Its reads throw what {@link #next} throws. */
    public InputStream stream() {
        return new InputStream() {
            private ByteBuffer piece = ByteBuffer.allocate(0);

            @Override
            public int read() throws IOException {
                return fill() ? piece.get() & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (!fill()) {
                    return -1;
                }
                int take = Math.min(length, piece.remaining());
                piece.get(target, offset, take);
                return take;
            }

            private boolean fill() throws IOException {
                while (!piece.hasRemaining()) {
                    ByteBuffer next = next();
                    if (next == null) {
                        return false;
                    }
                    piece = next;
                }
                return true;
            }
        };
    }

    private static final class Level {
        private final Node node;
        /** Where in the file the next piece of this node begins. */
        private long offset;

        private boolean inlineGiven;
        private int next;

        Level(Node node, long offset) {
            this.node = node;
            this.offset = offset;
        }
    }
}
