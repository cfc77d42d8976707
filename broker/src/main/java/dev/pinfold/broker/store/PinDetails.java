package dev.pinfold.broker.store;

import dev.pinfold.broker.pin.PinStatus;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the operator API tells of one pin beyond the PSA: its stored decision, its copies, its events. */
public final class PinDetails {
    private static final String PLACEMENT = """
            SELECT p.cid, p.status, p.info, p.plan, p.goal_min, p.goal_target, p.goal_verified, p.content, p.providers,
              c.size_bytes, c.source_report
            FROM pin p JOIN content c ON c.cid = p.content
            WHERE p.request_id = $1 AND ($2::int IS NULL OR p.tenant_id = $2)
            """;
    private static final String COPIES = """
            SELECT provider, state, upstream_id, since, verified_at, failure, detail, evidence, due_at, attempts
            FROM replica WHERE content = $1 AND provider = ANY ($2) ORDER BY provider
            """;
    private static final String EVENTS = """
            SELECT e.at, e.type, e.provider, e.detail FROM event e, pin p
            WHERE p.request_id = $1 AND ($2::int IS NULL OR p.tenant_id = $2) AND e.content = p.content
              AND (e.request_id = p.request_id
                   OR e.request_id IS NULL AND e.at >= to_timestamp(p.created / 1000.0) - interval '1 second')
            ORDER BY e.id DESC LIMIT $3
            """;

    private final SqlClient reads;

    public PinDetails(SqlClient reads) {
        this.reads = reads;
    }

    /**
     * The decision about a pin with the copies it led to.
     *
     * @param tenantId whose pin it must be; null for the operator
     */
    public Future<Optional<JsonObject>> placement(UUID requestId, @Nullable Integer tenantId) {
        return reads.preparedQuery(PLACEMENT)
                .execute(Tuple.of(requestId).addValue(tenantId))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        return Future.succeededFuture(Optional.empty());
                    }
                    Row pin = rows.iterator().next();
                    String[] providers = pin.getArrayOfStrings(8);
                    return reads.preparedQuery(COPIES)
                            .execute(Tuple.of(pin.getString(7)).addValue(providers == null ? new String[0] : providers))
                            .map(copies -> {
                                JsonArray list = new JsonArray();
                                copies.forEach(copy -> list.add(copy(copy)));
                                return Optional.of(placement(requestId, pin, list));
                            });
                });
    }

    private static JsonObject placement(UUID requestId, Row pin, JsonArray copies) {
        Integer ack = pin.getInteger(4);
        JsonObject goal = ack == null
                ? null
                : new JsonObject()
                        .put("pinnedAt", ack)
                        .put("target", pin.getInteger(5))
                        .put("ack", Boolean.TRUE.equals(pin.getBoolean(6)) ? "verified" : "claimed");
        return new JsonObject()
                .put("requestid", requestId.toString())
                .put("cid", pin.getString(0))
                .put("status", PinStatus.of(pin.getShort(1)).word())
                .put("info", pin.getJsonObject(2))
                .put("sizeBytes", pin.getLong(9))
                .put("goal", goal)
                .put("placement", pin.getJsonObject(3))
                .put("sources", pin.getString(10))
                .put("replicas", copies);
    }

    private static JsonObject copy(Row row) {
        return new JsonObject()
                .put("provider", row.getString(0))
                .put("state", row.getString(1))
                .put("upstreamId", row.getString(2))
                .put("since", time(row.getOffsetDateTime(3)))
                .put("verifiedAt", time(row.getOffsetDateTime(4)))
                .put("failure", row.getString(5))
                .put("detail", row.getString(6))
                .put("evidence", row.getString(7))
                .put("nextTry", time(row.getOffsetDateTime(8)))
                .put("attempts", row.getInteger(9));
    }

    /** What happened to a pin and its copies, the newest {@code most}, oldest first; empty for an unknown pin. */
    public Future<JsonArray> events(UUID requestId, @Nullable Integer tenantId, int most) {
        return reads.preparedQuery(EVENTS)
                .execute(Tuple.of(requestId).addValue(tenantId).addValue(most))
                .map(rows -> {
                    JsonArray events = new JsonArray();
                    for (Row row : rows) {
                        events.add(
                                0,
                                new JsonObject()
                                        .put("at", time(row.getOffsetDateTime(0)))
                                        .put("type", row.getString(1))
                                        .put("provider", row.getString(2))
                                        .put("detail", row.getString(3)));
                    }
                    return events;
                });
    }

    private static @Nullable String time(@Nullable OffsetDateTime time) {
        return time == null
                ? null
                : time.withOffsetSameInstant(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString();
    }
}
