package dev.pinfold.broker.retrieval.race;

import java.time.Duration;

/**
 * A source in the order in which sources are to be started.
 *
 * @param source its name, unique in a race
 * @param cold whether it needs a retrieval first, so that it starts only when hot ones do not serve
 * @param hedgeAfter how long it runs alone before the next one is started beside it
 */
public record Runner(String source, boolean cold, Duration hedgeAfter) {
    /** The same source, which runs alone for so long. */
    public Runner hedgedAfter(Duration after) {
        return new Runner(source, cold, after);
    }
}
