package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.ErrorKind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Content could not be read although somebody may have it. */
public final class RetrievalFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;
    private final Duration retryAfter;

    /**
     * A failure.
     *
     * @param kind what a client is answered
     * @param retryAfter when it makes sense to try again; zero when that is not known
     */
    public RetrievalFailure(ErrorKind kind, String message, Duration retryAfter) {
        super(message);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** {@link ErrorKind#BAD_GATEWAY}, {@link ErrorKind#GATEWAY_TIMEOUT} or {@link ErrorKind#SERVICE_UNAVAILABLE}. */
    public ErrorKind kind() {
        return kind;
    }

    /** When to try again. */
    public Optional<Duration> retryAfter() {
        return retryAfter.isPositive() ? Optional.of(retryAfter) : Optional.empty();
    }
}
