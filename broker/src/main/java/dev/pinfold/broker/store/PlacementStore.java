package dev.pinfold.broker.store;

import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.replica.Projection.Goal;
import dev.pinfold.broker.replica.ReplicaState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Due contents with their pins and copies, taken, decided upon and written back in one transaction. While it lasts the
 * content row is locked, so no pin is added to it and no copy of it changes under the decision.
 */
public final class PlacementStore {
    private static final String TAKE = """
            SELECT cid, size_bytes, source_report FROM content WHERE due_at <= now()
            ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
            """;
    private static final String PINS = """
            SELECT p.content, p.request_id, tenant.name, coalesce(token.name, ''), p.status, p.name, p.meta, p.created,
              p.info, p.delegates, p.providers, p.goal_min, p.goal_target, p.goal_verified
            FROM pin p JOIN tenant ON tenant.id = p.tenant_id LEFT JOIN token ON token.id = p.token_id
            WHERE p.content = ANY ($1) ORDER BY p.created
            """;
    private static final String COPIES = """
            SELECT content, id, provider, state, order_key IS NOT NULL, delegates, failure, detail, since
            FROM replica WHERE content = ANY ($1) ORDER BY provider
            """;
    private static final String WRITE_PINS = """
            WITH said AS (
              SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[],
                $7::int[], $8::int[], $9::boolean[], $10::bigint[], $11::text[], $12::text[])
              AS u (id, status, info, delegates, plan, providers, ack, target, verified, revision, event, detail)
            ), noted AS (
              INSERT INTO event (content, request_id, type, detail)
              SELECT pin.content, said.id, said.event, said.detail
              FROM said JOIN pin ON pin.request_id = said.id WHERE said.event IS NOT NULL
            )
            UPDATE pin SET status = said.status, info = said.info::jsonb, delegates = said.delegates::jsonb,
              plan = coalesce(said.plan::jsonb, pin.plan),
              providers = CASE WHEN said.providers IS NULL THEN pin.providers ELSE string_to_array(said.providers, ',') END,
              goal_min = said.ack, goal_target = said.target, goal_verified = said.verified,
              policy_revision = coalesce(said.revision, pin.policy_revision)
            FROM said WHERE pin.request_id = said.id
            """;
    private static final String ADD_COPIES = """
            INSERT INTO replica (content, provider, state, due_at)
            SELECT content, provider, 'planned', now() FROM unnest($1::text[], $2::text[]) AS u (content, provider)
            ON CONFLICT (content, provider) DO NOTHING
            """;
    private static final String RECALL = """
            UPDATE replica SET state = CASE WHEN order_key IS NULL THEN 'planned' ELSE 'ordered' END,
              since = now(), looks = 0, due_at = now(), fence = floor(random() * 9e15)::bigint
            WHERE id = ANY ($1) AND state = 'retiring'
            """;
    private static final String RETIRE = """
            UPDATE replica SET state = 'retiring', since = now(), looks = 0, fence = floor(random() * 9e15)::bigint,
              failure = NULL, detail = NULL,
              due_at = now() + CASE WHEN order_key IS NULL THEN 0 ELSE $2 END * interval '1 millisecond'
            WHERE id = ANY ($1) AND state <> 'retiring'
            """;
    private static final String SETTLED = """
            UPDATE content SET due_at = now() + u.millis * interval '1 millisecond'
            FROM unnest($1::text[], $2::bigint[]) AS u (cid, millis) WHERE content.cid = u.cid
            """;
    private static final String CLEAR = """
            DELETE FROM content WHERE cid = ANY ($1)
              AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.content = content.cid)
              AND NOT EXISTS (SELECT 1 FROM replica WHERE replica.content = content.cid)
            """;
    private static final String MARK_ALL = "UPDATE content SET due_at = now()";

    private final Database database;

    public PlacementStore(Database database) {
        this.database = database;
    }

    /** A due content. */
    public record Work(
            String content,
            @Nullable Long sizeBytes,
            @Nullable String sourceReport,
            List<PinWork> pins,
            List<CopyWork> copies) {
        public Work {
            pins = List.copyOf(pins);
            copies = List.copyOf(copies);
        }
    }

    /**
     * A pin of a due content.
     *
     * @param providers where the last decision put its copies; empty while there is none
     */
    public record PinWork(
            UUID requestId,
            String tenant,
            String token,
            PinStatus status,
            @Nullable String name,
            Map<String, String> meta,
            long created,
            Map<String, String> info,
            List<String> delegates,
            Optional<List<String>> providers,
            @Nullable Goal goal) {}

    /** A copy of a due content. */
    public record CopyWork(
            long id,
            String provider,
            ReplicaState state,
            boolean ordered,
            List<String> delegates,
            @Nullable String failure,
            @Nullable String detail,
            Instant since) {}

    /**
     * What was decided for one content.
     *
     * @param pins the pins that change
     * @param wanted providers that shall have a copy
     * @param next when to look again; null: when something happens
     */
    public record Decision(
            String content,
            List<PinChange> pins,
            Collection<String> wanted,
            @Nullable Duration next) {}

    /**
     * What is written to a pin.
     *
     * @param planJson the whole plan; null keeps the last one
     * @param providers null keeps the last decision
     * @param event the event to note; null where nothing is worth one
     */
    public record PinChange(
            UUID requestId,
            PinStatus status,
            Map<String, String> info,
            List<String> delegates,
            @Nullable String planJson,
            @Nullable List<String> providers,
            Goal goal,
            @Nullable Long policyRevision,
            @Nullable String event,
            @Nullable String eventDetail) {}

    /**
     * Takes due contents, lets them be decided upon and writes the decisions.
     *
     * @param grace how long a copy that nobody wants is kept
     * @return how many contents were settled
     */
    public int settle(int most, Duration grace, Function<List<Work>, List<Decision>> decide) {
        SqlConnection sql = database.await(database.bookkeeping().getConnection());
        try {
            Transaction transaction = database.await(sql.begin());
            try {
                List<Work> work = take(sql, most);
                if (!work.isEmpty()) {
                    write(sql, work, decide.apply(work), grace);
                }
                database.await(transaction.commit());
                return work.size();
            } catch (RuntimeException e) {
                rollback(transaction, e);
                throw e;
            }
        } finally {
            sql.close();
        }
    }

    private void rollback(Transaction transaction, RuntimeException cause) {
        try {
            database.await(transaction.rollback());
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    private List<Work> take(SqlConnection sql, int most) {
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
        return contents.values().stream()
                .map(row -> new Work(
                        row.getString(0),
                        row.getLong(1),
                        row.getString(2),
                        pins.getOrDefault(row.getString(0), List.of()),
                        copies.getOrDefault(row.getString(0), List.of())))
                .toList();
    }

    private static PinWork pin(Row row) {
        String[] providers = row.getArrayOfStrings(10);
        Integer ack = row.getInteger(11);
        return new PinWork(
                row.getUUID(1),
                row.getString(2),
                row.getString(3),
                PinStatus.of(row.getShort(4)),
                row.getString(5),
                strings(row.getJsonObject(6)),
                row.getLong(7),
                strings(row.getJsonObject(8)),
                list(row.getJsonArray(9)),
                providers == null ? Optional.empty() : Optional.of(List.of(providers)),
                ack == null ? null : new Goal(ack, row.getInteger(12), row.getBoolean(13)));
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
                row.getOffsetDateTime(8).toInstant());
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

    private void write(SqlConnection sql, List<Work> work, List<Decision> decisions, Duration grace) {
        List<PinChange> pins =
                decisions.stream().flatMap(d -> d.pins().stream()).toList();
        if (!pins.isEmpty()) {
            run(sql, WRITE_PINS, columns(pins));
        }
        Map<String, Work> byContent = work.stream().collect(Collectors.toMap(Work::content, w -> w));
        List<String> newContents = new ArrayList<>();
        List<String> newProviders = new ArrayList<>();
        List<Long> recalled = new ArrayList<>();
        List<Long> retired = new ArrayList<>();
        for (Decision decision : decisions) {
            List<CopyWork> copies = Optional.ofNullable(byContent.get(decision.content()))
                    .orElseThrow()
                    .copies();
            for (String provider : decision.wanted()) {
                if (copies.stream().noneMatch(c -> c.provider().equals(provider))) {
                    newContents.add(decision.content());
                    newProviders.add(provider);
                }
            }
            for (CopyWork copy : copies) {
                boolean wanted = decision.wanted().contains(copy.provider());
                boolean forgettable = copy.state() == ReplicaState.FAILED && !copy.ordered();
                if (wanted && copy.state() == ReplicaState.RETIRING) {
                    recalled.add(copy.id());
                } else if (!wanted && copy.state() != ReplicaState.RETIRING && !forgettable) {
                    retired.add(copy.id());
                }
            }
        }
        writeCopies(sql, newContents, newProviders, recalled, retired, grace);
        finish(sql, decisions);
    }

    private void writeCopies(
            SqlConnection sql,
            List<String> contents,
            List<String> providers,
            List<Long> recalled,
            List<Long> retired,
            Duration grace) {
        if (!contents.isEmpty()) {
            run(
                    sql,
                    ADD_COPIES,
                    Tuple.tuple().addValue(contents.toArray(String[]::new)).addValue(providers.toArray(String[]::new)));
        }
        if (!recalled.isEmpty()) {
            run(sql, RECALL, Tuple.tuple().addValue(recalled.toArray(Long[]::new)));
        }
        if (!retired.isEmpty()) {
            run(sql, RETIRE, Tuple.of(retired.toArray(Long[]::new), grace.toMillis()));
        }
    }

    private void finish(SqlConnection sql, List<Decision> decisions) {
        String[] cids = decisions.stream().map(Decision::content).toArray(String[]::new);
        @Nullable Long[] millis = new @Nullable Long[cids.length];
        for (int i = 0; i < cids.length; i++) {
            Duration next = decisions.get(i).next();
            millis[i] = next == null ? null : next.toMillis();
        }
        run(sql, SETTLED, Tuple.tuple().addValue(cids).addValue(millis));
        String[] unwanted = decisions.stream()
                .filter(d -> d.wanted().isEmpty())
                .map(Decision::content)
                .toArray(String[]::new);
        if (unwanted.length > 0) {
            run(sql, CLEAR, Tuple.tuple().addValue(unwanted));
        }
    }

    private static Tuple columns(List<PinChange> pins) {
        return Tuple.tuple()
                .addValue(pins.stream().map(PinChange::requestId).toArray(UUID[]::new))
                .addValue(pins.stream().map(p -> p.status().code()).toArray(Short[]::new))
                .addValue(texts(pins, p -> new JsonObject(new LinkedHashMap<>(p.info())).encode()))
                .addValue(texts(pins, p -> new JsonArray(p.delegates()).encode()))
                .addValue(texts(pins, PinChange::planJson))
                .addValue(texts(pins, p -> p.providers() == null ? null : String.join(",", p.providers())))
                .addValue(pins.stream().map(p -> p.goal().ack()).toArray(Integer[]::new))
                .addValue(pins.stream().map(p -> p.goal().target()).toArray(Integer[]::new))
                .addValue(pins.stream().map(p -> p.goal().verified()).toArray(Boolean[]::new))
                .addValue(pins.stream().map(PinChange::policyRevision).toArray(Long[]::new))
                .addValue(texts(pins, PinChange::event))
                .addValue(texts(pins, PinChange::eventDetail));
    }

    private static @Nullable String[] texts(List<PinChange> pins, Function<PinChange, @Nullable String> text) {
        @Nullable String[] texts = new @Nullable String[pins.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = text.apply(pins.get(i));
        }
        return texts;
    }

    /** Lets every content be decided upon again, for example because the fleet is another one. */
    public void markAllDue() {
        database.await(database.writes().query(MARK_ALL).execute());
    }
}
