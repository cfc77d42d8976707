package dev.pinfold.broker.store;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the operator decided about providers, and audits that were asked for. Calls block. */
public final class ProviderStateStore {
    /** The notification channel on which brokers tell each other that a provider's state is another one. */
    public static final String CHANGED_CHANNEL = "pinfold_provider_state";

    private static final String NOTIFY = "SELECT pg_notify('" + CHANGED_CHANNEL + "', $1)";
    /** A drain that gets another deadline or reason goes on; it does not begin anew. */
    private static final String SET = """
            INSERT INTO provider_state (provider, state, reason, author, must_finish_by, copies)
            VALUES ($1, $2, $3, $4, $5, (SELECT count(*) FROM replica WHERE provider = $1))
            ON CONFLICT (provider) DO UPDATE
            SET state = excluded.state, reason = excluded.reason, author = excluded.author,
              must_finish_by = excluded.must_finish_by,
              copies = CASE WHEN provider_state.state <> 'cordoned' AND excluded.state <> 'cordoned'
                AND provider_state.finished_at IS NULL THEN provider_state.copies ELSE excluded.copies END,
              since = CASE WHEN provider_state.state <> 'cordoned' AND excluded.state <> 'cordoned'
                AND provider_state.finished_at IS NULL THEN provider_state.since ELSE now() END,
              finished_at = NULL
            """;

    private static final String CLEAR = "DELETE FROM provider_state WHERE provider = $1";
    private static final String ALL = """
            SELECT provider, state, reason, author, since, must_finish_by, copies, finished_at
            FROM provider_state ORDER BY provider
            """;
    private static final String AUDIT = """
            INSERT INTO audit (id, provider, author, copies)
            SELECT $1, $2, $3, count(*) FROM replica WHERE provider = $2 AND state IN ('claimed', 'verified')
            """;
    private static final String AUDIT_NOW = """
            UPDATE replica SET due_at = now() WHERE id IN (
              SELECT id FROM replica WHERE provider = $1 AND state IN ('claimed', 'verified')
                AND due_at > now() AND (seen_at IS NULL OR seen_at < $2) LIMIT 10000 FOR UPDATE SKIP LOCKED)
            """;
    private static final String AUDITS = """
            SELECT a.id, a.provider, a.author, a.since, a.copies,
              (SELECT count(*) FROM replica r WHERE r.provider = a.provider AND r.seen_at >= a.since),
              (SELECT count(*) FROM event e
               WHERE e.type = 'replica.lost' AND e.provider = a.provider AND e.at >= a.since)
            FROM audit a ORDER BY a.since DESC LIMIT 100
            """;

    private final Database database;

    public ProviderStateStore(Database database) {
        this.database = database;
    }

    /**
     * A decision about a provider.
     *
     * @param state cordoned, draining or sunset
     * @param mustFinishBy a drain's deadline; null when it has none
     * @param copies copies there when it was taken
     * @param finishedAt when nothing was left; null while something is
     */
    public record StateRow(
            String provider,
            String state,
            String reason,
            String author,
            Instant since,
            @Nullable Instant mustFinishBy,
            long copies,
            @Nullable Instant finishedAt) {}

    /** Writes a decision and tells all brokers. */
    public void set(String provider, String state, String reason, String author, @Nullable Instant mustFinishBy) {
        OffsetDateTime deadline = mustFinishBy == null ? null : mustFinishBy.atOffset(ZoneOffset.UTC);
        database.await(database.writes()
                .withTransaction(sql -> sql.preparedQuery(SET)
                        .execute(Tuple.of(provider, state, reason, author).addValue(deadline))
                        .compose(done -> sql.preparedQuery(NOTIFY).execute(Tuple.of(provider)))));
    }

    /** Takes a decision back: the provider is active; tells all brokers. */
    public void clear(String provider) {
        database.await(database.writes()
                .withTransaction(sql -> sql.preparedQuery(CLEAR)
                        .execute(Tuple.of(provider))
                        .compose(done -> sql.preparedQuery(NOTIFY).execute(Tuple.of(provider)))));
    }

    /** Every provider that is not active. */
    public List<StateRow> all() {
        List<StateRow> rows = new ArrayList<>();
        for (Row row : database.await(database.writes().query(ALL).execute())) {
            rows.add(new StateRow(
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getOffsetDateTime(4).toInstant(),
                    instant(row.getOffsetDateTime(5)),
                    row.getLong(6),
                    instant(row.getOffsetDateTime(7))));
        }
        return rows;
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    /** Makes all copies at a provider due for a check now. */
    public UUID audit(String provider, String author) {
        UUID id = UUID.randomUUID();
        database.await(database.writes().preparedQuery(AUDIT).execute(Tuple.of(id, provider, author)));
        OffsetDateTime begin = OffsetDateTime.now(ZoneOffset.UTC);
        int portion;
        do {
            portion = database.await(
                            database.bookkeeping().preparedQuery(AUDIT_NOW).execute(Tuple.of(provider, begin)))
                    .rowCount();
        } while (portion > 0);
        return id;
    }

    /** The newest audits that were asked for, with what came of them so far. */
    public List<JsonObject> audits() {
        List<JsonObject> audits = new ArrayList<>();
        for (Row row : database.await(database.reads().query(AUDITS).execute())) {
            long checked = row.getLong(5);
            long lost = row.getLong(6);
            audits.add(new JsonObject()
                    .put("id", row.getUUID(0).toString())
                    .put("provider", row.getString(1))
                    .put("author", row.getString(2))
                    .put("since", row.getOffsetDateTime(3).toInstant().toString())
                    .put("copies", row.getLong(4))
                    .put("sound", checked)
                    .put("lost", lost)
                    .put("done", checked + lost >= row.getLong(4)));
        }
        return audits;
    }
}
