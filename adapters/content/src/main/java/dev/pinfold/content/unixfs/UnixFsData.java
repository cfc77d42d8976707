package dev.pinfold.content.unixfs;

import dev.pinfold.content.ContentException;
import dev.pinfold.content.Varint;
import dev.pinfold.content.dag.ProtoReader;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the data of a dag-pb node says about a file, directory or symbolic link. Numbers are −1 when absent.
 *
 * <p>Unknown fields are passed over, as protobuf wants. Source: ipfs/specs, UnixFS.
 */
public final class UnixFsData {
    /** What a node is. */
    public enum Type {
        /** Bytes, in the older form. */
        RAW(0),
        /** A directory with its entries as links. */
        DIRECTORY(1),
        /** A file or a part of one. */
        FILE(2),
        /** A description of the file it links to; nobody writes it any more. */
        METADATA(3),
        /** A symbolic link: its data is the target. */
        SYMLINK(4),
        /** One shard of a directory that is spread over many nodes by the hashes of the names. */
        HAMT_SHARD(5);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** Multihash code of the murmur3 variant that shards use. */
    public static final long MURMUR3 = 0x22;

    private static final long MAX_NANOS = 999_999_999;

    private final Type type;
    private byte @Nullable [] data;
    private long fileSize = -1;
    private List<Long> blockSizes = List.of();
    private long hashType = -1;
    private long fanout = -1;
    private long mode = -1;
    private @Nullable Instant mtime;

    private UnixFsData(Type type) {
        this.type = type;
    }

    /** A directory. */
    public static UnixFsData directory() {
        return new UnixFsData(Type.DIRECTORY);
    }

    /** A symbolic link to {@code target}. */
    public static UnixFsData symlink(byte[] target) {
        UnixFsData made = new UnixFsData(Type.SYMLINK);
        made.data = target;
        return made;
    }

    /** A file made of linked parts of these sizes. */
    public static UnixFsData file(List<Long> partSizes) {
        UnixFsData made = new UnixFsData(Type.FILE);
        made.blockSizes = List.copyOf(partSizes);
        made.fileSize = partSizes.stream().mapToLong(Long::longValue).sum();
        return made;
    }

    /** A shard whose set bits in {@code bitfield} (big-endian) say which of {@code fanout} buckets are used. */
    public static UnixFsData shard(byte[] bitfield, long fanout) {
        UnixFsData made = new UnixFsData(Type.HAMT_SHARD);
        made.data = bitfield;
        made.hashType = MURMUR3;
        made.fanout = fanout;
        return made;
    }

    /** Reads the data of a node. Throws MALFORMED. */
    public static UnixFsData read(byte[] bytes) {
        ProtoReader in = new ProtoReader("UnixFS data", bytes, 0, bytes.length);
        // The type is the first field that any writer writes, but protobuf does not promise that.
        UnixFsData read = new UnixFsData(type(bytes));
        List<Long> sizes = new ArrayList<>();
        while (in.hasNext()) {
            int field = in.field();
            read.field(field, in, bytes, sizes);
        }
        read.blockSizes = List.copyOf(sizes);
        return read;
    }

    private static Type type(byte[] bytes) {
        ProtoReader in = new ProtoReader("UnixFS data", bytes, 0, bytes.length);
        long found = -1;
        while (in.hasNext()) {
            if (in.field() == 1) {
                in.require(ProtoReader.VARINT, "Type");
                found = in.varint();
            } else {
                in.skip();
            }
        }
        if (found < 0 || found >= Type.values().length) {
            throw in.malformed(found == -1 ? "there is no Type" : "Type " + Long.toUnsignedString(found));
        }
        return Type.values()[(int) found];
    }

    private void field(int field, ProtoReader in, byte[] bytes, List<Long> sizes) {
        switch (field) {
            case 2 -> {
                in.require(ProtoReader.BYTES, "Data");
                data = in.bytes();
            }
            case 3 -> fileSize = number(in, "filesize");
            case 4 -> blockSize(in, bytes, sizes);
            case 5 -> hashType = number(in, "hashType");
            case 6 -> fanout = number(in, "fanout");
            case 7 -> mode = number(in, "mode") & 0xffff_ffffL;
            case 8 -> {
                in.require(ProtoReader.BYTES, "mtime");
                int start = in.span();
                mtime = time(new ProtoReader("UnixFS mtime", bytes, start, in.position()));
            }
            default -> in.skip();
        }
    }

    private static void blockSize(ProtoReader in, byte[] bytes, List<Long> sizes) {
        if (in.wire() == ProtoReader.BYTES) {
            int start = in.span();
            ProtoReader packed = new ProtoReader("UnixFS blocksizes", bytes, start, in.position());
            while (packed.hasNext()) {
                sizes.add(unsigned(packed, "blocksizes"));
            }
        } else {
            sizes.add(number(in, "blocksizes"));
        }
    }

    private static long number(ProtoReader in, String field) {
        in.require(ProtoReader.VARINT, field);
        return unsigned(in, field);
    }

    private static long unsigned(ProtoReader in, String field) {
        long value = in.varint();
        if (value < 0) {
            throw in.malformed(field + " " + Long.toUnsignedString(value) + " is beyond 2^63");
        }
        return value;
    }

    private static Instant time(ProtoReader in) {
        long seconds = 0;
        long nanos = 0;
        while (in.hasNext()) {
            int field = in.field();
            if (field == 1) {
                in.require(ProtoReader.VARINT, "Seconds");
                seconds = in.varint();
            } else if (field == 2) {
                in.require(ProtoReader.FIXED32, "FractionalNanoseconds");
                nanos = in.fixed32() & 0xffff_ffffL;
            } else {
                in.skip();
            }
        }
        if (nanos > MAX_NANOS || seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()) {
            throw in.malformed("a time of " + seconds + " s and " + nanos + " ns");
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    /** The canonical bytes: fields in the order of their numbers. Mode and mtime are written when present. */
    public byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        number(out, 1, type.number);
        if (data != null) {
            out.write(2 << 3 | ProtoReader.BYTES);
            out.writeBytes(Varint.encode(data.length));
            out.writeBytes(data);
        }
        number(out, 3, fileSize);
        blockSizes.forEach(size -> number(out, 4, size));
        number(out, 5, hashType);
        number(out, 6, fanout);
        number(out, 7, mode);
        if (mtime != null) {
            writeTime(out, mtime);
        }
        return out.toByteArray();
    }

    @SuppressWarnings("JavaInstantGetSecondsGetNano") // Both are read, in two fields.
    private static void writeTime(ByteArrayOutputStream out, Instant time) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream(16);
        inner.write(1 << 3);
        long rest = time.getEpochSecond();
        while ((rest & ~0x7fL) != 0) {
            inner.write((int) rest | 0x80);
            rest >>>= 7;
        }
        inner.write((int) rest);
        int nanos = time.getNano();
        if (nanos != 0) {
            inner.write(2 << 3 | ProtoReader.FIXED32);
            for (int shift = 0; shift < 32; shift += 8) {
                inner.write(nanos >>> shift);
            }
        }
        out.write(8 << 3 | ProtoReader.BYTES);
        out.write(inner.size());
        out.writeBytes(inner.toByteArray());
    }

    private static void number(ByteArrayOutputStream out, int field, long value) {
        if (value >= 0) {
            out.write(field << 3);
            out.writeBytes(Varint.encode(value));
        }
    }

    /** What the node is. */
    public Type type() {
        return type;
    }

    /** File bytes in this node, symbolic link target, or bitfield; empty when absent; not to be changed. */
    public byte[] data() {
        return Objects.requireNonNullElse(data, new byte[0]);
    }

    /** Bytes of the file at and below this node, as claimed; −1 when absent. */
    public long fileSize() {
        return fileSize;
    }

    /** File bytes below each link, as claimed. */
    public List<Long> blockSizes() {
        return blockSizes;
    }

    /** Hash function of a shard; −1 when absent. */
    public long hashType() {
        return hashType;
    }

    /** Number of buckets of a shard; −1 when absent. */
    public long fanout() {
        return fanout;
    }

    /** POSIX mode bits; −1 when absent. */
    public long mode() {
        return mode;
    }

    /** Time of last modification; null when absent. */
    public @Nullable Instant mtime() {
        return mtime;
    }

    @Override
    public String toString() {
        return type + ", " + fileSize + " bytes in " + blockSizes.size() + " parts";
    }

    /** Whether both say the same. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UnixFsData that && Arrays.equals(write(), that.write());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(write());
    }

    /** This with mode and time. */
    public UnixFsData with(long newMode, @Nullable Instant newMtime) {
        if (newMode > 0xffff_ffffL) {
            throw ContentException.malformed("A mode has 32 bits, not " + newMode);
        }
        UnixFsData made = new UnixFsData(type);
        made.data = data;
        made.fileSize = fileSize;
        made.blockSizes = blockSizes;
        made.hashType = hashType;
        made.fanout = fanout;
        made.mode = newMode;
        made.mtime = newMtime;
        return made;
    }
}
