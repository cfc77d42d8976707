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
    /** Two hot sources, hedged at their own 95th percentile, cold after five seconds. */
    public static final RetrievalRule DEFAULT = new RetrievalRule(2, null, Duration.ofSeconds(5));
}
