package dev.pinfold.broker.retrieval.race;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often contents were read lately, and which of them only cold copies have. A count halves within {@link Thaw#WITHIN},
 * so that it is about the reads of that time. Bounded: of too many contents those that are read often stay. Safe for use by
 * several threads.
 */
public final class Popularity {
    private static final int MOST = 50_000;
    private static final Duration ASK_AGAIN = Duration.ofMinutes(10);

    private final Cache<String, Row> rows;

    /**
     * One content.
     *
     * @param score the count at an instant
     * @param at that instant
     * @param cold whether only cold copies had it when its copies were last looked up
     * @param quietUntil before this instant it is not reported again
     */
    private record Row(double score, long at, boolean cold, long quietUntil) {}

    public Popularity() {
        this(MOST);
    }

    Popularity(int most) {
        rows = Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
    }

    private static double decayed(@Nullable Row row, long now) {
        return row == null ? 0 : row.score() * Math.pow(0.5, (double) (now - row.at()) / Thaw.WITHIN.toNanos());
    }

    /** Somebody reads it. */
    public void read(String content, long now) {
        rows.asMap()
                .compute(
                        content,
                        (key, row) -> new Row(
                                decayed(row, now) + 1,
                                now,
                                row != null && row.cold(),
                                row == null ? now : row.quietUntil()));
    }

    /** Its copies were looked up. Not a read. */
    public void looked(String content, boolean onlyCold) {
        rows.asMap()
                .computeIfPresent(content, (key, row) -> new Row(row.score(), row.at(), onlyCold, row.quietUntil()));
    }

    /**
     * How often it was read, if that makes it worth a decision now: only cold copies have it and it is popular. Then it is
     * not reported again for ten minutes.
     *
     * @return 0 where nothing is to be decided
     */
    public int due(String content, long now) {
        Row row = rows.asMap().get(content);
        int reads = reads(row, now);
        if (row == null || !row.cold() || reads < Thaw.READS || row.quietUntil() - now > 0) {
            return 0;
        }
        Row told = new Row(row.score(), row.at(), true, now + ASK_AGAIN.toNanos());
        return rows.asMap().replace(content, row, told) ? reads : 0;
    }

    private static int reads(@Nullable Row row, long now) {
        return (int) Math.round(decayed(row, now));
    }
}
