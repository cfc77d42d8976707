package dev.pinfold.broker.provider;

import java.time.Duration;

/**
 * When a breaker opens and how long it stays so.
 *
 * @param consecutiveFailures opens after so many in a row, 1..10
 * @param window how many recent calls the rates are taken over
 * @param maxAge calls older than this no longer count
 * @param minimumCalls below so many calls in the window no rate is judged
 * @param failureRate opens at this share of failures, 0..1
 * @param slowCall a call that takes at least this long is slow
 * @param slowCallRate opens at this share of slow calls, 0..1; above 1 never
 * @param firstReset how long it stays open the first time; doubles each time it opens again soon
 * @param maxReset the longest it stays open; with the time a failing probe takes it must stay below one minute, so that
 *     a provider is used again within a minute of coming back
 * @param probes calls in a row that must succeed while half open, made one at a time
 */
public record BreakerSettings(
        int consecutiveFailures,
        int window,
        Duration maxAge,
        int minimumCalls,
        double failureRate,
        Duration slowCall,
        double slowCallRate,
        Duration firstReset,
        Duration maxReset,
        int probes) {
    public BreakerSettings {
        require(consecutiveFailures >= 1 && consecutiveFailures <= 10, "consecutiveFailures must be 1..10");
        require(window >= 1 && window <= 10_000, "window must be 1..10000 calls");
        require(minimumCalls >= 1 && minimumCalls <= window, "minimumCalls must be 1..window");
        require(failureRate > 0 && failureRate <= 1, "failureRate must be above 0 and at most 1");
        require(slowCallRate > 0, "slowCallRate must be above 0");
        require(firstReset.isPositive() && firstReset.compareTo(maxReset) <= 0, "firstReset must be 0..maxReset");
        require(maxReset.compareTo(Duration.ofSeconds(55)) <= 0, "maxReset must be at most 55s");
        require(probes >= 1 && probes <= 10, "probes must be 1..10");
    }

    /** What holds unless the configuration says otherwise. */
    public static BreakerSettings defaults() {
        return new BreakerSettings(
                5,
                100,
                Duration.ofMinutes(2),
                20,
                0.5,
                Duration.ofSeconds(20),
                0.8,
                Duration.ofSeconds(2),
                Duration.ofSeconds(20),
                1);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException("breaker: " + message);
        }
    }
}
