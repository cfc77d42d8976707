package dev.pinfold.broker.store;

import dev.pinfold.broker.cold.ColdStanding;
import dev.pinfold.broker.cold.DealState;
import dev.pinfold.broker.cold.PieceState;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceSize;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how far contents have come in the cold tier. */
final class ColdStandings {
    /** A content that is in several pieces is shown as in the one with most copies stored, of those as in the newest. */
    private static final String OF_CONTENTS = """
            SELECT e.content, p.state, p.copies, p.commitment, p.padded_bytes, p.car_bytes, d.provider, d.state,
              coalesce(d.deal_id::text, d.allocation_id::text, d.id::text), d.slot
            FROM (
              SELECT DISTINCT ON (content) content, piece_id FROM piece_entry JOIN piece ON piece.id = piece_id
              WHERE content = ANY ($1) AND removed_at IS NULL AND state <> 'dropped'
              ORDER BY content, (
                SELECT count(DISTINCT slot) FROM deal
                WHERE deal.piece_id = piece.id AND deal.state IN ('active', 'ending')) DESC, piece_id DESC
            ) AS e
            JOIN piece p ON p.id = e.piece_id
            LEFT JOIN deal d ON d.piece_id = p.id
              AND d.state NOT IN ('expired', 'slashed', 'lost', 'failed', 'withdrawn')
            ORDER BY e.content, d.slot, d.id
            """;

    private final Database database;

    ColdStandings(Database database) {
        this.database = database;
    }

    Map<String, ColdStanding> of(SqlConnection sql, Tuple cids) {
        Map<String, Row> pieces = new LinkedHashMap<>();
        Map<String, List<ColdStanding.Line>> deals = new LinkedHashMap<>();
        for (Row row : database.await(sql.preparedQuery(OF_CONTENTS).execute(cids))) {
            pieces.put(row.getString(0), row);
            List<ColdStanding.Line> lines = deals.computeIfAbsent(row.getString(0), k -> new ArrayList<>());
            if (row.getString(6) != null) {
                lines.add(new ColdStanding.Line(
                        row.getInteger(9), row.getString(6), DealState.ofWord(row.getString(7)), row.getString(8)));
            }
        }
        Map<String, ColdStanding> standings = new LinkedHashMap<>();
        pieces.forEach((content, row) -> standings.put(
                content,
                new ColdStanding(
                        PieceState.ofWord(row.getString(1)),
                        pieceCid(row),
                        row.getInteger(2),
                        deals.getOrDefault(content, List.of()))));
        return standings;
    }

    private static @Nullable String pieceCid(Row row) {
        Buffer commitment = row.getBuffer(3);
        return commitment == null
                ? null
                : new Piece(Node.of(commitment.getBytes()), PieceSize.ofPadded(row.getLong(4)), row.getLong(5))
                        .cidV2()
                        .toString();
    }
}
