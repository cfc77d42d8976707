package dev.pinfold.broker.retrieval;

import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.CarSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One verified DAG on disk: readable as a CARv1 with one root, and block by block.
 *
 * <p>The blocks of the CAR are complete, each there once; their order is that in which they came (depth first where they
 * came from a network source, children first where the broker made them from a file).
 */
public final class Staged implements CarSource, BlockSource {
    private final Cid root;
    private final Path file;
    private final StagedFooter footer;

    Staged(Cid root, Path file, StagedFooter footer) {
        this.root = root;
        this.file = file;
        this.footer = footer;
    }

    @Override
    public Cid root() {
        return root;
    }

    /** Length of the CAR in bytes. */
    @Override
    public long sizeBytes() {
        return footer.carBytes();
    }

    /** Bytes of all blocks, each counted once. */
    public long dagBytes() {
        return footer.dagBytes();
    }

    /** Number of distinct blocks; those that their CIDs carry (identity) not counted. */
    public long blocks() {
        return footer.blocks();
    }

    /** Bytes it takes on disk. */
    long fileBytes() {
        return footer.fileBytes();
    }

    Path file() {
        return file;
    }

    /** Opens the CAR. What was opened stays readable when the content is removed meanwhile. */
    @Override
    public InputStream open() throws IOException {
        return new Bounded(Files.newInputStream(file), footer.carBytes());
    }

    /** Reads a block; it is not verified again here, {@link #block} does that. */
    @Override
    public byte @Nullable [] find(Cid cid) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long place = place(channel, cid);
            return place < 0
                    ? null
                    : StagedFooter.readFully(channel, BlockIndex.offset(place), BlockIndex.length(place))
                            .array();
        }
    }

    /** Whether the block is there. */
    public boolean has(Cid cid) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return place(channel, cid) >= 0;
        }
    }

    private long place(FileChannel channel, Cid cid) throws IOException {
        long high = BlockIndex.high(cid.multihash());
        long low = BlockIndex.low(cid.multihash());
        int slot = BlockIndex.first(high, footer.slots());
        for (int looked = 0; looked < footer.slots(); looked++) {
            long at = footer.carBytes() + (long) slot * BlockIndex.SLOT;
            ByteBuffer entry = StagedFooter.readFully(channel, at, BlockIndex.SLOT);
            long found = entry.getLong();
            if (found == 0) {
                return -1;
            }
            if (found == high && entry.getLong() == low) {
                return entry.getLong();
            }
            slot = (slot + 1) & (footer.slots() - 1);
        }
        return -1;
    }

    @Override
    public String toString() {
        return "Staged[" + root + ", " + footer.blocks() + " blocks, " + footer.dagBytes() + " bytes]";
    }

    /** The first bytes of a stream. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            int next = in.read();
            left -= next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public long skip(long wanted) throws IOException {
            long skipped = in.skip(Math.min(wanted, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(left, in.available());
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
