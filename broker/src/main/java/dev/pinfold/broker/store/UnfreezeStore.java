package dev.pinfold.broker.store;

import dev.pinfold.content.Cid;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Content that only cold copies have, and its way back to hot ones. Calls block. */
public final class UnfreezeStore {
    private static final int MOST_PINS = 100;

    private static final String HOT = """
            SELECT count(*) FROM replica WHERE content = $1
              AND (state IN ('ordered', 'accepted', 'claimed', 'verified') OR (state = 'planned' AND failure IS NULL))
            """;
    private static final String WISHES = """
            SELECT request_id, plan ->> 'class' FROM pin
            WHERE content = $1 AND plan ->> 'class' IS NOT NULL AND replan IS NULL AND move_to IS NULL
            ORDER BY created LIMIT $2
            """;

    // A copy that gave wrong bytes stays set aside for its time.
    private static final String UNFREEZE = """
            WITH told AS (
              UPDATE content SET due_at = now() WHERE cid = $1 RETURNING cid
            ), asked AS (
              UPDATE pin SET replan = 'unfreeze'
              WHERE request_id = ANY ($2) AND replan IS NULL AND move_to IS NULL AND (SELECT count(*) FROM told) > 0
              RETURNING request_id
            ), again AS (
              UPDATE replica SET due_at = now()
              WHERE content = $1 AND state IN ('lost', 'failed') AND failure IS DISTINCT FROM 'wrong-bytes'
                AND due_at > now() AND (lease_until IS NULL OR lease_until <= now())
                AND (SELECT count(*) FROM asked) > 0
            ), noted AS (
              INSERT INTO event (content, type, detail)
              SELECT $1, 'content.unfrozen', $3 WHERE (SELECT count(*) FROM asked) > 0
            )
            SELECT count(*) FROM asked
            """;

    private final Database database;

    public UnfreezeStore(Database database) {
        this.database = database;
    }

    /** A pin that could have its content made hot again. */
    public record Wish(UUID requestId, String className) {}

    /**
     * A content.
     *
     * @param hotCopies how many hot copies there are or are being made
     * @param wishes its pins, the oldest first, at most 100; without those that are placed anew or moved anyway
     */
    public record Subject(int hotCopies, List<Wish> wishes) {
        /** Copies the list. */
        public Subject {
            wishes = List.copyOf(wishes);
        }
    }

    private RowSet<Row> run(String sql, Tuple parameters) {
        return database.await(database.bookkeeping().preparedQuery(sql).execute(parameters));
    }

    /** What is to be known for the decision. */
    public Subject subject(Cid content) {
        int hot = run(HOT, Tuple.of(content.canonical())).iterator().next().getInteger(0);
        List<Wish> wishes = new ArrayList<>();
        for (Row row : run(WISHES, Tuple.of(content.canonical(), MOST_PINS))) {
            wishes.add(new Wish(row.getUUID(0), row.getString(1)));
        }
        return new Subject(hot, wishes);
    }

    /**
     * Lets pins be placed anew and lost copies be tried now, and notes why.
     *
     * @return false when none of the pins is there any more, or all are placed anew anyway
     */
    public boolean unfreeze(Cid content, List<UUID> pins, String detail) {
        Tuple parameters = Tuple.tuple()
                .addValue(content.canonical())
                .addValue(pins.toArray(UUID[]::new))
                .addValue(detail);
        return run(UNFREEZE, parameters).iterator().next().getLong(0) > 0;
    }
}
