package dev.pinfold.content.dag;

import dev.pinfold.content.ContentException;
import java.time.Duration;

/**
 * What a walk may cost, so that a hostile DAG ends it and not the process.
 *
 * @param blocks the most distinct blocks; each costs about 32 bytes of memory to remember
 * @param bytes the most bytes in those blocks
 * @param depth the most blocks that wait for their later children at once
 * @param pending the most links that wait to be followed at once
 * @param time the longest the walk may take; measured with the system's monotonic clock
 */
public record DagLimits(long blocks, long bytes, int depth, int pending, Duration time) {
    /** 4 million blocks, 1 TiB, 1,024 levels, 500,000 waiting links, one hour. */
    public static final DagLimits DEFAULT = new DagLimits(4_000_000, 1L << 40, 1024, 500_000, Duration.ofHours(1));

    /** These limits with other block and byte counts. */
    public DagLimits withSize(long mostBlocks, long mostBytes) {
        return new DagLimits(mostBlocks, mostBytes, depth, pending, time);
    }

    /** These limits with another depth. */
    public DagLimits withDepth(int most) {
        return new DagLimits(blocks, bytes, most, pending, time);
    }

    /** These limits with another time. */
    public DagLimits withTime(Duration most) {
        return new DagLimits(blocks, bytes, depth, pending, most);
    }

    /** Counts what one walk spends, and throws TOO_LARGE when a limit is passed. Not safe for use by several threads. */
    public static final class Meter {
        private final DagLimits limits;
        private final long start = System.nanoTime();
        private long blocks;
        private long bytes;

        /** Starts the clock. */
        public Meter(DagLimits limits) {
            this.limits = limits;
        }

        /** Counts a block of {@code size} bytes. */
        public void block(int size) {
            blocks++;
            bytes += size;
            require(blocks <= limits.blocks, "more than " + limits.blocks + " blocks");
            require(bytes <= limits.bytes, "more than " + limits.bytes + " bytes");
            if ((blocks & 63) == 0) {
                require(System.nanoTime() - start <= limits.time.toNanos(), "more time than " + limits.time);
            }
        }

        /** Checks how many blocks, and how many links, wait. */
        public void stack(int depth, int pending) {
            require(depth <= limits.depth, "deeper than " + limits.depth + " levels");
            require(pending <= limits.pending, "more than " + limits.pending + " links waiting");
        }

        private static void require(boolean within, String passed) {
            if (!within) {
                throw ContentException.tooLarge("The DAG passes a limit: " + passed);
            }
        }
    }
}
