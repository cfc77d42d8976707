package dev.pinfold.conformance.content;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The hash that says where a name stands in a sharded directory: the first half of MurmurHash3 x64 128, seed 0. */
final class Murmur3 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private Murmur3() {}

    static long hash(byte[] data) {
        long h1 = 0;
        long h2 = 0;
        int whole = data.length / 16 * 16;
        ByteBuffer blocks = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < whole; at += 16) {
            h1 ^= mixFirst(blocks.getLong(at));
            h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= mixSecond(blocks.getLong(at + 8));
            h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }
        ByteBuffer tail = ByteBuffer.wrap(Arrays.copyOf(Arrays.copyOfRange(data, whole, data.length), 16))
                .order(ByteOrder.LITTLE_ENDIAN);
        h2 ^= mixSecond(tail.getLong(8));
        h1 ^= mixFirst(tail.getLong(0));
        h1 ^= data.length;
        h2 ^= data.length;
        h1 += h2;
        h2 += h1;
        return avalanche(h1) + avalanche(h2);
    }

    private static long mixFirst(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long mixSecond(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    private static long avalanche(long k) {
        long mixed = (k ^ (k >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
