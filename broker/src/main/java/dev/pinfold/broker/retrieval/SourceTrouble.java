package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.content.ContentException;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A source did not give what was asked. */
final class SourceTrouble extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 300;
    private final Outcome outcome;

    SourceTrouble(Outcome outcome, @Nullable String detail) {
        super(detail);
        this.outcome = outcome;
    }

    Outcome outcome() {
        return outcome;
    }

    /** One bounded line, safe to show. */
    String detail() {
        String line = String.valueOf(getMessage()).replaceAll("\\p{Cntrl}", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    static SourceTrouble of(IOException e) {
        return switch (e) {
            case SocketTimeoutException timeout -> new SourceTrouble(Outcome.TIMED_OUT, timeout.getMessage());
            case UnknownHostException unknown ->
                new SourceTrouble(Outcome.UNREACHABLE, "the name " + unknown.getMessage() + " has no address");
            default -> new SourceTrouble(Outcome.UNREACHABLE, String.valueOf(e.getMessage()));
        };
    }

    static SourceTrouble of(ProviderException e) {
        Failure failure = e.failure();
        Outcome outcome = switch (failure) {
            case Failure.NotFound f -> Outcome.NOT_FOUND;
            case Failure.Unauthorized f -> Outcome.DENIED;
            case Failure.Rejected f -> Outcome.DENIED;
            case Failure.QuotaExceeded f -> Outcome.DENIED;
            case Failure.Unsupported f -> Outcome.CANNOT_SERVE;
            case Failure.InvalidOrder f -> Outcome.CANNOT_SERVE;
            case Failure.RateLimited f -> Outcome.BUSY;
            case Failure.Unavailable f -> Outcome.UNREACHABLE;
            case Failure.OutcomeUnknown f -> Outcome.UNREACHABLE;
            case Failure.ProtocolViolation f -> Outcome.NOT_TRUSTLESS;
        };
        return new SourceTrouble(outcome, failure.detail());
    }

    /** What is wrong with a CAR or block as such; what is wrong with a verified DAG is not the source's doing. */
    static SourceTrouble of(ContentException e) {
        return switch (e.kind()) {
            case HASH_MISMATCH -> new SourceTrouble(Outcome.WRONG_BYTES, e.getMessage());
            case INCOMPLETE -> new SourceTrouble(Outcome.INCOMPLETE, e.getMessage());
            case MALFORMED, UNSUPPORTED, TOO_LARGE, UNEXPECTED, NOT_FOUND, WRONG_TYPE ->
                new SourceTrouble(Outcome.NOT_TRUSTLESS, e.getMessage());
        };
    }
}
