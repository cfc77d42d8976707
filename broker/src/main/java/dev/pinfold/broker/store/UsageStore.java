package dev.pinfold.broker.store;

import dev.pinfold.policy.Money;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What pins use and cost. Calls block. */
public final class UsageStore {
    private static final String TOKENS = """
            SELECT tenant.name, coalesce(token.name, ''), coalesce(token.pins, 0),
              coalesce(sum(s.running), 0), coalesce(sum(s.running), 0) + coalesce(sum(s.ended), 0)
            FROM (
              SELECT tenant_id, token_id, picos AS running, 0 AS ended FROM spend_running
              UNION ALL
              SELECT tenant_id, token_id, 0, picos FROM spend_ended
              WHERE month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
              UNION ALL
              SELECT tenant_id, id, 0, 0 FROM token
            ) AS s
            JOIN tenant ON tenant.id = s.tenant_id LEFT JOIN token ON token.id = s.token_id
            WHERE $1::int IS NULL OR s.tenant_id = $1
            GROUP BY tenant.name, token.id, token.name, token.pins ORDER BY 1, 2
            """;
    private static final String MONTH = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM')";
    private static final String COST = """
            SELECT p.plan, p.providers, p.decided_size, c.size_bytes, p.policy_revision
            FROM pin p JOIN content c ON c.cid = p.content
            WHERE p.request_id = $1 AND ($2::int IS NULL OR p.tenant_id = $2)
            """;
    private static final String CHARGES = """
            SELECT charge.provider, charge.picos, charge.request_id = $1, charge.since
            FROM charge JOIN pin p ON p.content = charge.content
            WHERE p.request_id = $1 ORDER BY charge.provider
            """;

    private final Database database;

    public UsageStore(Database database) {
        this.database = database;
    }

    /**
     * What the pins of one token use.
     *
     * @param monthly what its copies cost a month as they are
     * @param spent what they cost this month, those that ended in it included
     */
    public record TokenUsage(String tenant, String token, long pins, Money monthly, Money spent) {}

    /** The current month, UTC, as {@code 2026-11}. */
    public String month() {
        return database.await(database.reads().query(MONTH).execute())
                .iterator()
                .next()
                .getString(0);
    }

    /**
     * What each token uses.
     *
     * @param tenantId whose tokens; null for all
     */
    public List<TokenUsage> tokens(@Nullable Integer tenantId) {
        List<TokenUsage> usage = new ArrayList<>();
        for (Row row : database.await(
                database.reads().preparedQuery(TOKENS).execute(Tuple.tuple().addValue(tenantId)))) {
            usage.add(new TokenUsage(
                    row.getString(0),
                    row.getString(1),
                    row.getLong(2),
                    money(row.getBigDecimal(3)),
                    money(row.getBigDecimal(4))));
        }
        return usage;
    }

    /** What budgets are checked against, as it is now. */
    public List<PlacementStore.Spent> spent() {
        return database.await(database.writes()
                .withConnection(sql -> sql.query(Charges.SPENT).execute())
                .map(rows -> {
                    List<PlacementStore.Spent> spent = new ArrayList<>();
                    rows.forEach(row -> spent.add(Charges.spent(row)));
                    return spent;
                }));
    }

    private static Money money(BigDecimal picos) {
        return new Money(picos.max(BigDecimal.ZERO)
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue());
    }

    /**
     * What a pin costs: forecast of its decision, and which of its copies it pays itself.
     *
     * @param tenantId whose pin it must be; null for the operator
     */
    public Optional<JsonObject> cost(UUID requestId, @Nullable Integer tenantId) {
        for (Row row : database.await(
                database.reads().preparedQuery(COST).execute(Tuple.of(requestId).addValue(tenantId)))) {
            return Optional.of(cost(requestId, row));
        }
        return Optional.empty();
    }

    private JsonObject cost(UUID requestId, Row pin) {
        JsonArray copies = new JsonArray();
        Money own = Money.ZERO;
        for (Row row : database.await(database.reads().preparedQuery(CHARGES).execute(Tuple.of(requestId)))) {
            Money amount = new Money(row.getLong(1));
            own = row.getBoolean(2) ? own.plus(amount) : own;
            copies.add(new JsonObject()
                    .put("provider", row.getString(0))
                    .put("monthlyCost", amount.toString())
                    .put("paidBy", row.getBoolean(2) ? "this pin" : "another pin of the same content")
                    .put("since", row.getOffsetDateTime(3).toInstant().toString()));
        }
        JsonObject plan = pin.getJsonObject(0);
        return new JsonObject()
                .put("requestid", requestId.toString())
                .put("policyRevision", pin.getLong(4))
                .put("forecastMonthly", plan == null ? null : plan.getString("totalMonthlyCost"))
                .put("paidMonthly", own.toString())
                .put("sizeBytes", pin.getLong(3))
                .put("sizeAssumed", pin.getLong(2) == null)
                .put("copies", copies);
    }
}
