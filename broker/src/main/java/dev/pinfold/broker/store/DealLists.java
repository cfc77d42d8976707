package dev.pinfold.broker.store;

import dev.pinfold.broker.cold.Deal;
import dev.pinfold.broker.cold.DealState;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Deals as they are told to whoever asks. */
public final class DealLists {
    private static final String FROM = "SELECT " + DealRows.COLUMNS + " FROM deal d JOIN piece p ON p.id = d.piece_id";
    private static final String LIST = FROM + """
             WHERE ($1::uuid IS NULL OR d.id < $1) AND ($2::text IS NULL OR d.state = $2)
              AND ($3::bigint IS NULL OR d.piece_id = $3) AND ($4::text IS NULL OR d.provider = $4)
              AND ($5::text IS NULL OR d.piece_id IN (
                SELECT piece_id FROM piece_entry WHERE content = $5 AND car_offset IS NOT NULL))
            ORDER BY d.id DESC LIMIT $6
            """;
    private static final String ONE = FROM + " WHERE d.id = $1";

    private final SqlClient reads;

    public DealLists(SqlClient reads) {
        this.reads = reads;
    }

    /**
     * Which deals.
     *
     * @param state null: in any state
     * @param piece null: of any piece
     * @param provider the storage provider; null: with any
     * @param content the CIDv1 of a content that the piece has, also as waste; null: whatever it has
     */
    public record Filter(
            @Nullable DealState state,
            @Nullable Long piece,
            @Nullable String provider,
            @Nullable String content) {
        /** All. */
        public static final Filter ALL = new Filter(null, null, null, null);
    }

    /**
     * One page of deals, the newest first.
     *
     * @param before the last deal of the page before; null for the first page
     */
    public Future<List<Deal>> list(Filter filter, @Nullable UUID before, int most) {
        DealState state = filter.state();
        Tuple which = Tuple.tuple()
                .addValue(before)
                .addValue(state == null ? null : state.word())
                .addValue(filter.piece())
                .addValue(filter.provider())
                .addValue(filter.content())
                .addValue(most);
        return reads.preparedQuery(LIST).execute(which).map(rows -> {
            List<Deal> deals = new ArrayList<>();
            rows.forEach(row -> deals.add(DealRows.deal(row)));
            return deals;
        });
    }

    /** One deal. */
    public Future<Optional<Deal>> one(UUID id) {
        return reads.preparedQuery(ONE)
                .execute(Tuple.of(id))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(DealRows.deal(rows.iterator().next())));
    }
}
