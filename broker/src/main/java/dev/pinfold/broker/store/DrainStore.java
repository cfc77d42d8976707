package dev.pinfold.broker.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far providers have been left, and the certificates of drains that came to their end. Calls block. */
public final class DrainStore {
    private static final String LEFT = "SELECT count(*) FROM replica WHERE provider = $1";
    private static final String GONE = """
            SELECT count(*) FROM event WHERE provider = $1 AND type = 'replica.gone' AND at >= $2
            """;
    private static final String PROGRESS = """
            SELECT count(*), count(*) FILTER (WHERE r.state = 'retiring'),
              count(*) FILTER (WHERE r.state <> 'retiring'
                AND EXISTS (SELECT 1 FROM pin_gone g WHERE g.content = r.content)
                AND NOT EXISTS (SELECT 1 FROM pin p WHERE p.content = r.content)),
              count(*) FILTER (WHERE EXISTS (
                SELECT 1 FROM pin p WHERE p.content = r.content AND $1 = ANY (p.providers)
                  AND p.replan IS NULL AND p.move_to IS NULL AND p.replanned_at > $2)
                OR r.state <> 'retiring' AND EXISTS (
                SELECT 1 FROM pin_gone g WHERE g.content = r.content AND g.replan_note IS NOT NULL
                  AND g.replan IS NULL AND g.replanned_at > $2)),
              coalesce(
                (SELECT p.replan_note FROM pin p JOIN replica b ON b.content = p.content AND b.provider = $1
                 WHERE $1 = ANY (p.providers) AND p.replan IS NULL AND p.move_to IS NULL AND p.replanned_at > $2 LIMIT 1),
                (SELECT g.replan_note FROM pin_gone g JOIN replica b ON b.content = g.content AND b.provider = $1
                 WHERE b.state <> 'retiring' AND g.replan_note IS NOT NULL AND g.replan IS NULL AND g.replanned_at > $2
                 LIMIT 1))
            FROM replica r WHERE r.provider = $1
            """;
    /** A moment passes first, so that a decision that knew nothing of the drain is written by then. */
    private static final String END = """
            WITH gone AS (
              SELECT DISTINCT e.content FROM event e
              WHERE e.provider = $1 AND e.type = 'replica.gone' AND e.at >= $2
                AND EXISTS (SELECT 1 FROM event held WHERE held.content = e.content AND held.provider = $1
                  AND held.type IN ('replica.claimed', 'replica.verified'))
            ), moved AS (
              SELECT c.size_bytes FROM gone JOIN content c ON c.cid = gone.content
              WHERE EXISTS (SELECT 1 FROM replica r
                WHERE r.content = gone.content AND r.state IN ('claimed', 'verified'))
            )
            INSERT INTO drain_end (provider, since, author, reason, must_finish_by,
              moved_copies, moved_bytes, moved_unsized, released_copies)
            SELECT $1, $2, $3, $4, $5, (SELECT count(*) FROM moved), (SELECT coalesce(sum(size_bytes), 0) FROM moved),
              (SELECT count(*) FROM moved WHERE size_bytes IS NULL),
              (SELECT count(*) FROM gone) - (SELECT count(*) FROM moved)
            WHERE $2 < now() - interval '2 seconds'
              AND NOT EXISTS (SELECT 1 FROM replica WHERE replica.provider = $1)
              AND NOT EXISTS (SELECT 1 FROM drain_end d WHERE d.provider = $1 AND d.since = $2)
            ON CONFLICT (provider, since) DO NOTHING
            """;

    private static final String FINISH = """
            UPDATE provider_state SET finished_at = now()
            WHERE provider = $1 AND finished_at IS NULL
              AND EXISTS (SELECT 1 FROM drain_end d WHERE d.provider = $1 AND d.since = provider_state.since)
            """;
    private static final String CERTIFICATES = """
            SELECT provider, since, author, reason, must_finish_by, ended_at, moved_copies, moved_bytes, moved_unsized,
              released_copies
            FROM drain_end WHERE provider = $1 ORDER BY ended_at DESC LIMIT 100
            """;

    private final Database database;

    public DrainStore(Database database) {
        this.database = database;
    }

    /**
     * What is left at a provider.
     *
     * @param copies copies there
     * @param retiring of these, those that only wait for their release
     * @param kept of these, those that only deleted pins keep
     * @param blocked of these, those that have nowhere to go for now
     * @param why what one of the blocked ones waits for; null when none is
     */
    public record Progress(
            long copies,
            long retiring,
            long kept,
            long blocked,
            @Nullable String why) {}

    /**
     * What came of a drain. There is one only where nothing was left.
     *
     * @param since when it began
     * @param by the name of the token that began it, or {@code policy}
     * @param movedCopies copies whose content was held elsewhere at the end
     * @param movedBytes their bytes, those of unknown size left out
     * @param movedUnsized how many are of unknown size
     * @param releasedCopies copies that nobody wanted any more
     */
    public record Certificate(
            String provider,
            Instant since,
            String by,
            String reason,
            @Nullable Instant mustFinishBy,
            Instant endedAt,
            long movedCopies,
            long movedBytes,
            long movedUnsized,
            long releasedCopies) {}

    /** How many copies are at a provider. */
    public long left(String provider) {
        return count(LEFT, Tuple.of(provider));
    }

    /** How many copies are gone from a provider since an instant. */
    public long gone(String provider, Instant since) {
        return count(GONE, Tuple.of(provider, since.atOffset(ZoneOffset.UTC)));
    }

    private long count(String sql, Tuple parameters) {
        return database.await(database.bookkeeping().preparedQuery(sql).execute(parameters))
                .iterator()
                .next()
                .getLong(0);
    }

    /** How far leaving a provider is since some instant. */
    public Progress progress(String provider, Instant since) {
        Row row = database.await(database.reads()
                        .preparedQuery(PROGRESS)
                        .execute(Tuple.of(provider, since.atOffset(ZoneOffset.UTC))))
                .iterator()
                .next();
        return new Progress(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4));
    }

    /**
     * Writes the certificate of a drain, if nothing is left at the provider and there is none yet.
     *
     * @return whether it was written just now
     */
    public boolean end(String provider, Instant since, String by, String reason, @Nullable Instant mustFinishBy) {
        return Transactions.in(database, database.bookkeeping(), sql -> {
            boolean ended = run(
                            sql,
                            END,
                            Tuple.of(provider, since.atOffset(ZoneOffset.UTC), by, reason)
                                    .addValue(mustFinishBy == null ? null : mustFinishBy.atOffset(ZoneOffset.UTC)))
                    > 0;
            if (ended) {
                run(sql, FINISH, Tuple.of(provider));
            }
            return ended;
        });
    }

    private int run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters)).rowCount();
    }

    /** The certificates of a provider, newest first. */
    public List<Certificate> certificates(String provider) {
        List<Certificate> certificates = new ArrayList<>();
        for (Row row :
                database.await(database.reads().preparedQuery(CERTIFICATES).execute(Tuple.of(provider)))) {
            certificates.add(new Certificate(
                    row.getString(0),
                    row.getOffsetDateTime(1).toInstant(),
                    row.getString(2),
                    row.getString(3),
                    Optional.ofNullable(row.getOffsetDateTime(4))
                            .map(OffsetDateTime::toInstant)
                            .orElse(null),
                    row.getOffsetDateTime(5).toInstant(),
                    row.getLong(6),
                    row.getLong(7),
                    row.getLong(8),
                    row.getLong(9)));
        }
        return certificates;
    }
}
