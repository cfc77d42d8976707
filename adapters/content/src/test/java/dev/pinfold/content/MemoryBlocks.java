package dev.pinfold.content;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Blocks in memory, by multihash, in the order they came. */
public final class MemoryBlocks implements BlockSource, BlockSink {
    private final Map<Multihash, Block> blocks = new LinkedHashMap<>();

    @Override
    public void accept(Block block) {
        blocks.putIfAbsent(block.cid().multihash(), block);
    }

    @Override
    public byte @Nullable [] find(Cid cid) {
        Block block = blocks.get(cid.multihash());
        return block == null ? null : block.bytes();
    }

    /** Whether the block of {@code cid} is here. */
    public boolean has(Cid cid) {
        return cid.multihash().isIdentity() || blocks.containsKey(cid.multihash());
    }

    /** Takes a block away. */
    public void remove(Cid cid) {
        blocks.remove(cid.multihash());
    }

    /** All blocks, in the order they came. */
    public Iterable<Block> all() {
        return blocks.values();
    }

    /** How many blocks are here. */
    public int count() {
        return blocks.size();
    }
}
