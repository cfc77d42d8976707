package dev.pinfold.local;

import dev.pinfold.content.Multihash;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where each block lies, in about 50 bytes of memory per block: an open table of the first 128 bits of the digest, the
 * number of the pack and the place in it. A block that lies in several packs has several entries.
 *
 * <p>Whoever finds two blocks that agree in 128 bits (2^64 work) only makes their own content unreadable: what is read is
 * checked against the whole hash. Not safe for use by several threads.
 */
final class BlockTable {
    /** The key of a block: 128 bits of its digest, mixed with the hash function's number. */
    record Key(long high, long low) {
        static Key of(Multihash hash) {
            ByteBuffer digest = ByteBuffer.wrap(hash.digest());
            return new Key(digest.getLong(), digest.getLong() ^ hash.code());
        }
    }

    /** Where a block's bytes lie. */
    record Place(int pack, long offset, int length) {}

    private static final int EMPTY = 0;
    private static final int GONE = -1;
    private static final int FIRST_SLOTS = 1 << 10;

    private long[] keys = new long[2 * FIRST_SLOTS];
    private long[] offsets = new long[FIRST_SLOTS];
    private int[] lengths = new int[FIRST_SLOTS];
    private int[] packs = new int[FIRST_SLOTS];
    private int used;
    private int live;

    /** How many entries there are. */
    int size() {
        return live;
    }

    /** Adds an entry; pack numbers are positive. */
    void add(Key key, Place place) {
        if (4L * (used + 1) > 3L * packs.length) {
            rebuild(live * 2L > packs.length / 2 ? packs.length * 2 : packs.length);
        }
        int at = slot(key);
        while (packs[at] != EMPTY) {
            at = (at + 1) & (packs.length - 1);
        }
        put(at, key, place);
        used++;
        live++;
    }

    /** Some place of the block; null where it is not known. */
    @Nullable
    Place find(Key key) {
        for (int at = slot(key); packs[at] != EMPTY; at = (at + 1) & (packs.length - 1)) {
            if (packs[at] != GONE && keys[2 * at] == key.high() && keys[2 * at + 1] == key.low()) {
                return new Place(packs[at], offsets[at], lengths[at]);
            }
        }
        return null;
    }

    /** Removes one entry, if it is there. */
    void remove(Key key, Place place) {
        for (int at = slot(key); packs[at] != EMPTY; at = (at + 1) & (packs.length - 1)) {
            if (packs[at] == place.pack()
                    && offsets[at] == place.offset()
                    && keys[2 * at] == key.high()
                    && keys[2 * at + 1] == key.low()) {
                packs[at] = GONE;
                live--;
                return;
            }
        }
    }

    /** Removes the entry of the block that begins at this place, if there is one. */
    void removePlace(int pack, long offset) {
        for (int at = 0; at < packs.length; at++) {
            if (packs[at] == pack && offsets[at] == offset) {
                packs[at] = GONE;
                live--;
            }
        }
    }

    /** Gives every entry to the consumer, in no order. */
    void forEach(BiConsumer<Key, Place> consumer) {
        for (int at = 0; at < packs.length; at++) {
            if (packs[at] > EMPTY) {
                consumer.accept(
                        new Key(keys[2 * at], keys[2 * at + 1]), new Place(packs[at], offsets[at], lengths[at]));
            }
        }
    }

    /** Removes every entry of a pack. */
    void removePack(int pack) {
        for (int at = 0; at < packs.length; at++) {
            if (packs[at] == pack) {
                packs[at] = GONE;
                live--;
            }
        }
    }

    private void rebuild(int slots) {
        long[] oldKeys = keys;
        long[] oldOffsets = offsets;
        int[] oldLengths = lengths;
        int[] oldPacks = packs;
        keys = new long[2 * slots];
        offsets = new long[slots];
        lengths = new int[slots];
        packs = new int[slots];
        used = 0;
        live = 0;
        for (int i = 0; i < oldPacks.length; i++) {
            if (oldPacks[i] > EMPTY) {
                add(new Key(oldKeys[2 * i], oldKeys[2 * i + 1]), new Place(oldPacks[i], oldOffsets[i], oldLengths[i]));
            }
        }
    }

    private void put(int at, Key key, Place place) {
        keys[2 * at] = key.high();
        keys[2 * at + 1] = key.low();
        offsets[at] = place.offset();
        lengths[at] = place.length();
        packs[at] = place.pack();
    }

    private int slot(Key key) {
        return (int) ((key.high() * 0x9E3779B97F4A7C15L) >>> 33) & (packs.length - 1);
    }
}
