package dev.pinfold.broker.store;

import dev.pinfold.broker.cold.ColdStanding;
import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.replica.Projection.Goal;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore.Charge;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.GoneWork;
import dev.pinfold.broker.store.PlacementStore.PinWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what is to be decided upon: due contents with their pins, copies, deleted pins and charges. */
final class DueContents {
    private static final String TAKE = """
            SELECT cid, size_bytes, source_report FROM content WHERE due_at <= now()
            ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
            """;
    private static final String PINS = """
            SELECT p.content, p.request_id, tenant.name, coalesce(token.name, ''), p.status, p.name, p.meta, p.created,
              p.info, p.delegates, p.providers, p.goal_min, p.goal_target, p.goal_verified,
              p.tenant_id, p.token_id, p.move_to, p.replan, p.degraded, p.decided_size, p.expires_at,
              p.plan ->> 'class', (p.plan -> 'cold') IS NOT NULL
            FROM pin p JOIN tenant ON tenant.id = p.tenant_id LEFT JOIN token ON token.id = p.token_id
            WHERE p.content = ANY ($1) ORDER BY p.created
            """;
    private static final String COPIES = """
            SELECT content, id, provider, state, order_key IS NOT NULL, delegates, failure, detail, since,
              lost_at
            FROM replica WHERE content = ANY ($1) ORDER BY provider
            """;
    private static final String GONE = """
            SELECT g.content, g.request_id, tenant.name, coalesce(token.name, ''), g.name, g.meta, g.at,
              g.tenant_id, g.token_id, g.move_to, g.replan
            FROM pin_gone g JOIN tenant ON tenant.id = g.tenant_id LEFT JOIN token ON token.id = g.token_id
            WHERE g.content = ANY ($1) ORDER BY g.at
            """;

    private final Database database;
    private final Charges charges;

    DueContents(Database database, Charges charges) {
        this.database = database;
        this.charges = charges;
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    /** Takes due contents, oldest first, with all that a decision about them needs; they stay locked. */
    List<Work> take(SqlConnection sql, int most) {
        Map<String, Row> contents = new LinkedHashMap<>();
        for (Row row : run(sql, TAKE, Tuple.of(most))) {
            contents.put(row.getString(0), row);
        }
        if (contents.isEmpty()) {
            return List.of();
        }
        Tuple cids = Tuple.tuple().addValue(contents.keySet().toArray(String[]::new));
        Map<String, List<PinWork>> pins = new LinkedHashMap<>();
        for (Row row : run(sql, PINS, cids)) {
            pins.computeIfAbsent(row.getString(0), k -> new ArrayList<>()).add(pin(row));
        }
        Map<String, List<CopyWork>> copies = new LinkedHashMap<>();
        for (Row row : run(sql, COPIES, cids)) {
            copies.computeIfAbsent(row.getString(0), k -> new ArrayList<>()).add(copy(row));
        }
        Map<String, List<GoneWork>> gone = new LinkedHashMap<>();
        for (Row row : run(sql, GONE, cids)) {
            gone.computeIfAbsent(row.getString(0), k -> new ArrayList<>()).add(gone(row));
        }
        Map<String, List<Charge>> charged = charges.of(sql, contents.keySet());
        Map<String, ColdStanding> cold = new ColdStandings(database).of(sql, cids);
        return contents.values().stream()
                .map(row -> new Work(
                        row.getString(0),
                        row.getLong(1),
                        row.getString(2),
                        pins.getOrDefault(row.getString(0), List.of()),
                        copies.getOrDefault(row.getString(0), List.of()),
                        gone.getOrDefault(row.getString(0), List.of()),
                        charged.getOrDefault(row.getString(0), List.of()),
                        cold.get(row.getString(0))))
                .toList();
    }

    private static PinWork pin(Row row) {
        String[] providers = row.getArrayOfStrings(10);
        Integer ack = row.getInteger(11);
        return new PinWork(
                row.getUUID(1),
                row.getInteger(14),
                row.getUUID(15),
                row.getString(2),
                row.getString(3),
                PinStatus.of(row.getShort(4)),
                row.getString(5),
                strings(row.getJsonObject(6)),
                row.getLong(7),
                strings(row.getJsonObject(8)),
                list(row.getJsonArray(9)),
                providers == null ? Optional.empty() : Optional.of(List.of(providers)),
                ack == null ? null : new Goal(ack, row.getInteger(12), row.getBoolean(13)),
                Optional.ofNullable(row.getArrayOfStrings(16)).map(List::of),
                row.getString(17),
                row.getBoolean(18),
                row.getLong(19),
                instant(row.getOffsetDateTime(20)),
                row.getString(21),
                row.getBoolean(22));
    }

    private static GoneWork gone(Row row) {
        return new GoneWork(
                row.getUUID(1),
                row.getInteger(7),
                row.getUUID(8),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                strings(row.getJsonObject(5)),
                row.getOffsetDateTime(6).toInstant(),
                Optional.ofNullable(row.getArrayOfStrings(9)).map(List::of),
                row.getString(10));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    private static CopyWork copy(Row row) {
        return new CopyWork(
                row.getLong(1),
                row.getString(2),
                ReplicaState.ofWord(row.getString(3)),
                row.getBoolean(4),
                list(row.getJsonArray(5)),
                row.getString(6),
                row.getString(7),
                row.getOffsetDateTime(8).toInstant(),
                instant(row.getOffsetDateTime(9)));
    }

    private static Map<String, String> strings(@Nullable JsonObject json) {
        Map<String, String> strings = new LinkedHashMap<>();
        if (json != null) {
            json.forEach(entry -> strings.put(entry.getKey(), String.valueOf(entry.getValue())));
        }
        return strings;
    }

    private static List<String> list(@Nullable JsonArray json) {
        return json == null ? List.of() : json.stream().map(String::valueOf).toList();
    }
}
