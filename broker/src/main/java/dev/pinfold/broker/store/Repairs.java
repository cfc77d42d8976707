package dev.pinfold.broker.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.HashMap;
import java.util.Map;

/**
 * Copies that take the place of lost ones.
 *
 * @param contents contents of which one is on its way
 * @param bytesToday size of all that were decided upon within a day; those of unknown size count nothing
 * @param into copies on their way, by provider
 */
public record Repairs(long contents, long bytesToday, Map<String, Long> into) {
    /** None. */
    public static final Repairs NONE = new Repairs(0, 0, Map.of());

    private static final String UNDER_WAY = "repair_at IS NOT NULL AND state IN ('planned', 'ordered', 'accepted')";
    private static final String TOTALS = """
            SELECT (SELECT count(DISTINCT content) FROM replica WHERE %s),
              coalesce((SELECT sum(size_bytes) FROM replica JOIN content ON content.cid = replica.content
                WHERE repair_at > now() - interval '1 day'), 0)::bigint
            """.formatted(UNDER_WAY);
    private static final String INTO =
            "SELECT provider, count(*) FROM replica WHERE %s GROUP BY provider".formatted(UNDER_WAY);

    public Repairs {
        into = Map.copyOf(into);
    }

    static Repairs read(Database database, SqlConnection sql) {
        Map<String, Long> into = new HashMap<>();
        for (Row row : run(database, sql, INTO)) {
            into.put(row.getString(0), row.getLong(1));
        }
        Row totals = run(database, sql, TOTALS).iterator().next();
        return new Repairs(totals.getLong(0), totals.getLong(1), into);
    }

    private static RowSet<Row> run(Database database, SqlConnection sql, String statement) {
        return database.await(sql.preparedQuery(statement).execute());
    }
}
