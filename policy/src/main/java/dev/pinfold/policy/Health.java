package dev.pinfold.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was measured about a provider lately. Null means not measured, and what is not measured never satisfies a rule.
 *
 * @param successRate share of calls that succeeded, 0..1
 * @param samples how many calls that share rests on
 * @param consecutiveFailures failures since the last success
 * @param retrievalP95Ms 95th percentile of time to first byte, milliseconds
 * @param breaker circuit breaker in front of the provider
 * @param unhealthySince start of the present unhealthy spell; null when healthy or unknown
 * @param auditFailures failed audits in the policy's window
 */
public record Health(
        @Nullable Double successRate,
        long samples,
        int consecutiveFailures,
        @Nullable Integer retrievalP95Ms,
        Breaker breaker,
        @Nullable Instant unhealthySince,
        int auditFailures) {

    /** Nothing was measured yet. */
    public static final Health UNKNOWN = new Health(null, 0, 0, null, Breaker.CLOSED, null, 0);

    /** A health reading without an unhealthy spell or failed audits. */
    public static Health of(double successRate, long samples) {
        return new Health(successRate, samples, 0, null, Breaker.CLOSED, null, 0);
    }
}
