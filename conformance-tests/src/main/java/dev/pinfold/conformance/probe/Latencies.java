package dev.pinfold.conformance.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Answer times, and what a share of them stayed below. */
final class Latencies {
    private final List<Duration> all = new ArrayList<>();

    synchronized void add(Duration one) {
        all.add(one);
    }

    /** The smallest time that this percentage of the answers did not exceed; zero when there was none. */
    synchronized Duration percentile(int percent) {
        if (all.isEmpty()) {
            return Duration.ZERO;
        }
        List<Duration> sorted = new ArrayList<>(all);
        Collections.sort(sorted);
        int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }

    String text() {
        return "p50 " + percentile(50).toMillis() + " ms, p99 " + percentile(99).toMillis() + " ms";
    }
}
