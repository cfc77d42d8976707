package dev.pinfold.broker.retrieval.race;

import dev.pinfold.policy.RetrievalRule;
import java.time.Duration;

/**
 * The figures of a race.
 *
 * @param hot most hot sources that run at once
 * @param firstBlock the longest that a hot source may take until its first verified block
 * @param coldFirstBlock the same of a cold source
 * @param coldAfter without a verified block for so long, a cold source is started beside the hot ones
 */
public record RaceSettings(int hot, Duration firstBlock, Duration coldFirstBlock, Duration coldAfter) {
    /** Three at once, 10 s, 15 min, 5 s. */
    public static final RaceSettings DEFAULT =
            new RaceSettings(3, Duration.ofSeconds(10), Duration.ofMinutes(15), Duration.ofSeconds(5));

    /** The same figures with those that a class of contents sets itself. */
    public RaceSettings under(RetrievalRule rule) {
        return new RaceSettings(rule.hot(), firstBlock, coldFirstBlock, rule.coldAfter());
    }

    public RaceSettings {
        if (hot < 1) {
            throw new IllegalArgumentException("a race needs room for one source, not " + hot);
        }
    }
}
