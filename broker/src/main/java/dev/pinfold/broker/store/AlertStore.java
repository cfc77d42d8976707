package dev.pinfold.broker.store;

import dev.pinfold.broker.alert.Alert;
import dev.pinfold.broker.alert.AlertKind;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Alerts in PostgreSQL: at most one open per kind and subject, whichever broker raises it. Calls block. */
public final class AlertStore {
    private static final String RAISE = """
            WITH told AS (
              UPDATE alert SET message = $3
              WHERE kind = $1 AND subject = $2 AND cleared_at IS NULL AND message <> $3 AND NOT $4
            )
            INSERT INTO alert (kind, subject, message)
            SELECT $1, $2, $3 WHERE NOT EXISTS (
              SELECT 1 FROM alert WHERE kind = $1 AND subject = $2 AND (cleared_at IS NULL OR $4))
            ON CONFLICT (kind, subject) WHERE cleared_at IS NULL DO NOTHING
            """;
    private static final String CLEAR = """
            UPDATE alert SET cleared_at = now() WHERE kind = $1 AND subject = $2 AND cleared_at IS NULL
            """;
    private static final String CLEAR_BY_HAND = """
            UPDATE alert SET cleared_at = coalesce(cleared_at, now()),
              cleared_by = CASE WHEN cleared_at IS NULL THEN $2 ELSE cleared_by END
            WHERE id = $1 RETURNING id, kind, subject, message, since, cleared_at, cleared_by
            """;
    private static final String OPEN = """
            SELECT id, kind, subject, message, since, cleared_at, cleared_by FROM alert
            WHERE cleared_at IS NULL AND kind = $1 ORDER BY id
            """;
    private static final String NEWEST = """
            SELECT id, kind, subject, message, since, cleared_at, cleared_by FROM alert
            WHERE (cleared_at IS NULL OR $1) AND id < $2 ORDER BY id DESC LIMIT $3
            """;
    private static final String COUNT = "SELECT kind, count(*) FROM alert WHERE cleared_at IS NULL GROUP BY kind";
    private static final String DROP_OLD = """
            DELETE FROM alert WHERE cleared_at < now() - $1 * interval '1 millisecond'
            """;

    private final Database database;

    public AlertStore(Database database) {
        this.database = database;
    }

    private RowSet<Row> run(String sql, Tuple parameters) {
        return database.await(database.writes().preparedQuery(sql).execute(parameters));
    }

    /** Opens an alert or gives the open one its new message; true when it is a new one. */
    public boolean raise(AlertKind kind, String subject, String message) {
        return run(RAISE, Tuple.of(kind.word(), subject, message, kind.once())).rowCount() > 0;
    }

    /** Closes the open alert of a subject; true when there was one. */
    public boolean clear(AlertKind kind, String subject) {
        return run(CLEAR, Tuple.of(kind.word(), subject)).rowCount() > 0;
    }

    /** Closes an alert by an operator's word; empty when there is none with this id. One that is closed stays as it is. */
    public Optional<Alert> clearByHand(long id, String author) {
        for (Row row : run(CLEAR_BY_HAND, Tuple.of(id, author))) {
            return Optional.of(alert(row));
        }
        return Optional.empty();
    }

    /** The open alerts of a kind, oldest first. */
    public List<Alert> open(AlertKind kind) {
        return alerts(run(OPEN, Tuple.of(kind.word())));
    }

    /**
     * The newest alerts, newest first.
     *
     * @param cleared whether those that are over are meant too
     * @param before only those with a smaller id
     */
    public List<Alert> newest(boolean cleared, long before, int most) {
        return alerts(run(NEWEST, Tuple.of(cleared, before, most)));
    }

    /** How many alerts are open, by kind; a kind without one is left out. */
    public Map<AlertKind, Long> countOpen() {
        Map<AlertKind, Long> counts = new EnumMap<>(AlertKind.class);
        run(COUNT, Tuple.tuple()).forEach(row -> counts.put(AlertKind.ofWord(row.getString(0)), row.getLong(1)));
        return counts;
    }

    /** Removes alerts that have been over for so long. */
    public void dropOld(Duration age) {
        run(DROP_OLD, Tuple.of(age.toMillis()));
    }

    private static List<Alert> alerts(RowSet<Row> rows) {
        List<Alert> alerts = new ArrayList<>();
        rows.forEach(row -> alerts.add(alert(row)));
        return alerts;
    }

    private static Alert alert(Row row) {
        @Nullable OffsetDateTime cleared = row.getOffsetDateTime(5);
        return new Alert(
                row.getLong(0),
                AlertKind.ofWord(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getOffsetDateTime(4).toInstant(),
                cleared == null ? null : cleared.toInstant(),
                row.getString(6));
    }
}
