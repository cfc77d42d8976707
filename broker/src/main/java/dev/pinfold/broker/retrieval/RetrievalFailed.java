package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.content.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sources that may have a block did not give it. That says nothing about whether the block exists: the same read may
 * succeed later.
 */
public final class RetrievalFailed extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final int MOST_TOLD = 5;

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

    /** What all sources did that were asked for a block. */
    static RetrievalFailed of(Cid block, List<Contest.Loss> losses) {
        boolean slow = losses.stream().anyMatch(loss -> loss.trouble().outcome() == Outcome.TIMED_OUT);
        String summary = losses.stream()
                .limit(MOST_TOLD)
                .map(loss -> loss.copy().source().name() + ": " + loss.trouble().detail())
                .collect(Collectors.joining("; "));
        return new RetrievalFailed(
                slow ? Why.TIMED_OUT : Why.SOURCES_FAILED,
                "block " + block + " could not be had from any copy: " + summary,
                RETRY_AFTER);
    }

    public Why why() {
        return why;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
