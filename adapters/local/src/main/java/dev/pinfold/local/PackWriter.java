package dev.pinfold.local;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Varint;
import dev.pinfold.content.car.CarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The pack of one upload while it grows in a temporary file. One write per mebibyte, however small the blocks. */
final class PackWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final Disk disk;
    private final Path file;
    private final FileChannel channel;
    private final LongConsumer reserve;
    private final BlockTable table = new BlockTable();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long flushed;

    /**
     * Makes the file.
     *
     * @param reserve is told of bytes before they are written, and throws where there is no room for them
     */
    PackWriter(Disk disk, Path file, Cid root, LongConsumer reserve) throws IOException {
        this.disk = disk;
        this.file = file;
        this.reserve = reserve;
        this.channel = disk.create(file);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        new CarWriter(header, List.of(root));
        append(header.toByteArray());
    }

    /** Adds a block that is not in this pack yet. */
    void add(Block block) throws IOException {
        Cid cid = block.cid();
        int length = cid.size() + block.size();
        byte[] front = new byte[Varint.size(length) + cid.size()];
        cid.writeTo(front, Varint.write(length, front, 0));
        append(front);
        table.add(
                BlockTable.Key.of(cid.multihash()), new BlockTable.Place(1, flushed + buffer.position(), block.size()));
        append(block.bytes());
    }

    private void append(byte[] bytes) throws IOException {
        int from = 0;
        while (from < bytes.length) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(buffer.remaining(), bytes.length - from);
            buffer.put(bytes, from, part);
            from += part;
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        if (buffer.hasRemaining()) {
            reserve.accept(buffer.remaining());
            flushed += buffer.remaining();
            disk.write(channel, buffer);
        }
        buffer.clear();
    }

    /** The place of a block in this pack; null where it is not here. */
    BlockTable.@Nullable Place find(BlockTable.Key key) {
        return table.find(key);
    }

    /** Reads a block back. */
    byte[] read(BlockTable.Place place) throws IOException {
        if (place.offset() + place.length() > flushed) {
            flush();
        }
        return Pack.readAt(channel, place);
    }

    boolean isEmpty() {
        return table.size() == 0;
    }

    BlockTable table() {
        return table;
    }

    /** Bytes so far. */
    long size() {
        return flushed + buffer.position();
    }

    /** Brings everything to the hardware and gives the file its name. */
    void finish(Path car) throws IOException {
        flush();
        disk.force(channel);
        channel.close();
        disk.move(file, car);
    }

    /** Closes the file and removes it, unless it was finished. */
    @Override
    public void close() throws IOException {
        channel.close();
        disk.delete(file);
    }
}
