package dev.pinfold.broker.store;

import dev.pinfold.broker.cold.PieceNeed;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.policy.ColdPlaces;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Pieces that are sealed, while their deals are looked at, in PostgreSQL: by the broker alone that keeps the piece's file,
 * under a lease and a fencing number. Calls block.
 */
public final class DealPieces {
    private static final String CLAIM = """
            UPDATE piece SET lease_until = now() + $2 * interval '1 millisecond', fence = floor(random() * 9e15)::bigint,
              deals_due_at = now() + $2 * interval '1 millisecond'
            WHERE id = (
              SELECT id FROM piece
              WHERE state IN ('sealed', 'dealt') AND keeper = $1 AND deals_due_at <= now()
                AND (lease_until IS NULL OR lease_until <= now())
              ORDER BY urgent DESC, deals_due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, class, copies, commitment, padded_bytes, car_bytes, root, fence,
              (SELECT coalesce(sum(e.car_length), 0)::bigint FROM piece_entry e WHERE e.piece_id = piece.id AND e.removed_at IS NULL),
              EXISTS (SELECT 1 FROM piece_entry e WHERE e.piece_id = piece.id AND e.removed_at IS NULL),
              jurisdictions, leaving_since IS NOT NULL
            """;
    private static final String ABANDON = """
            UPDATE piece SET lease_until = NULL, deals_due_at = now()
            WHERE keeper = $1 AND state IN ('sealed', 'dealt') AND lease_until IS NOT NULL
            """;
    /** Whatever made the piece due since it was claimed is not forgotten. */
    private static final String SETTLED = """
            UPDATE piece SET lease_until = NULL, detail = $4,
              deals_due_at = CASE WHEN deals_due_at IS DISTINCT FROM lease_until THEN deals_due_at
                WHEN $3::bigint IS NULL THEN NULL ELSE now() + $3 * interval '1 millisecond' END
            FROM (SELECT id AS piece_id, detail AS known FROM piece WHERE id = $1) AS former
            WHERE id = $1 AND piece_id = id AND fence = $2
            RETURNING known IS DISTINCT FROM $4::text
            """;

    private static final String DROP = """
            UPDATE piece SET state = 'dropped', lease_until = NULL, deals_due_at = NULL, detail = NULL
            WHERE id = $1 AND fence = $2
              AND NOT EXISTS (SELECT 1 FROM piece_entry e WHERE e.piece_id = piece.id AND e.removed_at IS NULL)
            """;
    /** Its live contents are looked at anew, and find that they are nowhere else. */
    private static final String PACK_ANEW = """
            WITH leaving AS (
              UPDATE piece SET leaving_since = now() WHERE id = $1 AND fence = $2 AND leaving_since IS NULL RETURNING id
            ), live AS (
              SELECT content FROM piece_entry WHERE piece_id IN (SELECT id FROM leaving) AND removed_at IS NULL
            ), noted AS (
              INSERT INTO event (content, type, detail) SELECT content, 'cold.repacked', $3 FROM live
            )
            INSERT INTO cold_due (content) SELECT content FROM live ORDER BY content
            ON CONFLICT (content) DO UPDATE SET due_at = now()
            """;

    private static final String SUPERSEDE = """
            UPDATE piece_entry old SET removed_at = now() FROM piece p
            WHERE p.id = old.piece_id AND p.leaving_since IS NOT NULL AND p.id <> $1 AND old.removed_at IS NULL
              AND old.content IN (SELECT content FROM piece_entry WHERE piece_id = $1 AND removed_at IS NULL)
              AND EXISTS (SELECT 1 FROM piece WHERE id = $1 AND fence = $2 AND leaving_since IS NULL)
            """;

    private final Database database;
    private final UUID owner;
    private final DealStore deals;

    /**
     * Makes the store.
     *
     * @param owner this broker's own id, the same after every restart
     */
    public DealPieces(Database database, UUID owner, DealStore deals) {
        this.database = database;
        this.owner = owner;
        this.deals = deals;
    }

    private RowSet<Row> run(String statement, Tuple parameters) {
        return database.await(database.writes().preparedQuery(statement).execute(parameters));
    }

    /** Claims one piece whose deals are to be looked at. */
    public @Nullable PieceNeed claim(Duration lease) {
        for (Row row : run(CLAIM, Tuple.of(owner, lease.toMillis()))) {
            long id = row.getLong(0);
            return new PieceNeed(
                    id,
                    row.getString(1),
                    ColdPlaces.jurisdictions(row.getString(10)),
                    row.getInteger(2),
                    row.getBoolean(11),
                    row.getBoolean(9),
                    row.getLong(8),
                    new Piece(Node.of(row.getBuffer(3).getBytes()), PieceSize.ofPadded(row.getLong(4)), row.getLong(5)),
                    Cid.parse(row.getString(6)),
                    deals.ofPiece(id),
                    row.getLong(7));
        }
        return null;
    }

    /** Gives up the claims on pieces of a broker that was killed: for this broker, before it claims any. */
    public int abandonClaims() {
        return run(ABANDON, Tuple.of(owner)).rowCount();
    }

    /**
     * Gives a piece back.
     *
     * @param pause until its deals are looked at again; null: when something changes
     * @param detail what it lacks, in one line; null when nothing
     * @return whether that was not known before
     */
    public boolean settled(PieceNeed need, @Nullable Duration pause, @Nullable String detail) {
        for (Row row : run(
                SETTLED,
                Tuple.of(need.id(), need.fence())
                        .addValue(pause == null ? null : pause.toMillis())
                        .addValue(detail))) {
            return row.getBoolean(0);
        }
        return false;
    }

    /** Drops a piece that nobody wants. Its file is removed when pieces are swept. */
    public boolean drop(PieceNeed need) {
        return run(DROP, Tuple.of(need.id(), need.fence())).rowCount() > 0;
    }

    /**
     * Sends what is wanted of a piece into another bundle. The piece stays as it is until the other one is stored.
     *
     * @param note for the history of each content
     * @return whether that had not been done before
     */
    public boolean packAnew(PieceNeed need, String note) {
        return run(PACK_ANEW, Tuple.of(need.id(), need.fence(), note)).rowCount() > 0;
    }

    /**
     * Takes the contents of a piece, all of whose copies are stored, out of pieces that they were on their way from.
     * Returns how many places that were.
     */
    public int supersede(PieceNeed need) {
        return run(SUPERSEDE, Tuple.of(need.id(), need.fence())).rowCount();
    }
}
