package dev.pinfold.broker.retrieval;

import java.io.IOException;
import java.time.Duration;

/**
 * Sources that may have a block did not give it. That says nothing about whether the block exists: the same read may
 * succeed later.
 */
public final class RetrievalFailed extends IOException {
    private static final long serialVersionUID = 1L;

    /** How the sources failed. */
    public enum Why {
        /** At least one ended in an error, and none gave the block. */
        SOURCES_FAILED,
        /** Time ran out while at least one was still silent. */
        TIMED_OUT
    }

    private final Why why;
    private final Duration retryAfter;

    /**
     * A failure.
     *
     * @param message which block, and what the sources did; fit to be shown to the reader
     * @param retryAfter after which time trying again makes sense
     */
    public RetrievalFailed(Why why, String message, Duration retryAfter) {
        super(message);
        this.why = why;
        this.retryAfter = retryAfter;
    }

    public Why why() {
        return why;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
