package dev.pinfold.broker.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;

/** Which pins are to be decided anew because of a plan or a drain, and what came of it. Calls block. */
public final class MoveStore {
    /** One broker at a time lets pins move; any constant will do. */
    private static final String LOCK = "SELECT pg_try_advisory_xact_lock(120347889624436)";

    private static final String APPLYING =
            "SELECT id, state FROM plan WHERE state IN ('applying', 'applying-canary') ORDER BY since LIMIT 1";
    private static final String FOLD = """
            UPDATE plan_move m
            SET state = CASE WHEN p.moved_at >= m.started_at THEN 2 ELSE 3 END,
              detail = CASE WHEN p.request_id IS NULL THEN 'the pin was deleted' ELSE p.replan_note END
            FROM plan_move old LEFT JOIN pin p ON p.request_id = old.request_id
            WHERE m.plan = $1 AND m.state = 1 AND old.plan = m.plan AND old.request_id = m.request_id
              AND p.replan IS DISTINCT FROM 'plan:' || m.plan::text
            """;
    private static final String LOAD = """
            SELECT (SELECT count(*) FROM pin WHERE replan IS NOT NULL)
                + (SELECT count(*) FROM pin_gone WHERE replan IS NOT NULL),
              coalesce((SELECT sum(bytes) FROM plan_move WHERE started_at > now() - interval '1 day'), 0)::bigint,
              (SELECT count(*) FROM plan_move WHERE money AND started_at > now() - interval '1 day')
            """;
    private static final String INTO = """
            SELECT provider, count(*) FROM plan_move, unnest(added) AS provider
            WHERE plan = $1 AND state = 1 GROUP BY provider
            """;
    private static final String NEXT = """
            SELECT m.request_id, m.content, m.bytes, m.money, m.added FROM plan_move m
            LEFT JOIN pin p ON p.request_id = m.request_id
            WHERE m.plan = $1 AND m.state = 0 AND (m.canary OR NOT $2) AND p.replan IS NULL AND p.move_to IS NULL
            ORDER BY m.canary DESC, m.request_id LIMIT $3
            """;
    private static final String HOLD = "SELECT cid FROM content WHERE cid = ANY ($1) ORDER BY cid FOR UPDATE";
    private static final String START = """
            UPDATE plan_move SET state = 1, started_at = now() WHERE plan = $1 AND request_id = ANY ($2)
            """;
    private static final String ASK = """
            WITH asked AS (
              UPDATE pin SET replan = $1 WHERE request_id = ANY ($2) AND replan IS NULL AND move_to IS NULL
              RETURNING content
            )
            UPDATE content SET due_at = now() FROM asked WHERE content.cid = asked.content
            """;
    private static final String REST = """
            SELECT count(*) FROM plan_move WHERE plan = $1 AND (state = 1 OR state = 0 AND (canary OR NOT $2))
            """;
    private static final String END = """
            UPDATE plan SET state = $2, canary_at = CASE WHEN $2 = 'canary' THEN now() ELSE canary_at END WHERE id = $1
            """;
    private static final String LEAVING = """
            SELECT p.request_id, p.content FROM replica r
            JOIN pin p ON p.content = r.content AND $1 = ANY (p.providers)
            WHERE r.provider = $1 AND r.state <> 'retiring' AND p.replan IS NULL AND p.move_to IS NULL
              AND (p.replanned_at IS NULL OR p.replanned_at < now() - $2 * interval '1 millisecond')
            LIMIT $3
            """;

    private static final String LEAVING_HELD = """
            SELECT g.request_id, g.content FROM replica r JOIN pin_gone g ON g.content = r.content
            WHERE r.provider = $1 AND r.state IN ('claimed', 'verified', 'lost') AND g.replan IS NULL
              AND NOT EXISTS (SELECT 1 FROM pin p WHERE p.content = r.content)
              AND (g.replanned_at IS NULL OR g.replanned_at < now() - $2 * interval '1 millisecond')
            LIMIT $3
            """;
    private static final String ASK_HELD = """
            WITH asked AS (
              UPDATE pin_gone SET replan = $1 WHERE request_id = ANY ($2) AND replan IS NULL RETURNING content
            )
            UPDATE content SET due_at = now() FROM asked WHERE content.cid = asked.content
            """;

    private final Database database;

    public MoveStore(Database database) {
        this.database = database;
    }

    /**
     * What moves already.
     *
     * @param pins pins that are being decided anew or moved, and contents that are repaired
     * @param bytesToday bytes of the moves and repairs that began within a day
     * @param forMoneyToday of these, how many were for the price
     * @param into copies on their way, by provider
     */
    public record Load(long pins, long bytesToday, long forMoneyToday, Map<String, Long> into) {
        public Load {
            into = Map.copyOf(into);
        }
    }

    /** A move that may begin. */
    public record Candidate(UUID requestId, String content, long bytes, boolean money, List<String> added) {
        public Candidate {
            added = List.copyOf(added);
        }
    }

    /**
     * Lets the next moves of the plan that is being applied begin, and ends the plan when all have been made.
     *
     * @param most how many candidates are looked at
     * @param choose which of them may begin
     * @return how many began or came to an end; 0 also while another broker does this
     */
    public int advancePlan(int most, BiFunction<Load, List<Candidate>, List<Candidate>> choose) {
        return inTransaction(sql -> {
            Optional<Row> plan = first(run(sql, APPLYING, Tuple.tuple()));
            if (plan.isEmpty()) {
                return 0;
            }
            UUID id = plan.get().getUUID(0);
            boolean canary = plan.get().getString(1).equals("applying-canary");
            int folded = run(sql, FOLD, Tuple.of(id)).rowCount();
            List<Candidate> candidates = new ArrayList<>();
            for (Row row : run(sql, NEXT, Tuple.of(id, canary, most))) {
                candidates.add(new Candidate(
                        row.getUUID(0),
                        row.getString(1),
                        row.getLong(2),
                        row.getBoolean(3),
                        List.of(row.getArrayOfStrings(4))));
            }
            List<Candidate> chosen = candidates.isEmpty() ? List.of() : choose.apply(load(sql, id), candidates);
            start(sql, id, chosen);
            if (first(run(sql, REST, Tuple.of(id, canary))).orElseThrow().getLong(0) == 0) {
                run(sql, END, Tuple.of(id, canary ? "canary" : "applied"));
            }
            return folded + chosen.size();
        });
    }

    private Load load(SqlConnection sql, UUID plan) {
        Map<String, Long> into = new HashMap<>();
        run(sql, INTO, Tuple.of(plan)).forEach(row -> into.put(row.getString(0), row.getLong(1)));
        Repairs repairs = Repairs.read(database, sql);
        repairs.into().forEach((provider, copies) -> into.merge(provider, copies, Long::sum));
        Row row = first(run(sql, LOAD, Tuple.tuple())).orElseThrow();
        return new Load(
                row.getLong(0) + repairs.contents(), row.getLong(1) + repairs.bytesToday(), row.getLong(2), into);
    }

    private void start(SqlConnection sql, UUID plan, List<Candidate> chosen) {
        if (!chosen.isEmpty()) {
            run(
                    sql,
                    START,
                    Tuple.of(plan)
                            .addValue(chosen.stream().map(Candidate::requestId).toArray(UUID[]::new)));
            Map<UUID, String> pins = new LinkedHashMap<>();
            chosen.forEach(move -> pins.put(move.requestId(), move.content()));
            ask(sql, ASK, "plan:" + plan, pins);
        }
    }

    /** The contents are locked first, as by every writer of pins. */
    private void ask(SqlConnection sql, String statement, String replan, Map<UUID, String> pins) {
        run(sql, HOLD, Tuple.tuple().addValue(pins.values().toArray(String[]::new)));
        run(sql, statement, Tuple.of(replan).addValue(pins.keySet().toArray(UUID[]::new)));
    }

    /**
     * Lets pins that have a copy at a provider leave it, and then the deleted pins that keep one there.
     *
     * @param most how many may be on the move altogether
     * @param again pause before a pin that could not leave is tried again
     * @return how many began
     */
    public int leave(String provider, int most, Duration again) {
        return inTransaction(sql -> {
            long moving = first(run(sql, LOAD, Tuple.tuple())).orElseThrow().getLong(0)
                    + Repairs.read(database, sql).contents();
            int begun = leave(sql, LEAVING, ASK, provider, (int) (most - moving), again);
            return begun + leave(sql, LEAVING_HELD, ASK_HELD, provider, (int) (most - moving) - begun, again);
        });
    }

    private int leave(SqlConnection sql, String leaving, String ask, String provider, int room, Duration again) {
        if (room <= 0) {
            return 0;
        }
        Map<UUID, String> pins = new LinkedHashMap<>();
        run(sql, leaving, Tuple.of(provider, again.toMillis(), room))
                .forEach(row -> pins.put(row.getUUID(0), row.getString(1)));
        if (!pins.isEmpty()) {
            ask(sql, ask, "drain:" + provider, pins);
        }
        return pins.size();
    }

    private interface Act {
        int on(SqlConnection sql);
    }

    private int inTransaction(Act act) {
        return Transactions.in(database, database.bookkeeping(), sql -> {
            boolean mine = Boolean.TRUE.equals(
                    first(run(sql, LOCK, Tuple.tuple())).orElseThrow().getBoolean(0));
            return mine ? act.on(sql) : 0;
        });
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    private static Optional<Row> first(RowSet<Row> rows) {
        return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
    }
}
