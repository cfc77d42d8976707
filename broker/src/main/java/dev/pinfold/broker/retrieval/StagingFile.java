package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSink;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.car.CarWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A staged file in the making: blocks are appended as they come, each once, and can be read back at once. It becomes
 * content by {@link #seal}; closed before that, it leaves nothing behind. Used by one thread at a time.
 */
final class StagingFile implements BlockSink, BlockSource, Closeable {
    private static final int BUFFER = 256 << 10;

    /** Takes the bytes that are written from the space that is left, or refuses. */
    interface Space {
        void take(long bytes);

        void giveBack(long bytes);
    }

    private final Path file;
    private final Space space;
    private final FileChannel channel;
    private final OutputStream buffered;
    private final CarWriter car;
    private final int headerBytes;
    private final BlockIndex index = new BlockIndex();
    private final long maxBlocks;
    private long taken;
    private long flushed;
    private long dagBytes;
    private boolean sealed;

    /**
     * Begins a file.
     *
     * @param root the root, or any CID of the same length to be replaced when sealing
     */
    StagingFile(Path file, Cid root, long maxBlocks, Space space) throws IOException {
        this.file = file;
        this.space = space;
        this.maxBlocks = maxBlocks;
        this.channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        this.buffered = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
        this.car = new CarWriter(buffered, List.of(root));
        this.headerBytes = (int) car.size();
        try {
            take(headerBytes);
        } catch (BrokerException e) {
            close();
            throw e;
        }
    }

    /** Appends a block unless it is there. Identity blocks are not stored: their CIDs carry them. */
    @Override
    public void accept(Block block) {
        if (block.cid().multihash().isIdentity() || index.find(block.cid().multihash()) >= 0) {
            return;
        }
        long section = CarWriter.sectionSize(block.cid(), block.size());
        if (index.size() >= maxBlocks || car.size() + section > BlockIndex.MAX_OFFSET) {
            throw new BrokerException(
                    ErrorKind.PAYLOAD_TOO_LARGE,
                    "The content has more than " + maxBlocks + " blocks or more than 4 TiB");
        }
        take(section);
        try {
            car.accept(block);
        } catch (IOException e) {
            throw DiskFailure.of(e);
        }
        index.add(block.cid().multihash(), car.size() - block.size(), block.size());
        dagBytes += block.size();
    }

    /** Whether the block is there. */
    boolean has(Cid cid) {
        return cid.multihash().isIdentity() || index.find(cid.multihash()) >= 0;
    }

    /** How many blocks there are. */
    int blocks() {
        return index.size();
    }

    /** Bytes of the blocks so far. */
    long dagBytes() {
        return dagBytes;
    }

    @Override
    public byte @Nullable [] find(Cid cid) throws IOException {
        long place = index.find(cid.multihash());
        if (place < 0) {
            return null;
        }
        if (BlockIndex.offset(place) + BlockIndex.length(place) > flushed) {
            flush();
        }
        return StagedFooter.readFully(channel, BlockIndex.offset(place), BlockIndex.length(place))
                .array();
    }

    private void flush() throws IOException {
        buffered.flush();
        flushed = car.size();
    }

    /** Gives all blocks, in the order in which they came. */
    void copyTo(BlockSink sink) throws IOException {
        flush();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            CarReader written = new CarReader(in);
            for (Block block = written.next(); block != null; block = written.next()) {
                sink.accept(block);
            }
        }
    }

    /** Writes root, index and footer, forces all to the disk and moves the file to where it becomes content. */
    Staged seal(Cid root, Path target) {
        try {
            flush();
            byte[] header = CarHeader.of(List.of(root)).bytes();
            if (header.length != headerBytes) {
                throw new IllegalStateException("the root " + root + " does not fit into the header of " + file);
            }
            channel.write(ByteBuffer.wrap(header), 0);
            StagedFooter footer = new StagedFooter(car.size(), index.slots(), index.size(), dagBytes);
            take(footer.fileBytes() - car.size());
            writeIndex(footer);
            channel.force(true);
            Files.move(file, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            sealed = true;
            channel.close();
            forceDirectory(target);
            return new Staged(root, target, footer);
        } catch (IOException e) {
            throw DiskFailure.of(e);
        }
    }

    private void writeIndex(StagedFooter footer) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(BlockIndex.SLOT * 4096);
        long at = car.size();
        for (int slot = 0; slot < index.slots(); ) {
            slot = index.copyTo(chunk.clear(), slot);
            at += write(chunk.flip(), at);
        }
        write(footer.bytes(), at);
    }

    private long write(ByteBuffer bytes, long at) throws IOException {
        long written = 0;
        while (bytes.hasRemaining()) {
            written += channel.write(bytes, at + written);
        }
        return written;
    }

    /** A rename is only durable when the directory is. Not every file system lets one open a directory: then it is. */
    private static void forceDirectory(Path target) throws IOException {
        try (FileChannel directory =
                FileChannel.open(java.util.Objects.requireNonNull(target.getParent()), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private void take(long bytes) {
        space.take(bytes);
        taken += bytes;
    }

    /** Removes the file unless it was sealed. */
    @Override
    public void close() throws IOException {
        if (!sealed) {
            channel.close();
            Files.deleteIfExists(file);
            space.giveBack(taken);
            taken = 0;
        }
    }
}
