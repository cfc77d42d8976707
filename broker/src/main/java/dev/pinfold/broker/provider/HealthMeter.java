package dev.pinfold.broker.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Remembers how the last calls to one provider went. Told the time; safe for use by several threads. */
final class HealthMeter {
    private static final int CALLS = 1000;
    private static final int READS = 100;
    private static final long MAX_AGE = Duration.ofMinutes(30).toNanos();
    private static final double P95 = 0.95;

    /**
     * The part of a {@link HealthSnapshot} that is measured here.
     *
     * @param successRate null without samples
     * @param retrievalP95Ms null without retrievals
     */
    record Reading(
            @Nullable Double successRate,
            long samples,
            int consecutiveFailures,
            @Nullable Integer retrievalP95Ms,
            @Nullable Instant unhealthySince) {}

    private final long[] at = new long[CALLS];
    private final boolean[] served = new boolean[CALLS];
    private int size;
    private int next;
    private int failuresInRow;
    private @Nullable Instant unhealthySince;
    private final long[] reads = new long[READS];
    private int readCount;
    private int nextRead;

    synchronized void served(long now) {
        add(true, now);
        failuresInRow = 0;
        unhealthySince = null;
    }

    synchronized void failed(long now, Instant wallClock) {
        add(false, now);
        failuresInRow++;
        if (unhealthySince == null) {
            unhealthySince = wallClock;
        }
    }

    synchronized void retrieved(long nanos) {
        reads[nextRead] = nanos;
        nextRead = (nextRead + 1) % READS;
        readCount = Math.min(readCount + 1, READS);
    }

    synchronized Reading reading(long now) {
        int samples = 0;
        int good = 0;
        for (int i = 0; i < size; i++) {
            if (now - at[i] <= MAX_AGE) {
                samples++;
                good += served[i] ? 1 : 0;
            }
        }
        return new Reading(
                samples == 0 ? null : (double) good / samples, samples, failuresInRow, p95Millis(), unhealthySince);
    }

    private @Nullable Integer p95Millis() {
        if (readCount == 0) {
            return null;
        }
        long[] sorted = Arrays.copyOf(reads, readCount);
        Arrays.sort(sorted);
        long nanos = sorted[(int) Math.ceil(P95 * readCount) - 1];
        return (int) Math.min(Integer.MAX_VALUE, Duration.ofNanos(nanos).toMillis());
    }

    private void add(boolean good, long now) {
        at[next] = now;
        served[next] = good;
        next = (next + 1) % CALLS;
        size = Math.min(size + 1, CALLS);
    }
}
