package dev.pinfold.content.dag;

import dev.pinfold.content.Multihash;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A set of multihashes in about 32 bytes each: it keeps the first 128 bits of the digest.
 *
 * <p>Whoever builds two blocks that agree in 128 bits (2^64 work) only makes their own DAG look walked when it is not.
 */
public final class DigestSet {
    private static final int FIRST_SLOTS = 1 << 8;

    private long[] slots = new long[FIRST_SLOTS * 2];
    private int size;

    /** An empty set. */
    public DigestSet() {}

    /** Adds {@code hash}; false when it was there. */
    public boolean add(Multihash hash) {
        if (size * 4 >= slots.length) {
            grow();
        }
        ByteBuffer digest = ByteBuffer.wrap(Arrays.copyOf(hash.digest(), 16));
        boolean added = insert(slots, nonZero(digest.getLong()), digest.getLong() ^ hash.code());
        size += added ? 1 : 0;
        return added;
    }

    /** Whether {@code hash} is there. */
    public boolean contains(Multihash hash) {
        ByteBuffer digest = ByteBuffer.wrap(Arrays.copyOf(hash.digest(), 16));
        long high = nonZero(digest.getLong());
        long low = digest.getLong() ^ hash.code();
        int at = slot(slots, high);
        while (slots[at] != 0) {
            if (slots[at] == high && slots[at + 1] == low) {
                return true;
            }
            at = (at + 2) & (slots.length - 1);
        }
        return false;
    }

    private void grow() {
        long[] wider = new long[slots.length * 2];
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0) {
                insert(wider, slots[i], slots[i + 1]);
            }
        }
        slots = wider;
    }

    private static boolean insert(long[] into, long high, long low) {
        int at = slot(into, high);
        while (into[at] != 0) {
            if (into[at] == high && into[at + 1] == low) {
                return false;
            }
            at = (at + 2) & (into.length - 1);
        }
        into[at] = high;
        into[at + 1] = low;
        return true;
    }

    private static int slot(long[] in, long high) {
        return ((int) ((high * 0x9E3779B97F4A7C15L) >>> 33) << 1) & (in.length - 1);
    }

    private static long nonZero(long value) {
        return value == 0 ? 1 : value;
    }
}
