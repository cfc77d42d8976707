package dev.pinfold.broker.store;

import dev.pinfold.content.Cid;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies as readers see them, and what readers find out about them. Calls block; they are made on virtual threads only. */
public final class CopyStore {
    private static final String COPIES = """
            SELECT provider, state, verified_at FROM replica
            WHERE content = $1 AND state IN ('claimed', 'verified', 'retiring')
            """;

    private static final String CLASSES = """
            SELECT DISTINCT class FROM (SELECT plan ->> 'class' AS class FROM pin WHERE content = $1 LIMIT 100) AS pins
            WHERE class IS NOT NULL
            """;

    // A new fence makes void what somebody who works on the copy at this moment would record.
    private static final String QUARANTINE = """
            WITH told AS (
              UPDATE content SET due_at = now() WHERE cid = $1 RETURNING cid
            ), bad AS (
              UPDATE replica SET state = 'lost', failure = 'wrong-bytes', detail = $3, evidence = $3, since = now(),
                lost_at = coalesce(lost_at, now()), due_at = now() + $4 * interval '1 millisecond', lease_until = NULL,
                fence = floor(random() * 9e15)::bigint
              WHERE content = $1 AND provider = $2 AND state IN ('claimed', 'verified')
                AND (SELECT count(*) FROM told) >= 0
              RETURNING content, provider
            ), noted AS (
              INSERT INTO event (content, provider, type, detail)
              SELECT content, provider, 'replica.quarantined', $3 FROM bad
            )
            SELECT count(*) FROM bad
            """;

    private static final String DOUBT = """
            WITH doubted AS (
              UPDATE replica SET due_at = now()
              WHERE content = $1 AND provider = $2 AND state IN ('claimed', 'verified') AND due_at > now()
                AND (lease_until IS NULL OR lease_until <= now())
              RETURNING content, provider
            ), noted AS (
              INSERT INTO event (content, provider, type, detail)
              SELECT content, provider, 'replica.doubted', $3 FROM doubted
            )
            SELECT count(*) FROM doubted
            """;

    private static final String LIARS = """
            SELECT provider, max(at) + interval '6 hours' FROM (
              SELECT provider, at, lag(at, 2) OVER (PARTITION BY provider ORDER BY at) AS third
              FROM event WHERE type = 'replica.quarantined' AND at > now() - interval '31 hours'
            ) AS found
            WHERE third > at - interval '24 hours'
            GROUP BY provider HAVING max(at) + interval '6 hours' > now()
            """;

    private final Database database;

    public CopyStore(Database database) {
        this.database = database;
    }

    /**
     * A copy that can be read.
     *
     * @param verified whether its last check was good
     * @param verifiedAt when that was; null when there was none
     */
    public record CopyRow(
            String provider, boolean verified, @Nullable Instant verifiedAt) {}

    private RowSet<Row> run(String sql, Tuple parameters) {
        return database.await(database.bookkeeping().preparedQuery(sql).execute(parameters));
    }

    /** The copies of a content that may be read: those that are let go soon can still be. */
    public List<CopyRow> copies(Cid content) {
        List<CopyRow> copies = new ArrayList<>();
        for (Row row : run(COPIES, Tuple.of(content.canonical()))) {
            OffsetDateTime at = row.getOffsetDateTime(2);
            copies.add(new CopyRow(
                    row.getString(0), row.getString(1).equals("verified"), at == null ? null : at.toInstant()));
        }
        return copies;
    }

    /** The classes of a content's pins, of at most 100 of them. */
    public List<String> classes(Cid content) {
        List<String> classes = new ArrayList<>();
        run(CLASSES, Tuple.of(content.canonical())).forEach(row -> classes.add(row.getString(0)));
        return classes;
    }

    /**
     * A copy gave wrong bytes: it is lost at once, whatever was thought of it, and an event keeps the evidence.
     *
     * @param again when the provider is looked at again
     * @return false when there was no such copy to lose
     */
    public boolean quarantine(Cid content, String provider, String evidence, Duration again) {
        return count(run(QUARANTINE, Tuple.of(content.canonical(), provider, evidence, again.toMillis())));
    }

    /**
     * A copy did not have what it should: it is checked now instead of later.
     *
     * @return false when there is no such copy, or it is due or being checked anyway
     */
    public boolean doubt(Cid content, String provider, String detail) {
        return count(run(DOUBT, Tuple.of(content.canonical(), provider, detail)));
    }

    private static boolean count(RowSet<Row> rows) {
        return rows.iterator().next().getLong(0) > 0;
    }

    /** Providers of which three copies were quarantined within 24 hours, and until when they are not read from. */
    public Map<String, Instant> liars() {
        Map<String, Instant> liars = new HashMap<>();
        for (Row row : run(LIARS, Tuple.tuple())) {
            liars.put(row.getString(0), row.getOffsetDateTime(1).toInstant());
        }
        return liars;
    }
}
