package dev.pinfold.broker.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Who pays for which copy, written in the transaction that decides upon the copy. Whoever wants to know that money is
 * left, and to spend it, holds the lock until the end of its transaction: two decisions never see the same rest.
 */
final class Charges {
    /** Any constant will do; this one is "budget" in ASCII. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(108170571310452)";

    private static final String OF_CONTENTS = """
            SELECT content, provider, request_id, tenant_id, token_id, picos FROM charge WHERE content = ANY ($1)
            """;
    /** What is spent and promised this month, by tenant and token. */
    static final String SPENT = """
            SELECT tenant.name, coalesce(token.name, ''), sum(s.picos)
            FROM (
              SELECT tenant_id, token_id, picos FROM spend_running
              UNION ALL
              SELECT tenant_id, token_id, picos FROM spend_ended
              WHERE month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
            ) AS s
            JOIN tenant ON tenant.id = s.tenant_id LEFT JOIN token ON token.id = s.token_id
            GROUP BY 1, 2 HAVING sum(s.picos) <> 0
            """;

    private static final String WRITE = """
            INSERT INTO charge (content, provider, request_id, tenant_id, token_id, picos)
            SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::int[], $5::uuid[], $6::bigint[])
            ON CONFLICT (content, provider) DO UPDATE
            SET request_id = excluded.request_id, tenant_id = excluded.tenant_id, token_id = excluded.token_id,
              picos = excluded.picos
            """;

    private final Database database;

    Charges(Database database) {
        this.database = database;
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    void lock(SqlConnection sql) {
        database.await(sql.query(LOCK).execute());
    }

    /** What is charged for copies of these contents, by content. */
    Map<String, List<PlacementStore.Charge>> of(SqlConnection sql, Collection<String> contents) {
        Map<String, List<PlacementStore.Charge>> charges = new LinkedHashMap<>();
        for (Row row : run(sql, OF_CONTENTS, Tuple.tuple().addValue(contents.toArray(String[]::new)))) {
            charges.computeIfAbsent(row.getString(0), k -> new ArrayList<>())
                    .add(new PlacementStore.Charge(
                            row.getString(1), row.getUUID(2), row.getInteger(3), row.getUUID(4), row.getLong(5)));
        }
        return charges;
    }

    /** What is spent and promised this month, by tenant and token. */
    List<PlacementStore.Spent> spent(SqlConnection sql) {
        List<PlacementStore.Spent> spent = new ArrayList<>();
        for (Row row : run(sql, SPENT, Tuple.tuple())) {
            spent.add(spent(row));
        }
        return spent;
    }

    /** One row of {@link #SPENT}. */
    static PlacementStore.Spent spent(Row row) {
        BigDecimal sum = row.getBigDecimal(2).max(BigDecimal.ZERO).min(BigDecimal.valueOf(Long.MAX_VALUE));
        return new PlacementStore.Spent(row.getString(0), row.getString(1), sum.longValue());
    }

    void write(SqlConnection sql, List<String> contents, List<PlacementStore.Charge> charges) {
        run(
                sql,
                WRITE,
                Tuple.tuple()
                        .addValue(contents.toArray(String[]::new))
                        .addValue(charges.stream()
                                .map(PlacementStore.Charge::provider)
                                .toArray(String[]::new))
                        .addValue(charges.stream()
                                .map(PlacementStore.Charge::requestId)
                                .toArray(UUID[]::new))
                        .addValue(charges.stream()
                                .map(PlacementStore.Charge::tenantId)
                                .toArray(Integer[]::new))
                        .addValue(charges.stream()
                                .map(PlacementStore.Charge::tokenId)
                                .toArray(UUID[]::new))
                        .addValue(charges.stream()
                                .map(PlacementStore.Charge::picos)
                                .toArray(Long[]::new)));
    }
}
