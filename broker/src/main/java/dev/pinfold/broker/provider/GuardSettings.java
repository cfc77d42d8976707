package dev.pinfold.broker.provider;

import java.time.Duration;

/**
 * How one provider is guarded.
 *
 * @param callsPerSecond calls to it, on average, all but lists
 * @param burst calls at once after a pause
 * @param listCallsPerSecond list calls, which many companies limit on their own
 * @param listBurst list calls at once after a pause
 * @param maxConcurrent calls in flight, open downloads included
 * @param maxWait the longest a call waits for its turn in the rate budget; beyond it is refused with the time to wait
 * @param callTimeout the longest a call takes, all but uploads
 * @param uploadTimeout the longest an upload takes
 * @param breaker when it is left alone
 */
public record GuardSettings(
        double callsPerSecond,
        int burst,
        double listCallsPerSecond,
        int listBurst,
        int maxConcurrent,
        Duration maxWait,
        Duration callTimeout,
        Duration uploadTimeout,
        BreakerSettings breaker) {
    public GuardSettings {
        require(callsPerSecond > 0 && callsPerSecond <= 100_000, "callsPerSecond must be above 0 and at most 100000");
        require(listCallsPerSecond > 0 && listCallsPerSecond <= 100_000, "listCallsPerSecond must be 0..100000");
        require(burst >= 1 && burst <= 100_000, "burst must be 1..100000");
        require(listBurst >= 1 && listBurst <= 100_000, "listBurst must be 1..100000");
        require(maxConcurrent >= 1 && maxConcurrent <= 10_000, "maxConcurrent must be 1..10000");
        require(!maxWait.isNegative(), "maxWait must not be negative");
        require(callTimeout.isPositive(), "callTimeout must be positive");
        require(uploadTimeout.isPositive(), "uploadTimeout must be positive");
    }

    /** What holds unless the configuration says otherwise. */
    public static GuardSettings defaults() {
        return new GuardSettings(
                50,
                100,
                2,
                5,
                64,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                BreakerSettings.defaults());
    }

    /** The longest one call of this kind takes. */
    Duration timeout(Operation operation) {
        return operation.transfers() ? uploadTimeout : callTimeout;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException("guard: " + message);
        }
    }
}
