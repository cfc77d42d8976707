package dev.pinfold.broker.provider;

import dev.pinfold.spi.Failure;
import org.slf4j.event.Level;

/**
 * What each {@link Failure} means to the rest of the broker: the one table.
 *
 * @param retry whether and when the same call may be made again
 * @param breaker what it says about the provider's health
 * @param logLevel who must act: ERROR the operator now, WARN the operator if it lasts, INFO and below nobody
 * @param label the value of the metric label {@code outcome}
 * @param replica what it means for the copy the call was about
 */
public record FailureTreatment(
        Retry retry, BreakerEffect breaker, Level logLevel, String label, ReplicaEffect replica) {
    /** Whether and when the same call may be made again. */
    public enum Retry {
        /** It had no effect or can be repeated without harm: again, with back-off. */
        SAFE,
        /** Again, not before the time the provider asks for. */
        AFTER,
        /** The same call will fail again. */
        NEVER,
        /** It may have taken effect: observe, never repeat blindly. */
        OBSERVE
    }

    /** What a failure says about the provider's health. */
    public enum BreakerEffect {
        /** The provider is at fault or out of reach. */
        FAULT,
        /** The provider works and gave a clear answer. */
        ANSWERED,
        /** It says nothing: nobody was asked, or the rate budget deals with it. */
        IGNORED
    }

    /** What a failure means for the copy the call was about. */
    public enum ReplicaEffect {
        /** Nothing yet: keep the copy's state and try again. */
        KEEP,
        /** The provider does not hold it. */
        MISSING,
        /** This provider will not hold it: place it elsewhere. */
        ELSEWHERE,
        /** No provider would take this order. */
        IMPOSSIBLE,
        /** Its state is not known until it has been observed. */
        UNCERTAIN
    }

    /** Looks a failure up. */
    public static FailureTreatment of(Failure failure) {
        return switch (failure) {
            case Failure.InvalidOrder f -> INVALID_ORDER;
            case Failure.Unauthorized f -> UNAUTHORIZED;
            case Failure.NotFound f -> NOT_FOUND;
            case Failure.Unsupported f -> UNSUPPORTED;
            case Failure.QuotaExceeded f -> QUOTA_EXCEEDED;
            case Failure.RateLimited f -> RATE_LIMITED;
            case Failure.Unavailable f -> UNAVAILABLE;
            case Failure.Rejected f -> REJECTED;
            case Failure.ProtocolViolation f -> PROTOCOL_VIOLATION;
            case Failure.OutcomeUnknown f -> OUTCOME_UNKNOWN;
        };
    }

    private static final FailureTreatment INVALID_ORDER = new FailureTreatment(
            Retry.NEVER, BreakerEffect.ANSWERED, Level.WARN, "invalid_order", ReplicaEffect.IMPOSSIBLE);
    private static final FailureTreatment UNAUTHORIZED =
            new FailureTreatment(Retry.SAFE, BreakerEffect.FAULT, Level.ERROR, "unauthorized", ReplicaEffect.KEEP);
    private static final FailureTreatment NOT_FOUND =
            new FailureTreatment(Retry.NEVER, BreakerEffect.ANSWERED, Level.DEBUG, "not_found", ReplicaEffect.MISSING);
    private static final FailureTreatment UNSUPPORTED = new FailureTreatment(
            Retry.NEVER, BreakerEffect.IGNORED, Level.WARN, "unsupported", ReplicaEffect.ELSEWHERE);
    private static final FailureTreatment QUOTA_EXCEEDED = new FailureTreatment(
            Retry.NEVER, BreakerEffect.ANSWERED, Level.ERROR, "quota_exceeded", ReplicaEffect.ELSEWHERE);
    private static final FailureTreatment RATE_LIMITED =
            new FailureTreatment(Retry.AFTER, BreakerEffect.IGNORED, Level.INFO, "rate_limited", ReplicaEffect.KEEP);
    private static final FailureTreatment UNAVAILABLE =
            new FailureTreatment(Retry.SAFE, BreakerEffect.FAULT, Level.INFO, "unavailable", ReplicaEffect.KEEP);
    private static final FailureTreatment REJECTED =
            new FailureTreatment(Retry.NEVER, BreakerEffect.ANSWERED, Level.WARN, "rejected", ReplicaEffect.ELSEWHERE);
    private static final FailureTreatment PROTOCOL_VIOLATION =
            new FailureTreatment(Retry.SAFE, BreakerEffect.FAULT, Level.WARN, "protocol_violation", ReplicaEffect.KEEP);
    private static final FailureTreatment OUTCOME_UNKNOWN = new FailureTreatment(
            Retry.OBSERVE, BreakerEffect.FAULT, Level.INFO, "outcome_unknown", ReplicaEffect.UNCERTAIN);
}
