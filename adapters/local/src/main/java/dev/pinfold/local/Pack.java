package dev.pinfold.local;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Varint;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of blocks that were stored by one upload: a CARv1 any tool can read, never changed after it got its name.
 *
 * <p>Beside it lies its index. The index is only a short cut for starting: where it is missing or damaged it is made anew
 * from the CAR.
 */
final class Pack {
    private static final int INDEX_ENTRY = 28;
    private static final long INDEX_MAGIC = 0x70666c642d696478L;

    private final String name;
    private final int number;
    private final Path folder;
    private final long size;
    private int users;
    private boolean damaged;

    Pack(String name, int number, Path folder, long size) {
        this.name = name;
        this.number = number;
        this.folder = folder;
        this.size = size;
    }

    String name() {
        return name;
    }

    int number() {
        return number;
    }

    /** Bytes of the CAR. */
    long size() {
        return size;
    }

    Path car() {
        return folder.resolve(name + ".car");
    }

    Path index() {
        return folder.resolve(name + ".idx");
    }

    /** Pins that need it, and uploads under way that rely on it. */
    int users() {
        return users;
    }

    void use() {
        users++;
    }

    void release() {
        users--;
    }

    /** Whether bytes of it were found to be wrong. */
    boolean damaged() {
        return damaged;
    }

    void markDamaged() {
        damaged = true;
    }

    /** The index as bytes: a magic number, the CAR's size, the entries, a checksum. */
    static ByteBuffer indexBytes(BlockTable table, long carSize) {
        ByteBuffer out = ByteBuffer.allocate(16 + table.size() * INDEX_ENTRY + 8);
        out.putLong(INDEX_MAGIC).putLong(carSize);
        table.forEach((key, place) -> out.putLong(key.high())
                .putLong(key.low())
                .putLong(place.offset())
                .putInt(place.length()));
        CRC32C sum = new CRC32C();
        sum.update(out.array(), 0, out.position());
        return out.putLong(sum.getValue()).flip();
    }

    /** Puts every block of this pack into the table; from the index where it is good. */
    void load(BlockTable into) throws IOException {
        ByteBuffer entries = goodIndex();
        if (entries == null) {
            scan(into);
            return;
        }
        while (entries.remaining() >= INDEX_ENTRY) {
            BlockTable.Key key = new BlockTable.Key(entries.getLong(), entries.getLong());
            into.add(key, new BlockTable.Place(number, entries.getLong(), entries.getInt()));
        }
    }

    private @Nullable ByteBuffer goodIndex() throws IOException {
        if (!Files.exists(index())) {
            return null;
        }
        byte[] bytes = Files.readAllBytes(index());
        if (bytes.length < 24) {
            return null;
        }
        ByteBuffer all = ByteBuffer.wrap(bytes);
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, bytes.length - 8);
        boolean good = all.getLong(0) == INDEX_MAGIC
                && all.getLong(8) == size
                && all.getLong(bytes.length - 8) == sum.getValue();
        return good ? all.position(16).limit(bytes.length - 8) : null;
    }

    /** Reads the lengths and CIDs of all sections; a pack that ends early or cannot be read on is damaged from there. */
    private void scan(BlockTable into) throws IOException {
        try (FileChannel channel = FileChannel.open(car());
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16))) {
            long at = 0;
            boolean header = true;
            while (at < size) {
                long length = varint(in);
                at += Varint.size(length);
                if (length <= 0 || length > size - at) {
                    throw new EOFException("section of " + length + " bytes at " + at);
                }
                if (!header) {
                    byte[] front = in.readNBytes((int) Math.min(length, 160));
                    Cid cid = Cid.readPrefix(front, 0, front.length);
                    int blockLength = (int) (length - cid.size());
                    into.add(
                            BlockTable.Key.of(cid.multihash()),
                            new BlockTable.Place(number, at + cid.size(), blockLength));
                    in.skipNBytes(length - front.length);
                } else {
                    in.skipNBytes(length);
                }
                header = false;
                at += length;
            }
        } catch (EOFException | RuntimeException e) {
            damaged = true;
        }
    }

    private static long varint(DataInputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new EOFException("a length that does not end");
    }

    /** Reads the bytes of one block, unproven. */
    byte[] read(BlockTable.Place place) throws IOException {
        if (place.length() > Block.MAX_SIZE) {
            throw new EOFException("a block of " + place.length() + " bytes");
        }
        try (FileChannel channel = FileChannel.open(car())) {
            return readAt(channel, place);
        }
    }

    /** Reads the bytes at a place of an open file. */
    static byte[] readAt(FileChannel channel, BlockTable.Place place) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(place.length());
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, place.offset() + bytes.position()) < 0) {
                throw new EOFException("the file ends at " + channel.size());
            }
        }
        return bytes.array();
    }
}
