package dev.pinfold.conformance.content;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a dag-pb node means in UnixFS. Source: specs.ipfs.tech/unixfs.
 *
 * @param data bytes that stand in the node itself
 * @param size bytes of the whole file below this node; 0 for directories
 * @param blockSizes file bytes below each link, in the order of the links
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record UnixFs(Kind kind, byte[] data, long size, List<Long> blockSizes) {
    private static final int MURMUR3 = 0x22;
    /** Children of a sharded directory's node. */
    static final int FANOUT = 256;

    public UnixFs {
        blockSizes = List.copyOf(blockSizes);
    }

    /** With the numbers that UnixFS gives them. */
    public enum Kind {
        RAW(0),
        DIRECTORY(1),
        FILE(2),
        METADATA(3),
        SYMLINK(4),
        SHARD(5);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        static Optional<Kind> of(long number) {
            return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
        }

        public boolean file() {
            return this == RAW || this == FILE;
        }
    }

    static UnixFs directory() {
        return new UnixFs(Kind.DIRECTORY, new byte[0], 0, List.of());
    }

    static UnixFs file(List<Long> blockSizes) {
        long size = blockSizes.stream().mapToLong(Long::longValue).sum();
        return new UnixFs(Kind.FILE, new byte[0], size, blockSizes);
    }

    /** A node of a sharded directory; the bit field says which of its places are taken. */
    static UnixFs shard(byte[] bitField) {
        return new UnixFs(Kind.SHARD, bitField, 0, List.of());
    }

    /** The message; empty when the bytes are none. */
    public static Optional<UnixFs> read(byte[] message) {
        long kind = -1;
        long size = -1;
        byte[] data = new byte[0];
        List<Long> blockSizes = new ArrayList<>();
        int at = 0;
        while (at < message.length) {
            Optional<Protobuf.Field> field = Protobuf.field(message, at);
            if (field.isEmpty()) {
                return Optional.empty();
            }
            switch (field.get().number()) {
                case 1 -> kind = field.get().value();
                case 2 -> data = field.get().bytes();
                case 3 -> size = field.get().value();
                case 4 -> blockSizes.add(field.get().value());
                default -> {}
            }
            at = field.get().end();
        }
        byte[] held = data;
        long length = size < 0 ? data.length : size;
        return Kind.of(kind).map(known -> new UnixFs(known, held, length, blockSizes));
    }

    byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Protobuf.number(out, 1, kind.number);
        if (data.length > 0) {
            Protobuf.bytes(out, 2, data);
        }
        if (kind.file()) {
            Protobuf.number(out, 3, size);
        }
        blockSizes.forEach(one -> Protobuf.number(out, 4, one));
        if (kind == Kind.SHARD) {
            Protobuf.number(out, 5, MURMUR3);
            Protobuf.number(out, 6, FANOUT);
        }
        return out.toByteArray();
    }
}
