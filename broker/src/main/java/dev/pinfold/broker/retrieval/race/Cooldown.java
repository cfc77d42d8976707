package dev.pinfold.broker.retrieval.race;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Content that could not be read six times in a row is left alone for a minute, so that many readers of something lost do
 * not become many searches. Bounded. Safe for use by several threads.
 */
public final class Cooldown {
    private static final int FAILURES = 6;
    private static final Duration PAUSE = Duration.ofSeconds(60);
    private static final int MOST = 10_000;

    private record Row(int failures, long until) {}

    private final Map<String, Row> rows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Row> eldest) {
            return size() > MOST;
        }
    };

    /** How long content is left alone still; zero when it may be tried. */
    public synchronized Duration left(String content, long now) {
        Row row = rows.get(content);
        return row == null || row.failures() < FAILURES
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, row.until() - now));
    }

    /** It could not be read. */
    public synchronized void failed(String content, long now) {
        Row old = rows.get(content);
        boolean again = old != null && old.failures() >= FAILURES && old.until() <= now;
        int failures = old == null || again ? 1 : old.failures() + 1;
        rows.put(content, new Row(failures, now + PAUSE.toNanos()));
    }

    /** It could be read: what was before is forgotten. */
    public synchronized void served(String content) {
        rows.remove(content);
    }
}
