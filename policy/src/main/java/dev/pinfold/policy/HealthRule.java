package dev.pinfold.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who may take new copies by health, and who loses the ones it has.
 *
 * @param admit what a provider must show before it takes new copies; null asks nothing
 * @param evict when existing copies must leave; null never
 * @param vetting the share that providers without a record may take; null means none while {@code admit} is set
 */
public record HealthRule(
        @Nullable Admit admit,
        @Nullable Evict evict,
        @Nullable Vetting vetting) {
    /** No health rule at all. */
    public static final HealthRule NONE = new HealthRule(null, null, null);

    /**
     * What a provider must show before it takes new copies.
     *
     * @param successRate least share of successful calls
     * @param minSamples calls that the share must rest on
     * @param maxConsecutiveFailures failures in a row that are still tolerated
     */
    public record Admit(Ratio successRate, Duration window, int minSamples, int maxConsecutiveFailures) {}

    /**
     * Either reason suffices; null switches it off.
     *
     * @param unhealthyFor length of an unhealthy spell
     * @param auditFailures failed audits within {@code window}
     */
    public record Evict(
            @Nullable Duration unhealthyFor,
            @Nullable Integer auditFailures,
            @Nullable Duration window) {}

    /**
     * The share of pins that new providers may take.
     *
     * @param maxShare share of all pins that may use a new provider, chosen by hash of CID and provider
     * @param untilPins a provider with fewer replicas is new
     * @param untilDays a provider that entered the catalog later than this is new; 0 ignores age
     */
    public record Vetting(Ratio maxShare, int untilPins, int untilDays) {}
}
