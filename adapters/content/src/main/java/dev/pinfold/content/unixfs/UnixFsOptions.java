package dev.pinfold.content.unixfs;

import dev.pinfold.content.Block;

/**
 * How files and directories become blocks. Whoever wants the same CIDs as another tool uses the same values.
 *
 * @param chunkSize bytes per leaf, 1 to 2 MiB
 * @param maxLinks links per node of a file, at least 2
 * @param shardThreshold a directory is sharded when names and CIDs of its entries take more bytes than this (Kubo
 *     before 2026 also sharded at exactly this size)
 * @param shardFanout buckets per shard: a power of two from 8 to 1024
 */
public record UnixFsOptions(int chunkSize, int maxLinks, int shardThreshold, int shardFanout) {
    /**
     * What {@code ipfs add --cid-version=1 --raw-leaves} does: chunks of 256 KiB (262,144 bytes), balanced trees of at
     * most 174 links, directories sharded 256 ways above 256 KiB. These are Kubo's defaults also where its newer, opt-in
     * profiles (for example {@code unixfs-v1-2025}: 1 MiB chunks, 1024 links) give other CIDs.
     */
    public static final UnixFsOptions DEFAULT = new UnixFsOptions(256 << 10, 174, 256 << 10, 256);

    /** Checks the ranges. */
    public UnixFsOptions {
        require(chunkSize >= 1 && chunkSize <= Block.MAX_SIZE, "chunkSize must be 1 to 2097152", chunkSize);
        require(maxLinks >= 2 && maxLinks <= 16_384, "maxLinks must be 2 to 16384", maxLinks);
        require(
                shardThreshold >= 0 && shardThreshold <= 1 << 20,
                "shardThreshold must be 0 to 1048576",
                shardThreshold);
        require(Hamt.validFanout(shardFanout), "shardFanout must be a power of two from 8 to 1024", shardFanout);
    }

    private static void require(boolean holds, String rule, int value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", not " + value);
        }
    }
}
