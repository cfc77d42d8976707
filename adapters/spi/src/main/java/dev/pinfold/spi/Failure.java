package dev.pinfold.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every way in which a call to a provider can fail. The list is closed: what each means for retrying, the circuit
 * breaker, the log and the metrics stands in one table in the broker.
 */
public sealed interface Failure {
    /** Says in one line what happened, bounded and safe to show to a tenant. */
    String detail();

    /** The order itself is wrong; no provider of this kind would take it. */
    record InvalidOrder(String detail) implements Failure {}

    /** The credentials are refused. */
    record Unauthorized(String detail) implements Failure {}

    /** The named thing does not exist at the provider. */
    record NotFound(String detail) implements Failure {}

    /** The provider lacks a capability, or shows that it does when it is asked. */
    record Unsupported(Capability capability, String detail) implements Failure {
        public Unsupported(Capability capability) {
            this(capability, "this provider cannot do " + capability);
        }
    }

    /** The account's limit is reached. */
    record QuotaExceeded(String detail) implements Failure {}

    /**
     * Too many requests.
     *
     * @param retryAfter how long the provider asks to wait; null where it does not say
     */
    record RateLimited(@Nullable Duration retryAfter, String detail) implements Failure {}

    /** Not reachable, too slow or broken for now. The request had no effect, or can be repeated without harm. */
    record Unavailable(String detail) implements Failure {}

    /** The provider understood and will not do it. */
    record Rejected(String detail) implements Failure {}

    /** The answer breaks the protocol. */
    record ProtocolViolation(String detail) implements Failure {}

    /**
     * The request may have taken effect. Answered by observing, never by a blind repetition.
     *
     * @param orderKey the key of the order that may exist now
     */
    record OutcomeUnknown(String orderKey, String detail) implements Failure {}
}
