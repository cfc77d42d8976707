package dev.pinfold.content.unixfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The first 64 bits of MurmurHash3 x64 128 with seed 0: what places a name in a sharded directory. Not cryptographic. */
final class Murmur3 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private Murmur3() {}

    static long hash64(byte[] data) {
        long h1 = 0;
        long h2 = 0;
        ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        while (in.remaining() >= 16) {
            h1 ^= mix1(in.getLong());
            h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= mix2(in.getLong());
            h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }
        long k1 = 0;
        long k2 = 0;
        for (int i = 0; in.hasRemaining(); i++) {
            long next = in.get() & 0xffL;
            if (i < 8) {
                k1 |= next << (8 * i);
            } else {
                k2 |= next << (8 * (i - 8));
            }
        }
        h1 ^= mix1(k1) ^ data.length;
        h2 ^= mix2(k2) ^ data.length;
        h1 += h2;
        h2 += h1;
        return fmix(h1) + fmix(h2);
    }

    private static long mix1(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long mix2(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    private static long fmix(long k) {
        long h = k;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
