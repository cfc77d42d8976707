package dev.pinfold.broker.retrieval;

import java.time.Duration;

/**
 * How content is read.
 *
 * @param firstBlock the longest that a source may take until its first verified block
 * @param progress the longest without a byte, and the window over which the slowest rate is judged
 * @param slowestBytesPerSecond a source slower than this is left when there is another
 * @param lead how far a download runs ahead of its fastest reader, bytes
 * @param parkAfter a download whose readers do not read on gives its connection up after so long
 * @param downloads most downloads that hold a connection at once; others wait for their turn
 */
public record ReadSettings(
        Duration firstBlock,
        Duration progress,
        long slowestBytesPerSecond,
        long lead,
        Duration parkAfter,
        int downloads) {
    private static final long LAST_RESORT_SHARE = 64;

    /** 10 s, 10 s, 64 KiB/s, 4 MiB, 5 s, 16. */
    public static final ReadSettings DEFAULT = new ReadSettings(
            Duration.ofSeconds(10), Duration.ofSeconds(10), 64 << 10, 4 << 20, Duration.ofSeconds(5), 16);

    long slowest(boolean lastHope) {
        return lastHope ? slowestBytesPerSecond / LAST_RESORT_SHARE : slowestBytesPerSecond;
    }
}
