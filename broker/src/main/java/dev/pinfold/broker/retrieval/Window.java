package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Block;
import dev.pinfold.content.Multihash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last blocks of a flight, in memory, so that readers near each other share them. Bounded; what falls out is in the
 * cache, or fetched again. Used under the flight's lock.
 */
final class Window {
    private static final long BYTES = 8L << 20;

    private static final class Held {
        private final Block block;
        private final long end;

        Held(Block block, long end) {
            this.block = block;
            this.end = end;
        }
    }

    private final Map<Multihash, Held> blocks = new LinkedHashMap<>();
    private long held;

    /**
     * Adds a block.
     *
     * @param end how far the download was after it; 0 for a block that came on its own
     */
    void put(Block block, long end) {
        Multihash hash = block.cid().multihash();
        Held old = blocks.remove(hash);
        held -= old == null ? 0 : old.block.size();
        blocks.put(hash, new Held(block, end));
        held += block.size();
        for (Iterator<Held> eldest = blocks.values().iterator(); held > BYTES && blocks.size() > 1; ) {
            held -= eldest.next().block.size();
            eldest.remove();
        }
    }

    @Nullable
    Block find(Multihash hash) {
        Held found = blocks.get(hash);
        return found == null ? null : found.block;
    }

    /** How far the download was after a block that is here. */
    long end(Multihash hash) {
        Held found = blocks.get(hash);
        return found == null ? 0 : found.end;
    }

    void clear() {
        blocks.clear();
        held = 0;
    }
}
