package dev.pinfold.broker.store;

import dev.pinfold.content.piece.Piece;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Closed bundles and pieces in PostgreSQL. A bundle is written by whoever holds its lease, and recorded under a fencing
 * number; a lost lease records nothing. Calls block.
 */
public final class PieceStore {

    private static final String CLAIM = """
            UPDATE piece SET lease_until = now() + $1 * interval '1 millisecond', fence = floor(random() * 9e15)::bigint,
              keeper = $2
            WHERE id = (
              SELECT id FROM piece
              WHERE state = 'sealing' AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
              ORDER BY urgent DESC, closed_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, class, fence
            """;
    private static final String ABANDON =
            "UPDATE piece SET lease_until = NULL WHERE keeper = $1 AND state = 'sealing' AND lease_until IS NOT NULL";
    private static final String EXTEND =
            "UPDATE piece SET lease_until = now() + $3 * interval '1 millisecond' WHERE id = $1 AND fence = $2";
    private static final String CONTENTS =
            "SELECT content FROM piece_entry WHERE piece_id = $1 AND removed_at IS NULL ORDER BY added_at, content";
    private static final String SEALED = """
            UPDATE piece SET state = 'sealed', sealed_at = now(), lease_until = NULL, detail = NULL, commitment = $3,
              padded_bytes = $4, car_bytes = $5, root = $6, keeper = $7
            WHERE id = $1 AND fence = $2 AND state = 'sealing'
            """;
    private static final String PLACED = """
            UPDATE piece_entry SET car_offset = u.car_offset, car_length = u.car_length
            FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS u (content, car_offset, car_length)
            WHERE piece_entry.piece_id = $1 AND piece_entry.content = u.content
            """;
    /** What was not written goes back to be bundled again, unless nobody wants it. */
    private static final String SPILLED = """
            WITH gone AS (
              DELETE FROM piece_entry WHERE piece_id = $1 AND car_offset IS NULL RETURNING content, removed_at
            )
            INSERT INTO cold_due (content) SELECT content FROM gone WHERE removed_at IS NULL ON CONFLICT DO NOTHING
            """;

    private static final String NOTE = """
            INSERT INTO event (content, type, detail)
            SELECT content, 'cold.sealed', $2 FROM piece_entry WHERE piece_id = $1 AND removed_at IS NULL
            """;
    private static final String POSTPONE = """
            UPDATE piece SET lease_until = NULL, due_at = now() + $3 * interval '1 millisecond', detail = $4
            WHERE id = $1 AND fence = $2
            """;
    private static final String EMPTY = """
            UPDATE piece SET state = 'dropped', lease_until = NULL WHERE id = $1 AND fence = $2 AND state = 'sealing'
            """;
    private static final String DROP_UNWANTED = """
            UPDATE piece SET state = 'dropped'
            WHERE state = 'sealed'
              AND NOT EXISTS (SELECT 1 FROM piece_entry e WHERE e.piece_id = piece.id AND e.removed_at IS NULL)
            """;
    private static final String KEPT =
            "SELECT id FROM piece WHERE id = ANY ($1) AND state IN ('sealing', 'sealed', 'dealt')";
    private static final String HOLDINGS = """
            SELECT e.piece_id, e.car_offset, e.car_length FROM piece_entry e JOIN piece p ON p.id = e.piece_id
            WHERE e.content = $1 AND e.car_offset IS NOT NULL AND p.state IN ('sealed', 'dealt') ORDER BY p.id DESC
            """;
    private static final String GRANT =
            "INSERT INTO piece_token (hash, piece_id, deal) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";

    private final Database database;

    public PieceStore(Database database) {
        this.database = database;
    }

    /** A bundle that this broker alone may write, until its lease ends. */
    public record Claim(long id, String className, long fence) {}

    /** A content's place in a sealed piece. */
    public record Region(String content, long offset, long length) {}

    /** What is recorded of a sealed piece. */
    public record Sealed(Piece piece, String root, List<Region> regions) {
        public Sealed {
            regions = List.copyOf(regions);
        }
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    private RowSet<Row> run(String statement, Tuple parameters) {
        return database.await(database.bookkeeping().preparedQuery(statement).execute(parameters));
    }

    /**
     * Claims a closed bundle to be written.
     *
     * @param keeper the broker that writes it, and then keeps its file
     */
    public Optional<Claim> claim(Duration lease, UUID keeper) {
        for (Row row : run(CLAIM, Tuple.of(lease.toMillis(), keeper))) {
            return Optional.of(new Claim(row.getLong(0), row.getString(1), row.getLong(2)));
        }
        return Optional.empty();
    }

    /** Gives up the claims of a broker that was killed while it wrote bundles: for that broker, before it claims any. */
    public int abandonClaims(UUID keeper) {
        return run(ABANDON, Tuple.of(keeper)).rowCount();
    }

    /** Makes the lease longer; false when it is no longer ours. */
    public boolean extend(Claim claim, Duration lease) {
        return run(EXTEND, Tuple.of(claim.id(), claim.fence(), lease.toMillis()))
                        .rowCount()
                > 0;
    }

    /** What is to be written, in its order: without what nobody wants any more. */
    public List<String> contents(Claim claim) {
        List<String> contents = new ArrayList<>();
        run(CONTENTS, Tuple.of(claim.id())).forEach(row -> contents.add(row.getString(0)));
        return contents;
    }

    /**
     * Records a piece whose file is on the disk. Contents that are not in it are bundled again.
     *
     * @param keeper the broker that has the file
     * @return false when the lease is no longer ours; then nothing was recorded
     */
    public boolean sealed(Claim claim, Sealed sealed, UUID keeper, String note) {
        return Transactions.in(database, database.writes(), sql -> {
            Tuple piece = Tuple.of(
                            claim.id(),
                            claim.fence(),
                            Buffer.buffer(sealed.piece().commitment().bytes()),
                            sealed.piece().size().padded(),
                            sealed.piece().payload())
                    .addValue(sealed.root())
                    .addValue(keeper);
            if (run(sql, SEALED, piece).rowCount() == 0) {
                return false;
            }
            run(sql, PLACED, places(claim, sealed.regions()));
            run(sql, SPILLED, Tuple.of(claim.id()));
            run(sql, NOTE, Tuple.of(claim.id(), note));
            return true;
        });
    }

    private static Tuple places(Claim claim, List<Region> regions) {
        return Tuple.of(claim.id())
                .addValue(regions.stream().map(Region::content).toArray(String[]::new))
                .addValue(regions.stream().map(Region::offset).toArray(Long[]::new))
                .addValue(regions.stream().map(Region::length).toArray(Long[]::new));
    }

    /** Gives a claim back, to be tried again after a pause. */
    public void postpone(Claim claim, Duration pause, String detail) {
        run(POSTPONE, Tuple.of(claim.id(), claim.fence(), pause.toMillis(), detail));
    }

    /** Drops a bundle of which nothing is left; what is in it is bundled again where it is wanted. */
    public void dropEmpty(Claim claim) {
        Transactions.in(database, database.writes(), sql -> {
            if (run(sql, EMPTY, Tuple.of(claim.id(), claim.fence())).rowCount() > 0) {
                run(sql, SPILLED, Tuple.of(claim.id()));
            }
            return true;
        });
    }

    /** Drops sealed pieces that no deal was ordered for and nobody wants. Returns how many. */
    public int dropUnwanted() {
        return run(DROP_UNWANTED, Tuple.tuple()).rowCount();
    }

    /** Which of these pieces are still to be kept on disk. */
    public List<Long> kept(List<Long> ids) {
        List<Long> kept = new ArrayList<>();
        run(KEPT, Tuple.tuple().addValue(ids.toArray(Long[]::new))).forEach(row -> kept.add(row.getLong(0)));
        return kept;
    }

    /** Where a content is in a sealed piece. */
    public record Holding(long piece, long offset, long length) {}

    /** The pieces that have a content, the newest first, also where it is waste. */
    public List<Holding> holdings(String content) {
        List<Holding> holdings = new ArrayList<>();
        run(HOLDINGS, Tuple.of(content))
                .forEach(row -> holdings.add(new Holding(row.getLong(0), row.getLong(1), row.getLong(2))));
        return holdings;
    }

    /** Lets whoever has the token of this hash fetch a piece, for one deal. */
    public void grant(long piece, byte[] tokenHash, String deal) {
        database.await(database.writes().preparedQuery(GRANT).execute(Tuple.of(Buffer.buffer(tokenHash), piece, deal)));
    }
}
