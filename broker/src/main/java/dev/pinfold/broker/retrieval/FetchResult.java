package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.ErrorKind;
import java.util.List;

/** How the fetching of one content ended, with what every source did. */
public sealed interface FetchResult {
    /** What each source did, in the order in which they were asked; a source that was asked twice is there twice. */
    List<FetchAttempt> attempts();

    /** The content is staged, complete and verified. */
    record Fetched(Staged staged, List<FetchAttempt> attempts) implements FetchResult {
        public Fetched {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * It is not.
     *
     * @param kind what a client is answered
     * @param reason one or two sentences: what failed and what can be done
     */
    record NotFetched(ErrorKind kind, String reason, List<FetchAttempt> attempts) implements FetchResult {
        public NotFetched {
            attempts = List.copyOf(attempts);
        }
    }
}
