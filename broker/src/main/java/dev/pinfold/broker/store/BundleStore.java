package dev.pinfold.broker.store;

import dev.pinfold.broker.cold.Bundling;
import dev.pinfold.broker.cold.Bundling.Move;
import dev.pinfold.broker.cold.Bundling.Open;
import dev.pinfold.broker.cold.Bundling.Place;
import dev.pinfold.broker.cold.Bundling.Subject;
import dev.pinfold.broker.cold.Bundling.Want;
import dev.pinfold.broker.cold.PieceState;
import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.policy.ColdPlaces;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Contents on their way into bundles, in PostgreSQL. Contents whose wish changed are taken, decided upon and written back
 * in one transaction. Calls block.
 */
public final class BundleStore {
    private static final String TAKE = """
            SELECT content FROM cold_due WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
            """;
    private static final String WANTS = """
            SELECT p.content, p.plan ->> 'class', p.plan -> 'cold' ->> 'urgent' = 'true', p.status, p.created, p.meta
            FROM pin p WHERE p.content = ANY ($1) AND p.plan -> 'cold' IS NOT NULL
            """;
    private static final String SIZES = "SELECT cid, size_bytes FROM content WHERE cid = ANY ($1)";
    private static final String PLACES = """
            SELECT e.content, p.id, p.state, e.removed_at IS NOT NULL, p.leaving_since IS NOT NULL, p.jurisdictions
            FROM piece_entry e JOIN piece p ON p.id = e.piece_id WHERE e.content = ANY ($1) AND p.state <> 'dropped'
            """;
    private static final String FIND_OPEN =
            "SELECT id, contents, bytes FROM piece WHERE state = 'open' AND class = $1 AND jurisdictions = $2 FOR UPDATE";
    private static final String OPEN =
            "INSERT INTO piece (state, class, jurisdictions, copies) VALUES ('open', $1, $2, $3) RETURNING id";
    private static final String ENTER = """
            INSERT INTO piece_entry (content, piece_id, bytes)
            SELECT content, $1, bytes FROM unnest($2::text[], $3::bigint[]) AS u (content, bytes)
            """;
    private static final String GROW = """
            UPDATE piece SET contents = contents + $2, bytes = bytes + $3, urgent = urgent OR $4, copies = greatest(copies, $5)
            WHERE id = $1
            """;
    private static final String CLOSE = """
            UPDATE piece SET state = 'sealing', closed_at = now(), closed_by = $2, due_at = now()
            WHERE id = $1 AND state = 'open'
            """;
    /** While a bundle is open a content just leaves; afterwards its place is marked. */
    private static final String LEAVE = """
            WITH idle AS (
              SELECT content, piece_id FROM unnest($1::text[], $2::bigint[]) AS u (content, piece_id)
            ), gone AS (
              DELETE FROM piece_entry e USING piece p, idle i
              WHERE p.id = e.piece_id AND p.state = 'open' AND e.content = i.content AND e.piece_id = i.piece_id
              RETURNING e.piece_id, e.bytes
            ), shrunk AS (
              UPDATE piece SET contents = contents - g.n, bytes = piece.bytes - g.sum
              FROM (SELECT piece_id, count(*) AS n, sum(bytes) AS sum FROM gone GROUP BY 1) AS g
              WHERE piece.id = g.piece_id
            )
            UPDATE piece_entry e SET removed_at = now() FROM piece p, idle i
            WHERE p.id = e.piece_id AND p.state <> 'open' AND e.content = i.content AND e.piece_id = i.piece_id
              AND e.removed_at IS NULL
            """;

    private static final String RESTORE = """
            UPDATE piece_entry SET removed_at = NULL
            FROM unnest($1::text[], $2::bigint[]) AS u (content, piece)
            WHERE piece_entry.content = u.content AND piece_entry.piece_id = u.piece
            """;
    private static final String SETTLED = "DELETE FROM cold_due WHERE content = ANY ($1)";
    private static final String LATER = """
            UPDATE cold_due SET due_at = now() + u.millis * interval '1 millisecond'
            FROM unnest($1::text[], $2::bigint[]) AS u (content, millis) WHERE cold_due.content = u.content
            """;
    private static final String OPEN_BUNDLES = """
            SELECT p.id, p.class, p.contents, p.bytes, p.urgent,
              coalesce((SELECT min(added_at) FROM piece_entry e WHERE e.piece_id = p.id), now())
            FROM piece p WHERE p.state = 'open' FOR UPDATE OF p SKIP LOCKED
            """;

    private final Database database;

    public BundleStore(Database database) {
        this.database = database;
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    /** Takes due contents, lets each be decided upon and does what was decided. Returns how many there were. */
    public int settle(int most, Function<Subject, Move> decide) {
        return Transactions.in(database, database.bookkeeping(), sql -> {
            List<Subject> subjects = take(sql, most);
            Map<String, Move> moves = new LinkedHashMap<>();
            subjects.forEach(subject -> moves.put(subject.content(), decide.apply(subject)));
            join(sql, moves);
            leaveOrReturn(sql, moves);
            finish(sql, moves);
            return subjects.size();
        });
    }

    private List<Subject> take(SqlConnection sql, int most) {
        List<String> contents = new ArrayList<>();
        run(sql, TAKE, Tuple.of(most)).forEach(row -> contents.add(row.getString(0)));
        if (contents.isEmpty()) {
            return List.of();
        }
        Tuple cids = Tuple.tuple().addValue(contents.toArray(String[]::new));
        Map<String, List<Want>> wants = new LinkedHashMap<>();
        for (Row row : run(sql, WANTS, cids)) {
            wants.computeIfAbsent(row.getString(0), k -> new ArrayList<>())
                    .add(new Want(
                            row.getString(1),
                            Boolean.TRUE.equals(row.getBoolean(2)),
                            PinStatus.of(row.getShort(3)),
                            Instant.ofEpochMilli(row.getLong(4)),
                            ColdPlaces.jurisdictions(asked(row.getJsonObject(5)))));
        }
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (Row row : run(sql, SIZES, cids)) {
            Long size = row.getLong(1);
            if (size != null) {
                sizes.put(row.getString(0), size);
            }
        }
        Map<String, List<Place>> places = new LinkedHashMap<>();
        for (Row row : run(sql, PLACES, cids)) {
            places.computeIfAbsent(row.getString(0), k -> new ArrayList<>())
                    .add(new Place(
                            row.getLong(1),
                            PieceState.ofWord(row.getString(2)),
                            row.getBoolean(3),
                            row.getBoolean(4),
                            ColdPlaces.jurisdictions(row.getString(5))));
        }
        return contents.stream()
                .map(content -> new Subject(
                        content,
                        sizes.get(content),
                        wants.getOrDefault(content, List.of()),
                        places.getOrDefault(content, List.of())))
                .toList();
    }

    private static String asked(@Nullable JsonObject meta) {
        return meta == null ? "" : meta.getString(ColdPlaces.RESIDENCY, "");
    }

    /** Contents that may share a piece: of one class, and let into the same jurisdictions. */
    private record Kind(String className, String jurisdictions) {}

    /** What joins the open bundle of one kind, in portions that fit. */
    private void join(SqlConnection sql, Map<String, Move> moves) {
        Map<Kind, Map<String, Move.Join>> byKind = new LinkedHashMap<>();
        moves.forEach((content, move) -> {
            if (move instanceof Move.Join join) {
                Kind kind = new Kind(join.className(), String.join(",", join.jurisdictions()));
                byKind.computeIfAbsent(kind, k -> new LinkedHashMap<>()).put(content, join);
            }
        });
        byKind.forEach((kind, joining) -> join(sql, kind, joining));
    }

    private void join(SqlConnection sql, Kind kind, Map<String, Move.Join> joining) {
        Filling filling = null;
        for (Row row : run(sql, FIND_OPEN, Tuple.of(kind.className(), kind.jurisdictions()))) {
            filling = new Filling(row.getLong(0), row.getInteger(1), row.getLong(2));
        }
        for (Map.Entry<String, Move.Join> entry : joining.entrySet()) {
            Move.Join join = entry.getValue();
            if (filling != null && !filling.takes(join)) {
                pour(sql, filling);
                run(sql, CLOSE, Tuple.of(filling.id, "size"));
                filling = null;
            }
            if (filling == null) {
                long id = run(sql, OPEN, Tuple.of(kind.className(), kind.jurisdictions(), join.copies()))
                        .iterator()
                        .next()
                        .getLong(0);
                filling = new Filling(id, 0, 0);
            }
            filling.add(entry.getKey(), join);
        }
        if (filling != null) {
            pour(sql, filling);
        }
    }

    private void pour(SqlConnection sql, Filling filling) {
        if (filling.contents.isEmpty()) {
            return;
        }
        run(
                sql,
                ENTER,
                Tuple.of(filling.id)
                        .addValue(filling.contents.toArray(String[]::new))
                        .addValue(filling.sizes.toArray(Long[]::new)));
        run(
                sql,
                GROW,
                Tuple.of(
                        filling.id,
                        filling.contents.size(),
                        filling.sizes.stream().mapToLong(Long::longValue).sum(),
                        filling.urgent,
                        filling.copies));
    }

    /** An open bundle and what is about to be written into it. */
    private static final class Filling {
        private static final int MOST = Bundling.MOST_CONTENTS;

        private final long id;
        private final int before;
        private final List<String> contents = new ArrayList<>();
        private final List<Long> sizes = new ArrayList<>();
        private long bytes;
        private boolean urgent;
        private int copies;

        Filling(long id, int before, long bytes) {
            this.id = id;
            this.before = before;
            this.bytes = bytes;
        }

        boolean takes(Move.Join join) {
            int count = before + contents.size();
            return count == 0 || (count < MOST && bytes + join.bytes() <= join.room());
        }

        void add(String content, Move.Join join) {
            contents.add(content);
            sizes.add(join.bytes());
            bytes += join.bytes();
            urgent |= join.urgent();
            copies = Math.max(copies, join.copies());
        }
    }

    private void leaveOrReturn(SqlConnection sql, Map<String, Move> moves) {
        List<String> leaving = new ArrayList<>();
        List<Long> left = new ArrayList<>();
        List<String> restored = new ArrayList<>();
        List<Long> pieces = new ArrayList<>();
        moves.forEach((content, move) -> {
            switch (move) {
                case Move.Leave leave ->
                    leave.pieces().forEach(piece -> {
                        leaving.add(content);
                        left.add(piece);
                    });
                case Move.Restore restore -> {
                    restored.add(content);
                    pieces.add(restore.piece());
                }
                case Move.Join join -> {}
                case Move.Later later -> {}
                case Move.Stay stay -> {}
            }
        });
        if (!leaving.isEmpty()) {
            run(
                    sql,
                    LEAVE,
                    Tuple.tuple().addValue(leaving.toArray(String[]::new)).addValue(left.toArray(Long[]::new)));
        }
        if (!restored.isEmpty()) {
            run(
                    sql,
                    RESTORE,
                    Tuple.tuple().addValue(restored.toArray(String[]::new)).addValue(pieces.toArray(Long[]::new)));
        }
    }

    private void finish(SqlConnection sql, Map<String, Move> moves) {
        List<String> settled = new ArrayList<>();
        List<String> later = new ArrayList<>();
        List<Long> pauses = new ArrayList<>();
        moves.forEach((content, move) -> {
            Duration pause = pause(move);
            if (pause == null) {
                settled.add(content);
            } else {
                later.add(content);
                pauses.add(pause.toMillis());
            }
        });
        if (!settled.isEmpty()) {
            run(sql, SETTLED, Tuple.tuple().addValue(settled.toArray(String[]::new)));
        }
        if (!later.isEmpty()) {
            run(sql, LATER, Tuple.tuple().addValue(later.toArray(String[]::new)).addValue(pauses.toArray(Long[]::new)));
        }
    }

    private static @Nullable Duration pause(Move move) {
        return switch (move) {
            case Move.Later later -> later.pause();
            case Move.Leave leave -> Duration.ZERO;
            case Move.Join join -> join.again() ? Duration.ZERO : null;
            case Move.Restore restore -> null;
            case Move.Stay stay -> null;
        };
    }

    /** Closes the open bundles for which a reason is given. Returns how many. */
    public int close(Function<Open, Optional<String>> reason) {
        return Transactions.in(database, database.bookkeeping(), sql -> {
            int closed = 0;
            for (Row row : run(sql, OPEN_BUNDLES, Tuple.tuple())) {
                Open open = new Open(
                        row.getLong(0),
                        row.getString(1),
                        row.getInteger(2),
                        row.getLong(3),
                        row.getBoolean(4),
                        row.getOffsetDateTime(5).toInstant());
                Optional<String> why = reason.apply(open);
                if (why.isPresent()) {
                    closed += run(sql, CLOSE, Tuple.of(open.id(), why.get())).rowCount();
                }
            }
            return closed;
        });
    }
}
