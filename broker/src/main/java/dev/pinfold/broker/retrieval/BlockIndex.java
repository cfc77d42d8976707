package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Multihash;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where each block stands in a file, by multihash: 24 bytes per slot, 32 to 64 per block.
 *
 * <p>It keeps the first 128 bits of a digest. That two blocks agree in these can be made to happen with 2^64 work; then
 * one is found in place of the other, and its hash does not match when it is read.
 */
final class BlockIndex {
    /** Bytes of one slot, in memory and in a file. */
    static final int SLOT = 24;

    /** Lengths take the lower 22 bits: blocks have at most 2 MiB. Offsets take the 42 above: files up to 4 TiB. */
    private static final int LENGTH_BITS = 22;

    /** The furthest offset that fits. */
    static final long MAX_OFFSET = (1L << 42) - 1;

    private static final int FIRST_SLOTS = 64;

    private long[] slots = new long[FIRST_SLOTS * 3];
    private int size;

    /** The number of blocks. */
    int size() {
        return size;
    }

    /** The number of slots, a power of two. */
    int slots() {
        return slots.length / 3;
    }

    /** Adds a block; false when it was there, and then nothing changes. */
    boolean add(Multihash hash, long offset, int length) {
        if ((size + 1) * 4L > slots() * 3L) {
            grow();
        }
        boolean added = insert(slots, high(hash), low(hash), offset << LENGTH_BITS | length);
        size += added ? 1 : 0;
        return added;
    }

    /** The place of a block as {@link #offset} and {@link #length} read it; −1 when it is not there. */
    long find(Multihash hash) {
        long high = high(hash);
        long low = low(hash);
        for (int slot = first(high, slots()); slots[slot * 3] != 0; slot = (slot + 1) & (slots() - 1)) {
            if (slots[slot * 3] == high && slots[slot * 3 + 1] == low) {
                return slots[slot * 3 + 2];
            }
        }
        return -1;
    }

    /** Where the block begins. */
    static long offset(long place) {
        return place >>> LENGTH_BITS;
    }

    /** How long it is. */
    static int length(long place) {
        return (int) place & ((1 << LENGTH_BITS) - 1);
    }

    /** The slot where the search for a hash begins, in a table of this many slots. */
    static int first(long high, int slots) {
        return (int) ((high * 0x9E3779B97F4A7C15L) >>> 33) & (slots - 1);
    }

    /** First half of what is kept of a hash; never 0, which marks an empty slot. */
    static long high(Multihash hash) {
        long high = ByteBuffer.wrap(Arrays.copyOf(hash.digest(), 16)).getLong();
        return high == 0 ? 1 : high;
    }

    /** Second half. */
    static long low(Multihash hash) {
        return ByteBuffer.wrap(Arrays.copyOf(hash.digest(), 16)).getLong(8) ^ hash.code();
    }

    /** Copies slots from {@code from} on, as many as fit, into a buffer. Returns the slot after the last copied. */
    int copyTo(ByteBuffer target, int from) {
        int slot = from;
        while (slot < slots() && target.remaining() >= SLOT) {
            target.putLong(slots[slot * 3]).putLong(slots[slot * 3 + 1]).putLong(slots[slot * 3 + 2]);
            slot++;
        }
        return slot;
    }

    private void grow() {
        long[] wider = new long[slots.length * 2];
        for (int i = 0; i < slots.length; i += 3) {
            if (slots[i] != 0) {
                insert(wider, slots[i], slots[i + 1], slots[i + 2]);
            }
        }
        slots = wider;
    }

    private static boolean insert(long[] into, long high, long low, long place) {
        int count = into.length / 3;
        int slot = first(high, count);
        while (into[slot * 3] != 0) {
            if (into[slot * 3] == high && into[slot * 3 + 1] == low) {
                return false;
            }
            slot = (slot + 1) & (count - 1);
        }
        into[slot * 3] = high;
        into[slot * 3 + 1] = low;
        into[slot * 3 + 2] = place;
        return true;
    }
}
