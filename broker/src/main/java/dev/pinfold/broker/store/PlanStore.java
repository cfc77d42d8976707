package dev.pinfold.broker.store;

import dev.pinfold.broker.store.PolicyStore.Draft;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Plans over all pins: their making, portion by portion, and what is known of them. Calls block. */
public final class PlanStore {
    private static final String CREATE = """
            INSERT INTO plan (id, author, state, policy_revision, policy_text, world_hash, canary)
            VALUES ($1, $2, 'planning', $3, $4, $5, $6)
            """;
    private static final String PINS = """
            SELECT p.request_id, p.content, c.size_bytes, tenant.name, coalesce(token.name, ''), coalesce(p.name, ''),
              p.meta, p.providers, coalesce((p.plan ->> 'durabilityNines')::float8, 0),
              coalesce((SELECT sum(picos) FROM charge
                        WHERE charge.content = p.content AND charge.provider = ANY (p.providers)), 0)::bigint,
              coalesce((SELECT array_agg(provider ORDER BY provider) FROM replica r
                        WHERE r.content = p.content AND r.state IN ('ordered', 'accepted', 'claimed', 'verified')), '{}'),
              p.moved_at
            FROM pin p JOIN content c ON c.cid = p.content JOIN tenant ON tenant.id = p.tenant_id
            LEFT JOIN token ON token.id = p.token_id
            WHERE p.request_id > $1 AND cardinality(p.providers) > 0 AND p.move_to IS NULL
            ORDER BY p.request_id LIMIT $2
            """;
    private static final String ADD_MOVES = """
            INSERT INTO plan_move (plan, request_id, content, canary, money, bytes, held, target, added)
            SELECT $1, u.id, u.content, u.canary, u.money, u.bytes, string_to_array(u.held, ','),
              string_to_array(u.target, ','), string_to_array(u.added, ',')
            FROM unnest($2::uuid[], $3::text[], $4::boolean[], $5::boolean[], $6::bigint[], $7::text[], $8::text[],
              $9::text[]) AS u (id, content, canary, money, bytes, held, target, added)
            """;
    private static final String BEAT = "UPDATE plan SET beat_at = now(), summary = $2::text::jsonb WHERE id = $1";
    private static final String FINISH = """
            UPDATE plan SET state = $2, detail = $3, summary = $4::text::jsonb, beat_at = now() WHERE id = $1
            """;
    private static final String COLUMNS = """
            id, since, author,
            CASE WHEN state = 'planning' AND beat_at < now() - interval '2 minutes' THEN 'failed' ELSE state END,
            policy_revision, policy_text, world_hash, canary, summary, detail, canary_at,
            (SELECT count(*) FROM plan_move m WHERE m.plan = plan.id AND m.state = 0),
            (SELECT count(*) FROM plan_move m WHERE m.plan = plan.id AND m.state = 1),
            (SELECT count(*) FROM plan_move m WHERE m.plan = plan.id AND m.state = 2),
            (SELECT count(*) FROM plan_move m WHERE m.plan = plan.id AND m.state = 3),
            (SELECT count(*) FROM plan_move m WHERE m.plan = plan.id AND m.canary)
            """;
    private static final String FIND = "SELECT " + COLUMNS + " FROM plan WHERE id = $1";
    private static final String LIST = "SELECT " + COLUMNS + " FROM plan ORDER BY since DESC LIMIT $1";
    private static final String MOVES = """
            SELECT request_id, content, canary, money, bytes, held, target, state, detail
            FROM plan_move WHERE plan = $1 ORDER BY canary DESC, request_id LIMIT $2
            """;
    /** Pins of a plan that are not as they were when it was made. */
    private static final String CHANGED = """
            SELECT count(*) FROM plan_move m LEFT JOIN pin p ON p.request_id = m.request_id
            WHERE m.plan = $1 AND m.state = 0 AND (p.request_id IS NULL OR p.providers <> m.held)
            """;

    private static final String BEGIN = """
            UPDATE plan SET state = $3, policy_revision = $4 WHERE id = $1 AND state = $2
              AND NOT EXISTS (SELECT 1 FROM plan WHERE state IN ('applying', 'applying-canary') AND id <> $1)
            """;

    /** A plan ends when its last move began; one that was never applied, when it was made. */
    private static final String DROP_OLD = """
            DELETE FROM plan WHERE state IN ('applied', 'failed', 'planned')
              AND greatest(beat_at, canary_at, (SELECT max(started_at) FROM plan_move m WHERE m.plan = plan.id))
                < now() - $1 * interval '1 millisecond'
            """;

    private final Database database;

    public PlanStore(Database database) {
        this.database = database;
    }

    /** A pin with what a plan needs of it. */
    public record PinFacts(
            UUID requestId,
            String content,
            @Nullable Long sizeBytes,
            String tenant,
            String token,
            String name,
            Map<String, String> meta,
            List<String> held,
            double nines,
            long picos,
            List<String> sound,
            @Nullable Instant movedAt) {
        public PinFacts {
            meta = Map.copyOf(meta);
            held = List.copyOf(held);
            sound = List.copyOf(sound);
        }
    }

    /** One pin's move. */
    public record PlannedMove(
            UUID requestId,
            String content,
            boolean canary,
            boolean money,
            long bytes,
            List<String> held,
            List<String> target,
            List<String> added) {
        public PlannedMove {
            held = List.copyOf(held);
            target = List.copyOf(target);
            added = List.copyOf(added);
        }
    }

    /** A plan and how far it is. */
    public record PlanRow(
            UUID id,
            Instant since,
            String author,
            String state,
            long policyRevision,
            @Nullable String policyText,
            String worldHash,
            long canary,
            JsonObject summary,
            @Nullable String detail,
            @Nullable Instant canaryAt,
            long waiting,
            long moving,
            long moved,
            long notMoved,
            long canaryMoves) {}

    /** Begins a plan. */
    public void create(
            UUID id, String author, long policyRevision, @Nullable String policyText, String worldHash, long canary) {
        database.await(database.writes()
                .preparedQuery(CREATE)
                .execute(Tuple.of(id, author, policyRevision)
                        .addValue(policyText)
                        .addValue(worldHash)
                        .addValue(canary)));
    }

    /** The next placed pins after one, in the order of their ids. Pins that are on the move are left out. */
    public List<PinFacts> pinsAfter(UUID requestId, int most) {
        List<PinFacts> pins = new ArrayList<>();
        for (Row row : database.await(database.bookkeeping().preparedQuery(PINS).execute(Tuple.of(requestId, most)))) {
            Map<String, String> meta = new LinkedHashMap<>();
            JsonObject json = row.getJsonObject(6);
            if (json != null) {
                json.forEach(entry -> meta.put(entry.getKey(), String.valueOf(entry.getValue())));
            }
            pins.add(new PinFacts(
                    row.getUUID(0),
                    row.getString(1),
                    row.getLong(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    meta,
                    List.of(row.getArrayOfStrings(7)),
                    row.getDouble(8),
                    row.getLong(9),
                    List.of(row.getArrayOfStrings(10)),
                    row.getOffsetDateTime(11) == null
                            ? null
                            : row.getOffsetDateTime(11).toInstant()));
        }
        return pins;
    }

    /** Writes moves of a plan. */
    public void addMoves(UUID plan, List<PlannedMove> moves) {
        if (moves.isEmpty()) {
            return;
        }
        database.await(database.bookkeeping()
                .preparedQuery(ADD_MOVES)
                .execute(Tuple.of(plan)
                        .addValue(moves.stream().map(PlannedMove::requestId).toArray(UUID[]::new))
                        .addValue(moves.stream().map(PlannedMove::content).toArray(String[]::new))
                        .addValue(moves.stream().map(PlannedMove::canary).toArray(Boolean[]::new))
                        .addValue(moves.stream().map(PlannedMove::money).toArray(Boolean[]::new))
                        .addValue(moves.stream().map(PlannedMove::bytes).toArray(Long[]::new))
                        .addValue(joined(moves.stream().map(PlannedMove::held).toList()))
                        .addValue(joined(moves.stream().map(PlannedMove::target).toList()))
                        .addValue(joined(moves.stream().map(PlannedMove::added).toList()))));
    }

    private static String[] joined(Collection<List<String>> lists) {
        return lists.stream().map(list -> String.join(",", list)).toArray(String[]::new);
    }

    /** Says that a plan is still being made, and what it has so far. */
    public void beat(UUID plan, JsonObject summary) {
        database.await(database.bookkeeping().preparedQuery(BEAT).execute(Tuple.of(plan, summary.encode())));
    }

    /** Ends the making of a plan. */
    public void finish(UUID plan, String state, @Nullable String detail, JsonObject summary) {
        database.await(database.writes()
                .preparedQuery(FINISH)
                .execute(Tuple.of(plan, state).addValue(detail).addValue(summary.encode())));
    }

    /** Removes plans with their moves that ended, or were made and never applied, so long ago. */
    public int dropOld(Duration age) {
        return database.await(database.bookkeeping().preparedQuery(DROP_OLD).execute(Tuple.of(age.toMillis())))
                .rowCount();
    }

    /** One plan. */
    public Optional<PlanRow> find(UUID id) {
        for (Row row : database.await(database.writes().preparedQuery(FIND).execute(Tuple.of(id)))) {
            return Optional.of(plan(row));
        }
        return Optional.empty();
    }

    /** The newest plans. */
    public List<PlanRow> list(int most) {
        List<PlanRow> plans = new ArrayList<>();
        database.await(database.reads().preparedQuery(LIST).execute(Tuple.of(most)))
                .forEach(row -> plans.add(plan(row)));
        return plans;
    }

    private static PlanRow plan(Row row) {
        return new PlanRow(
                row.getUUID(0),
                row.getOffsetDateTime(1).toInstant(),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getString(5),
                row.getString(6),
                row.getLong(7),
                row.getJsonObject(8),
                row.getString(9),
                row.getOffsetDateTime(10) == null
                        ? null
                        : row.getOffsetDateTime(10).toInstant(),
                row.getLong(11),
                row.getLong(12),
                row.getLong(13),
                row.getLong(14),
                row.getLong(15));
    }

    /** The first moves of a plan, those of the canary before the others. */
    public List<JsonObject> moves(UUID plan, int most) {
        List<JsonObject> moves = new ArrayList<>();
        for (Row row : database.await(database.reads().preparedQuery(MOVES).execute(Tuple.of(plan, most)))) {
            moves.add(new JsonObject()
                    .put("requestid", row.getUUID(0).toString())
                    .put("content", row.getString(1))
                    .put("canary", row.getBoolean(2))
                    .put("forMoney", row.getBoolean(3))
                    .put("bytes", row.getLong(4))
                    .put("from", List.of(row.getArrayOfStrings(5)))
                    .put("to", List.of(row.getArrayOfStrings(6)))
                    .put(
                            "state",
                            List.of("waiting", "moving", "moved", "not-moved").get(row.getShort(7)))
                    .put("detail", row.getString(8)));
        }
        return moves;
    }

    /** How many pins that are still to be moved are gone or placed elsewhere than when the plan was made. */
    public long changedPins(UUID plan) {
        return database.await(database.writes().preparedQuery(CHANGED).execute(Tuple.of(plan)))
                .iterator()
                .next()
                .getLong(0);
    }

    /**
     * Begins the moves of a plan and, where it is for another policy, puts that in force: both or neither.
     *
     * @param policy the policy to be put in force; null leaves the one that is
     * @return false when the plan is not in the state {@code from} any more, another plan is being applied, or the
     *     policy's revision is not above all others; then nothing was written
     */
    public boolean begin(UUID plan, String from, String to, long revision, @Nullable Draft policy) {
        return database.await(database.writes()
                .withTransaction(sql -> sql.preparedQuery(BEGIN)
                        .execute(Tuple.of(plan, from, to, revision))
                        .compose(rows -> {
                            if (rows.rowCount() == 0) {
                                return Future.succeededFuture(false);
                            }
                            return policy == null
                                    ? Future.succeededFuture(true)
                                    : PolicyStore.add(sql, policy)
                                            .compose(added -> added.added()
                                                    ? Future.succeededFuture(true)
                                                    : Future.failedFuture(new PolicyStore.StaleRevision()));
                        }))
                .recover(e -> e instanceof PolicyStore.StaleRevision
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(e)));
    }
}
