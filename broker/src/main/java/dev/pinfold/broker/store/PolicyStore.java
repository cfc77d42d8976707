package dev.pinfold.broker.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every policy that was ever in force. Revisions only grow; a revision's text never changes. Calls block. */
public final class PolicyStore {
    /** The notification channel on which brokers tell each other that another policy is in force. */
    public static final String CHANGED_CHANNEL = "pinfold_policy_changed";

    /** Any constant will do; this one is "policy" in ASCII. */
    private static final long LOCK = 0x706f6c696379L;

    private static final String ADD = """
            WITH newest AS (
              SELECT coalesce(max(revision), 0) AS revision FROM policy
            ), made AS (
              INSERT INTO policy (revision, name, text, source, author, restores)
              SELECT $1, $2, $3, $4, $5, $6 FROM newest WHERE $1::bigint > newest.revision
              RETURNING revision
            )
            SELECT newest.revision, made.revision IS NOT NULL,
              CASE WHEN made.revision IS NULL THEN NULL
                ELSE pg_notify('pinfold_policy_changed', made.revision::text)::text END
            FROM newest LEFT JOIN made ON true
            """;
    private static final String COLUMNS = "revision, name, source, author, restores, since";
    private static final String NEWEST = "SELECT " + COLUMNS + ", text FROM policy ORDER BY revision DESC LIMIT 1";
    private static final String FIND = "SELECT " + COLUMNS + ", text FROM policy WHERE revision = $1";
    private static final String HISTORY = "SELECT " + COLUMNS + ", '' FROM policy ORDER BY revision DESC LIMIT $1";

    private final Database database;

    public PolicyStore(Database database) {
        this.database = database;
    }

    /**
     * One revision.
     *
     * @param source where it came from: file, api, rollback or plan
     * @param author the name of the token, or of the file
     * @param restores of a rollback the revision whose text came back; null otherwise
     */
    public record Revision(
            long revision,
            String name,
            String source,
            String author,
            @Nullable Long restores,
            Instant since,
            String text) {}

    /** The revision is not above all others. */
    static final class StaleRevision extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StaleRevision() {
            super("the policy's revision is not above all others", null, false, false);
        }
    }

    /** A revision to be added. */
    public record Draft(
            long revision,
            String name,
            String text,
            String source,
            String author,
            @Nullable Long restores) {}

    /**
     * What came of adding one.
     *
     * @param added false when its revision is not above the newest one; then nothing was written
     * @param before the newest revision before that; 0 when there was none
     */
    public record Added(boolean added, long before) {}

    /** Adds a revision, which is then in force, and tells all brokers. */
    public Added add(Draft draft) {
        return database.await(database.writes()
                .withTransaction(sql -> sql.query("SELECT pg_advisory_xact_lock(" + LOCK + ")")
                        .execute()
                        .compose(locked -> add(sql, draft))));
    }

    /** Adds a revision in a transaction. */
    static Future<Added> add(SqlClient sql, Draft draft) {
        return sql.query("SELECT pg_advisory_xact_lock(" + LOCK + ")")
                .execute()
                .compose(locked -> sql.preparedQuery(ADD)
                        .execute(Tuple.of(draft.revision(), draft.name(), draft.text(), draft.source(), draft.author())
                                .addValue(draft.restores())))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Added(row.getBoolean(1), row.getLong(0));
                });
    }

    /** The revision in force. */
    public Optional<Revision> newest() {
        return first(database.await(database.writes().preparedQuery(NEWEST).execute()));
    }

    /** One revision. */
    public Optional<Revision> find(long revision) {
        return first(database.await(database.reads().preparedQuery(FIND).execute(Tuple.of(revision))));
    }

    /** The newest revisions without their texts, newest first. */
    public List<Revision> history(int most) {
        List<Revision> all = new ArrayList<>();
        database.await(database.reads().preparedQuery(HISTORY).execute(Tuple.of(most)))
                .forEach(row -> all.add(revision(row)));
        return all;
    }

    private static Optional<Revision> first(RowSet<Row> rows) {
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(revision(rows.iterator().next()));
    }

    private static Revision revision(Row row) {
        return new Revision(
                row.getLong(0),
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getOffsetDateTime(5).toInstant(),
                row.getString(6));
    }
}
