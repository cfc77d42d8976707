package dev.pinfold.content.unixfs;

/**
 * What reading files and directories may cost.
 *
 * @param depth the most nodes of a file that wait for their later children at once
 * @param entries the most entries of a listing, and the most shards read for it
 * @param bytes the most bytes one reader gives of a file
 */
public record UnixFsLimits(int depth, int entries, long bytes) {
    /** 512 levels, one million entries, 512 GiB. */
    public static final UnixFsLimits DEFAULT = new UnixFsLimits(512, 1_000_000, 512L << 30);
}
