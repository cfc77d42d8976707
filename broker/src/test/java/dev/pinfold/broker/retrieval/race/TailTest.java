package dev.pinfold.broker.retrieval.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand reads in simulated time from three sources that take 20, 200 and 2,000 ms, each with one answer in a
 * hundred that stalls: what racing gives, beside each source alone and beside asking all at once.
 */
class TailTest {
    private static final int READS = 10_000;
    private static final long STALL = 30_000;
    private static final List<String> SOURCES = List.of("near", "far", "slow");
    private static final Map<String, Integer> DELAYS = Map.of("near", 20, "far", 200, "slow", 2000);

    private final Random random = new Random(20);

    /** A tenth of noise around the source's own delay, or a stall. */
    private long delay(String source) {
        int usual = DELAYS.getOrDefault(source, 0);
        return random.nextInt(100) == 0 ? STALL : usual + random.nextInt(usual / 5) - usual / 10;
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Outcome(long[] millis, long requests) {
        long percentile(double share) {
            long[] sorted = millis.clone();
            Arrays.sort(sorted);
            return sorted[(int) Math.ceil(share * sorted.length) - 1];
        }
    }

    @Test
    void the_tail_is_cut_at_few_extra_requests() {
        Map<String, Outcome> alone = new HashMap<>();
        for (String source : SOURCES) {
            alone.put(source, single(source));
        }
        Outcome all = all();
        Outcome raced = raced();
        show("raced", raced);
        alone.forEach(TailTest::show);
        show("all at once", all);

        long best =
                alone.values().stream().mapToLong(o -> o.percentile(0.99)).min().orElseThrow();
        assertThat(best).as("p99 of the best single source").isGreaterThanOrEqualTo(5 * raced.percentile(0.99));
        assertThat(raced.requests()).as("requests").isLessThanOrEqualTo(READS * 11L / 10);
        assertThat(raced.percentile(0.5)).isLessThanOrEqualTo(all.percentile(0.5) + 5);
        assertThat(all.requests()).isEqualTo(3L * READS);
    }

    private static void show(String what, Outcome outcome) {
        System.out.printf(
                "%-12s p50 %5d ms  p95 %5d ms  p99 %5d ms  requests %d%n",
                what, outcome.percentile(0.5), outcome.percentile(0.95), outcome.percentile(0.99), outcome.requests());
    }

    private Outcome single(String source) {
        long[] millis = new long[READS];
        Arrays.setAll(millis, i -> delay(source));
        return new Outcome(millis, READS);
    }

    private Outcome all() {
        long[] millis = new long[READS];
        Arrays.setAll(millis, i -> SOURCES.stream().mapToLong(this::delay).min().orElseThrow());
        return new Outcome(millis, 3L * READS);
    }

    private record Arrival(long at, String source) implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            return Long.compare(at, other.at);
        }
    }

    private Outcome raced() {
        Scoreboard scores = new Scoreboard();
        HedgeBudget budget = new HedgeBudget();
        long[] millis = new long[READS];
        long requests = 0;
        for (int i = 0; i < READS; i++) {
            requests += race(scores, budget, millis, i);
        }
        return new Outcome(millis, requests);
    }

    /** One read; returns how many requests it took. */
    private long race(Scoreboard scores, HedgeBudget budget, long[] millis, int read) {
        List<Scoreboard.Entrant> entrants = SOURCES.stream()
                .map(source -> new Scoreboard.Entrant(source, false, true))
                .toList();
        Race race = new Race(scores.lineUp(entrants, random), RaceSettings.DEFAULT, budget);
        Map<String, Long> started = new HashMap<>();
        PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
        List<Move> moves = new ArrayList<>(race.begin(0));
        long now = 0;
        while (true) {
            for (Move move : moves) {
                switch (move) {
                    case Move.Start start -> {
                        started.put(start.source(), now);
                        arrivals.add(new Arrival(now + delay(start.source()) * 1_000_000, start.source()));
                    }
                    case Move.Stop stop -> {
                        Duration age = Duration.ofNanos(now - started.getOrDefault(stop.source(), now));
                        if (stop.because() == Move.Because.OUTRUN) {
                            scores.outrun(stop.source(), age);
                        } else {
                            scores.failed(stop.source());
                            arrivals.removeIf(a -> a.source().equals(stop.source()));
                        }
                    }
                    case Move.Won won -> {
                        scores.verified(won.source(), Duration.ofNanos(now - started.getOrDefault(won.source(), now)));
                        millis[read] = now / 1_000_000;
                    }
                    case Move.Over over -> throw new AssertionError("somebody serves");
                }
            }
            if (race.wakeAt() == Race.NEVER) {
                return started.size();
            }
            Arrival next = arrivals.peek();
            if (next != null && next.at() < race.wakeAt()) {
                now = arrivals.remove().at();
                moves = race.verified(next.source(), now);
            } else {
                now = race.wakeAt();
                moves = race.at(now);
            }
        }
    }
}
