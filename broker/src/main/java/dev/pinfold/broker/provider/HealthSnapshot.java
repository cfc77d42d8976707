package dev.pinfold.broker.provider;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured about a provider lately. Null means not measured.
 *
 * @param successRate share of recent calls that the provider served, 0..1
 * @param samples how many calls that share rests on
 * @param consecutiveFailures failures since the last success
 * @param retrievalP95Ms 95th percentile of the time until a block or a CAR stream was there, milliseconds
 * @param breakers state of the breaker of each operation that was ever called
 * @param openUntil when the last open breaker will try again; null when none is open
 * @param rateLimitedUntil until when the provider asked to be left alone; null when it did not
 * @param unhealthySince when the present row of failures began; null when the last call succeeded
 * @param inFlight calls that have not ended
 */
public record HealthSnapshot(
        @Nullable Double successRate,
        long samples,
        int consecutiveFailures,
        @Nullable Integer retrievalP95Ms,
        Map<Operation, BreakerState> breakers,
        @Nullable Instant openUntil,
        @Nullable Instant rateLimitedUntil,
        @Nullable Instant unhealthySince,
        int inFlight) {
    public HealthSnapshot {
        breakers = Map.copyOf(breakers);
    }

    /** One state for the whole provider, as placement sees it: that of taking orders, pinning or uploading. */
    public BreakerState breaker() {
        BreakerState pin = breakers.getOrDefault(Operation.PIN, BreakerState.CLOSED);
        BreakerState upload = breakers.getOrDefault(Operation.UPLOAD, BreakerState.CLOSED);
        return pin.level() >= upload.level() ? pin : upload;
    }
}
