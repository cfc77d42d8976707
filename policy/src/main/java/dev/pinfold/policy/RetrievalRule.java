package dev.pinfold.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How reads of a class's content race.
 *
 * @param hot most hot sources in flight at once
 * @param hedgeAfter wait before the next source is started; null means the present source's own 95th percentile
 * @param coldAfter wait for a verified block before cold sources start
 */
public record RetrievalRule(int hot, @Nullable Duration hedgeAfter, Duration coldAfter) {
    /** Three hot sources, hedged at their own 95th percentile, cold after five seconds. */
    public static final RetrievalRule DEFAULT = new RetrievalRule(3, null, Duration.ofSeconds(5));

    /**
     * What serves readers of both classes: where content belongs to several pins, more sources and shorter waits win, and a
     * wait that somebody wrote down wins over the percentile.
     */
    public RetrievalRule orFaster(RetrievalRule other) {
        return new RetrievalRule(
                Math.max(hot, other.hot), shorter(hedgeAfter, other.hedgeAfter), min(coldAfter, other.coldAfter));
    }

    private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
        return one == null ? other : other == null ? one : min(one, other);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
