package dev.pinfold.broker.retrieval.race;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * How well sources served lately, and from that the order in which they are started. Moving averages with weight one half;
 * latency is the time until the first verified block, so that a liar who answers fast gains nothing. Safe for use by
 * several threads.
 */
public final class Scoreboard {
    private static final double WEIGHT = 0.5;
    private static final double EXPLORE = 0.05;
    private static final int SAMPLES = 100;
    private static final int ENOUGH = 20;
    private static final Duration UNKNOWN_HEDGE = Duration.ofMillis(250);
    private static final Duration LEAST_HEDGE = Duration.ofMillis(50);
    private static final Duration MOST_HEDGE = Duration.ofSeconds(2);

    private final Map<String, Standing> standings = new ConcurrentHashMap<>();

    /**
     * A source that could serve.
     *
     * @param source its name
     * @param cold whether it needs a retrieval first
     * @param fresh whether its copy was proven lately: these come before all others
     */
    public record Entrant(String source, boolean cold, boolean fresh) {}

    /** What is known of one source; not measured values are negative. */
    private static final class Standing {
        private double success = 1;
        private double firstBlockNanos = -1;
        private double bytesPerSecond = -1;
        private final long[] recent = new long[SAMPLES];
        private int count;
        private int next;

        synchronized void verified(long nanos) {
            success = mix(success, 1);
            firstBlockNanos = mix(firstBlockNanos, (double) nanos);
            recent[next] = nanos;
            next = (next + 1) % SAMPLES;
            count = Math.min(count + 1, SAMPLES);
        }

        synchronized void failed() {
            success = mix(success, 0);
        }

        /** Nothing but a lower bound is known of a source that was stopped: it can only make the average worse. */
        synchronized void outrun(long nanos) {
            if (nanos > firstBlockNanos) {
                firstBlockNanos = mix(firstBlockNanos, (double) nanos);
            }
        }

        synchronized void moved(double rate) {
            bytesPerSecond = mix(bytesPerSecond, rate);
        }

        private static double mix(double old, double now) {
            return old < 0 ? now : WEIGHT * now + (1 - WEIGHT) * old;
        }

        synchronized Duration hedgeAfter() {
            if (count < ENOUGH) {
                return UNKNOWN_HEDGE;
            }
            long[] sorted = Arrays.copyOf(recent, count);
            Arrays.sort(sorted);
            Duration p95 = Duration.ofNanos(sorted[(95 * count + 99) / 100 - 1]);
            return p95.compareTo(LEAST_HEDGE) < 0 ? LEAST_HEDGE : p95.compareTo(MOST_HEDGE) > 0 ? MOST_HEDGE : p95;
        }

        synchronized double[] figures() {
            return new double[] {success, firstBlockNanos, bytesPerSecond};
        }
    }

    private Standing of(String source) {
        return standings.computeIfAbsent(source, name -> new Standing());
    }

    /** A source gave its first verified block after this time. */
    public void verified(String source, Duration firstBlock) {
        of(source).verified(firstBlock.toNanos());
    }

    /** A source failed in a way that is its own fault. */
    public void failed(String source) {
        of(source).failed();
    }

    /** A source was stopped after this time because another one was faster. No failure. */
    public void outrun(String source, Duration atLeast) {
        of(source).outrun(atLeast.toNanos());
    }

    /** A source sent so many verified bytes in this time. */
    public void moved(String source, long bytes, Duration time) {
        if (time.isPositive()) {
            of(source).moved(bytes * 1e9 / time.toNanos());
        }
    }

    /** How long a source runs alone: its own 95th percentile within 50 ms to 2 s; 250 ms below twenty samples. */
    public Duration hedgeAfter(String source) {
        return of(source).hedgeAfter();
    }

    /**
     * The order in which sources are started: proven copies first, then by score. Now and then another one of the same kind
     * goes first, so that sources that got better are found out; it is hedged when the best would be.
     *
     * @param random decides when to explore
     */
    public List<Runner> lineUp(List<Entrant> entrants, RandomGenerator random) {
        Map<String, Double> scores = scores(entrants);
        List<Entrant> order = new ArrayList<>(entrants);
        order.sort(Comparator.comparing(Entrant::cold)
                .thenComparing(Entrant::fresh, Comparator.reverseOrder())
                .thenComparing(e -> scores.getOrDefault(e.source(), 0.0), Comparator.reverseOrder())
                .thenComparing(Entrant::source));
        int rivals = 0;
        while (rivals < order.size() && sameKind(order.get(0), order.get(rivals))) {
            rivals++;
        }
        Duration firstHedge =
                order.isEmpty() ? UNKNOWN_HEDGE : hedgeAfter(order.get(0).source());
        if (rivals > 1 && random.nextDouble() < EXPLORE) {
            Collections.swap(order, 0, 1 + random.nextInt(rivals - 1));
        }
        List<Runner> runners = new ArrayList<>();
        for (Entrant entrant : order) {
            Duration hedge = runners.isEmpty() ? firstHedge : hedgeAfter(entrant.source());
            runners.add(new Runner(entrant.source(), entrant.cold(), hedge));
        }
        return runners;
    }

    private static boolean sameKind(Entrant one, Entrant other) {
        return one.cold() == other.cold() && one.fresh() == other.fresh();
    }

    /** success + e^(−latency ÷ average latency) + ½ · rate ÷ (rate + average rate); what is not measured is average. */
    private Map<String, Double> scores(List<Entrant> entrants) {
        Map<String, double[]> figures = new ConcurrentHashMap<>();
        entrants.forEach(
                entrant -> figures.put(entrant.source(), of(entrant.source()).figures()));
        double latency = average(figures, 1);
        double rate = average(figures, 2);
        Map<String, Double> scores = new ConcurrentHashMap<>();
        figures.forEach((source, f) -> {
            double mine = f[1] < 0 ? latency : f[1];
            double flow = f[2] < 0 ? rate : f[2];
            double score = f[0]
                    + (latency <= 0 ? 0 : Math.exp(-mine / latency))
                    + (rate <= 0 ? 0 : 0.5 * flow / (flow + rate));
            scores.put(source, score);
        });
        return scores;
    }

    private static double average(Map<String, double[]> figures, int which) {
        return figures.values().stream()
                .mapToDouble(f -> f[which])
                .filter(value -> value >= 0)
                .average()
                .orElse(-1);
    }
}
