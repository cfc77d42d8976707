package dev.pinfold.broker.store;

import dev.pinfold.broker.pin.NameFolding;
import dev.pinfold.broker.pin.PinPage;
import dev.pinfold.broker.pin.PinQuery;
import dev.pinfold.broker.pin.PinRow;
import dev.pinfold.broker.pin.PinStatus;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Lists of pins with an exact count.
 *
 * <p>Two shapes. A query by state and time alone takes its page from an index and its count from the tallies, so its
 * cost does not depend on how many pins there are. A query by CID, name or meta first finds its matches through the
 * index made for it, then counts and cuts them, so its cost grows with the matches only.
 */
public final class PinLists {
    private static final String FOLD = """
            WITH taken AS (
              DELETE FROM pin_tally_delta
              WHERE id IN (SELECT id FROM pin_tally_delta ORDER BY id LIMIT 4000)
              RETURNING tenant_id, status, bucket, n
            )
            INSERT INTO pin_tally AS t (tenant_id, status, level, bucket, n)
            SELECT tenant_id, status, level, bucket >> (level - 9), sum(n)
            FROM taken, unnest(ARRAY[9, 15, 21, 27, 33]) AS level
            GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
            ORDER BY 1, 2, 3, 4
            ON CONFLICT (tenant_id, status, level, bucket) DO UPDATE SET n = t.n + excluded.n
            """;

    /** Two folds at once would not be wrong, only slow: they would wait for each other's rows. */
    private static final String ALONE = "SELECT pg_try_advisory_xact_lock(7305804402)";

    private final SqlClient reads;
    private final Pool bookkeeping;

    public PinLists(SqlClient reads, Pool bookkeeping) {
        this.reads = reads;
        this.bookkeeping = bookkeeping;
    }

    /** Answers a list query of one tenant. */
    public Future<PinPage> list(int tenantId, PinQuery query) {
        Statement statement = query.countsByTally() ? byTime(tenantId, query) : byMatch(tenantId, query);
        return reads.preparedQuery(statement.sql())
                .execute(statement.parameters())
                .map(PinLists::page);
    }

    /** A query text with its parameters. The number of different texts is small, so all stay prepared. */
    record Statement(String sql, Tuple parameters) {}

    static Statement byTime(int tenantId, PinQuery query) {
        Short[] states = query.statuses().stream().sorted().map(PinStatus::code).toArray(Short[]::new);
        Tuple parameters = Tuple.of(tenantId, states, query.from(), query.to(), query.limit());
        List<String> parts = new ArrayList<>();
        if (query.anyStatus()) {
            parts.add(newest(""));
        } else {
            for (Short state : states) {
                parts.add(newest(" AND status = " + state));
            }
        }
        String count = query.from() == 0
                ? before("$4", query.to())
                : "greatest(0, " + before("$4", query.to()) + " - " + before("$3", query.from()) + ")";
        return new Statement("""
                WITH page AS (
                  SELECT * FROM (
                  %s
                  ) AS newest ORDER BY created DESC LIMIT $5
                )
                SELECT total.n, page.* FROM (SELECT %s AS n WHERE $2::smallint[] IS NOT NULL) AS total
                LEFT JOIN page ON true ORDER BY page.created DESC
                """.formatted(String.join("\n  UNION ALL\n  ", parts), count), parameters);
    }

    /**
     * SQL for how many pins were created before a moment. It reads at most 64 tallies per level and state, the changes
     * not folded yet, and at most 512 pins, however many there are. In the text and not in a function, so that its plan
     * stays prepared.
     */
    private static String before(String moment, long value) {
        if (value == PinQuery.END_OF_TIME) {
            return """
                   ((SELECT coalesce(sum(n), 0) FROM pin_tally
                     WHERE tenant_id = $1 AND status = ANY ($2) AND level = 33)
                   + (SELECT coalesce(sum(n), 0) FROM pin_tally_delta WHERE tenant_id = $1 AND status = ANY ($2)))""";
        }
        StringBuilder sum = new StringBuilder("(");
        int above = 63;
        for (int level : new int[] {33, 27, 21, 15, 9}) {
            String from = above == 63 ? "0" : "(%s::bigint >> %d) << %d".formatted(moment, above, above - level);
            sum.append("""
                    (SELECT coalesce(sum(n), 0) FROM pin_tally WHERE tenant_id = $1 AND status = ANY ($2)
                     AND level = %d AND bucket >= %s AND bucket < %s::bigint >> %d) +
                    """.formatted(level, from, moment, level));
            above = level;
        }
        return sum.append("""
                        (SELECT coalesce(sum(n), 0) FROM pin_tally_delta
                         WHERE tenant_id = $1 AND status = ANY ($2) AND bucket < %1$s::bigint >> 9)
                        + (SELECT count(*) FROM pin WHERE tenant_id = $1 AND status = ANY ($2)
                           AND created >= (%1$s::bigint >> 9) << 9 AND created < %1$s))""".formatted(moment)).toString();
    }

    private static String newest(String state) {
        return "(SELECT " + PinStore.COLUMNS + " FROM pin WHERE tenant_id = $1" + state
                + " AND created >= $3 AND created < $4 ORDER BY created DESC LIMIT $5)";
    }

    /**
     * The time and the state are compared as sums, so that no plan walks through them: the planner cannot know that they
     * mostly leave everything.
     */
    static Statement byMatch(int tenantId, PinQuery query) {
        Short[] states = query.statuses().stream().sorted().map(PinStatus::code).toArray(Short[]::new);
        Tuple parameters = Tuple.of(tenantId, states, query.from(), query.to(), query.limit());
        StringBuilder where = new StringBuilder();
        if (!query.contents().isEmpty()) {
            parameters.addValue(query.contents().toArray(String[]::new));
            where.append(" AND content = ANY ($").append(parameters.size()).append(")");
        }
        String name = query.name();
        if (name != null) {
            String fold = NameFolding.fold(name);
            parameters.addValue(
                    switch (query.match()) {
                        case EXACT -> name;
                        case IEXACT -> fold;
                        case PARTIAL -> containing(name);
                        case IPARTIAL -> containing(fold);
                    });
            where.append(
                            switch (query.match()) {
                                case EXACT -> " AND name = $";
                                case IEXACT -> " AND name_fold = $";
                                case PARTIAL -> " AND name LIKE $";
                                case IPARTIAL -> " AND name_fold LIKE $";
                            })
                    .append(parameters.size());
        }
        if (!query.meta().isEmpty()) {
            parameters.addValue(new JsonObject(new LinkedHashMap<>(query.meta())));
            where.append(" AND meta @> $").append(parameters.size());
        }
        return new Statement("""
                WITH hit AS MATERIALIZED (
                  SELECT request_id AS id, created AS at FROM pin
                  WHERE tenant_id = $1 AND status + 0 = ANY ($2::smallint[]) AND created + 0 >= $3 AND created + 0 < $4%s
                ), page AS (
                  SELECT %s FROM (SELECT id FROM hit ORDER BY at DESC LIMIT $5) AS newest
                  JOIN pin ON pin.request_id = newest.id
                )
                SELECT total.n, page.* FROM (SELECT count(*) AS n FROM hit) AS total
                LEFT JOIN page ON true ORDER BY page.created DESC
                """.formatted(where, PinStore.COLUMNS), parameters);
    }

    /** The LIKE pattern for "contains exactly this". */
    private static String containing(String part) {
        return "%" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }

    private static PinPage page(RowSet<Row> rows) {
        List<PinRow> pins = new ArrayList<>(rows.size());
        long count = 0;
        for (Row row : rows) {
            count = row.getLong(0);
            if (row.getUUID(1) != null) {
                pins.add(PinStore.row(row, 1));
            }
        }
        return new PinPage(count, pins);
    }

    /** Frees the space of folded changes, which every count would read over otherwise. */
    public Future<Void> tidyTallies() {
        return bookkeeping
                .query("VACUUM (TRUNCATE false) pin_tally_delta")
                .execute()
                .mapEmpty();
    }

    /**
     * Folds the appended changes of the counts into the tallies.
     *
     * @return how many tallies were written; 0 when there was nothing to do or another broker is at it
     */
    public Future<Integer> foldTallies() {
        return bookkeeping.withTransaction(sql -> sql.query(ALONE)
                .execute()
                .compose(rows -> rows.iterator().next().getBoolean(0)
                        ? sql.query(FOLD).execute().map(folded -> folded.rowCount())
                        : Future.succeededFuture(0)));
    }
}
