package dev.pinfold.broker.store;

import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceSize;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is told of pieces: to the operator, and to storage providers that fetch them. */
public final class PieceDetails {
    private static final String SUMMARY = """
            SELECT p.id, p.state, p.class, p.copies, p.opened_at, p.closed_at, p.closed_by, p.sealed_at, p.commitment,
              p.padded_bytes, p.car_bytes, p.root, p.detail, count(e.content), count(e.removed_at),
              coalesce(sum(coalesce(e.car_length, e.bytes)), 0)::bigint,
              coalesce(sum(coalesce(e.car_length, e.bytes)) FILTER (WHERE e.removed_at IS NOT NULL), 0)::bigint
            FROM piece p LEFT JOIN piece_entry e ON e.piece_id = p.id
            """;
    private static final String LIST = SUMMARY
            + " WHERE $1::text IS NULL AND p.state <> 'dropped' OR p.state = $1 GROUP BY p.id ORDER BY p.id DESC LIMIT $2";
    private static final String ONE = SUMMARY
            + " WHERE p.id = $1::bigint OR p.commitment = $2::bytea GROUP BY p.id ORDER BY p.state = 'dropped', p.id DESC LIMIT 1";
    private static final String ENTRIES = """
            SELECT content, car_offset, car_length, removed_at IS NOT NULL FROM piece_entry WHERE piece_id = $1
            ORDER BY car_offset, content LIMIT $2
            """;
    private static final String FETCHABLE = """
            SELECT id, padded_bytes, car_bytes, EXISTS (SELECT 1 FROM piece_token t WHERE t.piece_id = piece.id AND t.hash = $2)
            FROM piece WHERE commitment = $1 AND state IN ('sealed', 'dealt') ORDER BY id
            """;

    private final SqlClient reads;

    public PieceDetails(SqlClient reads) {
        this.reads = reads;
    }

    /**
     * A piece that may be fetched.
     *
     * @param granted whether the token that was asked about is one of its deals'
     */
    public record Fetchable(long id, Piece piece, boolean granted) {}

    /** The pieces with this commitment, with whether the token of this hash opens them. */
    public Future<Optional<Fetchable>> fetchable(Node commitment, byte[] tokenHash) {
        return reads.preparedQuery(FETCHABLE)
                .execute(Tuple.of(Buffer.buffer(commitment.bytes()), Buffer.buffer(tokenHash)))
                .map(rows -> {
                    Fetchable best = null;
                    for (Row row : rows) {
                        if (best == null || row.getBoolean(3)) {
                            Piece piece = new Piece(commitment, PieceSize.ofPadded(row.getLong(1)), row.getLong(2));
                            best = new Fetchable(row.getLong(0), piece, row.getBoolean(3));
                        }
                    }
                    return Optional.ofNullable(best);
                });
    }

    /**
     * Pieces and bundles, the newest first.
     *
     * @param state null: all that are not dropped
     */
    public Future<JsonArray> list(@Nullable String state, int most) {
        return reads.preparedQuery(LIST)
                .execute(Tuple.tuple().addValue(state).addValue(most))
                .map(rows -> {
                    JsonArray all = new JsonArray();
                    rows.forEach(row -> all.add(summary(row)));
                    return all;
                });
    }

    /** One piece with its contents, the first {@code most} of them, by number or commitment. */
    public Future<Optional<JsonObject>> one(@Nullable Long id, @Nullable Node commitment, int most) {
        Tuple which =
                Tuple.tuple().addValue(id).addValue(commitment == null ? null : Buffer.buffer(commitment.bytes()));
        return reads.preparedQuery(ONE).execute(which).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row piece = rows.iterator().next();
            return reads.preparedQuery(ENTRIES)
                    .execute(Tuple.of(piece.getLong(0), most))
                    .map(entries -> Optional.of(summary(piece).put("entries", entries(entries))));
        });
    }

    private static JsonArray entries(Iterable<Row> rows) {
        JsonArray entries = new JsonArray();
        for (Row row : rows) {
            entries.add(new JsonObject()
                    .put("cid", row.getString(0))
                    .put("offset", row.getLong(1))
                    .put("length", row.getLong(2))
                    .put("removed", row.getBoolean(3)));
        }
        return entries;
    }

    private static JsonObject summary(Row row) {
        JsonObject json = new JsonObject()
                .put("id", row.getLong(0))
                .put("state", row.getString(1))
                .put("class", row.getString(2))
                .put("copies", row.getInteger(3))
                .put("contents", row.getLong(13))
                .put("removed", row.getLong(14))
                .put("contentBytes", row.getLong(15))
                .put("removedBytes", row.getLong(16))
                .put("openedAt", time(row.getOffsetDateTime(4)))
                .put("closedAt", time(row.getOffsetDateTime(5)))
                .put("closedBy", row.getString(6))
                .put("sealedAt", time(row.getOffsetDateTime(7)))
                .put("detail", row.getString(12));
        Buffer commitment = row.getBuffer(8);
        if (commitment != null) {
            Piece piece =
                    new Piece(Node.of(commitment.getBytes()), PieceSize.ofPadded(row.getLong(9)), row.getLong(10));
            long live = row.getLong(15) - row.getLong(16);
            json.put("pieceCid", piece.cidV2().toString())
                    .put("pieceCidV1", piece.cidV1().toString())
                    .put("root", row.getString(11))
                    .put("carBytes", piece.payload())
                    .put("paddedBytes", piece.size().padded())
                    .put("wasteBytes", piece.size().unpadded() - live)
                    .put("wastePercent", 100 - 100 * live / piece.size().unpadded());
        }
        return json;
    }

    private static @Nullable String time(@Nullable OffsetDateTime time) {
        return time == null
                ? null
                : time.withOffsetSameInstant(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString();
    }
}
