package dev.pinfold.broker.store;

import dev.pinfold.broker.cold.Checkpoint;
import dev.pinfold.broker.cold.Deal;
import dev.pinfold.broker.cold.DealIntent;
import dev.pinfold.broker.cold.DealState;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of the table {@code deal} as deals, and back. */
final class DealRows {
    /** What {@link #deal} reads, of {@code deal d JOIN piece p}. */
    static final String COLUMNS = """
            d.id, d.piece_id, d.slot, d.reason, d.replaces, d.maker, d.provider, d.mode, d.client, d.source,
            d.start_epoch, d.end_epoch, d.price_per_epoch::text AS price, d.collateral::text AS pledge, d.verified,
            d.fast_retrieval, d.state, d.proposal_cid, d.publish_message, d.deal_id, d.allocation_id, d.preparation,
            d.data_root, d.deal_piece, d.active_since, d.active_until, d.sector, d.proof, d.seen_epoch, d.seen_at,
            d.trouble, d.detail, d.attempts, d.stumbles, d.released, d.ordered_at, d.since, d.fence,
            p.class, p.commitment, p.padded_bytes, p.car_bytes, p.root,
            EXISTS (SELECT 1 FROM piece_entry e WHERE e.piece_id = d.piece_id AND e.removed_at IS NULL) AS wanted
            """;
    /** The places of {@link #checkpoint} from $4 on. */
    static final String SET_CHECKPOINT = """
            state = $4, proposal_cid = $5, publish_message = $6, deal_id = $7, allocation_id = $8, preparation = $9,
            data_root = $10, deal_piece = $11, active_since = $12, active_until = $13, sector = $14, proof = $15,
            seen_at = CASE WHEN $16::bigint IS DISTINCT FROM seen_epoch THEN now() ELSE seen_at END, seen_epoch = $16,
            trouble = $17, detail = $18, attempts = $19, stumbles = $20, released = $21,
            since = CASE WHEN state = $4 THEN since ELSE now() END
            """;

    private DealRows() {}

    static Deal deal(Row row) {
        Piece piece = new Piece(
                Node.of(row.getBuffer("commitment").getBytes()),
                PieceSize.ofPadded(row.getLong("padded_bytes")),
                row.getLong("car_bytes"));
        return new Deal(
                new DealIntent(
                        row.getLong("piece_id"),
                        row.getInteger("slot"),
                        DealIntent.Reason.ofWord(row.getString("reason")),
                        row.getUUID("replaces"),
                        row.getString("maker"),
                        order(row, piece)),
                checkpoint(row),
                row.getString("class"),
                piece.cidV2(),
                row.getOffsetDateTime("ordered_at").toInstant(),
                row.getOffsetDateTime("since").toInstant(),
                instant(row.getOffsetDateTime("seen_at")),
                row.getBoolean("wanted"),
                row.getLong("fence"));
    }

    private static DealOrder order(Row row, Piece piece) {
        UUID id = row.getUUID("id");
        return new DealOrder(
                id.toString(),
                id,
                DealMode.ofLabel(row.getString("mode")),
                row.getString("client"),
                row.getString("provider"),
                new DealPiece(piece.cidV1(), piece.size(), piece.payload(), Cid.parse(row.getString("root"))),
                new DealTerms(
                        new Epoch(row.getLong("start_epoch")),
                        new Epoch(row.getLong("end_epoch")),
                        AttoFil.parse(row.getString("price")),
                        AttoFil.parse(row.getString("pledge")),
                        row.getBoolean("verified"),
                        row.getBoolean("fast_retrieval")),
                new PieceSource(URI.create(row.getString("source")), Map.of()));
    }

    private static Checkpoint checkpoint(Row row) {
        String proof = row.getString("proof");
        String trouble = row.getString("trouble");
        return new Checkpoint(
                DealState.ofWord(row.getString("state")),
                new DealIds(
                        row.getString("proposal_cid"),
                        row.getString("publish_message"),
                        number(row.getLong("deal_id")),
                        number(row.getLong("allocation_id")),
                        row.getString("preparation"),
                        cid(row.getString("data_root")),
                        cid(row.getString("deal_piece"))),
                epoch(row.getLong("active_since")),
                epoch(row.getLong("active_until")),
                number(row.getLong("sector")),
                proof == null ? null : Proof.valueOf(enumName(proof)),
                epoch(row.getLong("seen_epoch")),
                trouble == null ? null : DealTrouble.valueOf(enumName(trouble)),
                row.getString("detail"),
                row.getInteger("attempts"),
                row.getInteger("stumbles"),
                row.getBoolean("released"));
    }

    /** Adds what {@link #SET_CHECKPOINT} needs. */
    static Tuple checkpoint(Tuple tuple, Checkpoint at) {
        DealIds ids = at.ids();
        Proof proof = at.proof();
        DealTrouble trouble = at.trouble();
        return tuple.addValue(at.state().word())
                .addValue(ids.proposalCid())
                .addValue(ids.publishMessage())
                .addValue(number(ids.dealId()))
                .addValue(number(ids.allocationId()))
                .addValue(ids.preparation())
                .addValue(text(ids.dataRoot()))
                .addValue(text(ids.dealPiece()))
                .addValue(height(at.activeSince()))
                .addValue(height(at.activeUntil()))
                .addValue(number(at.sector()))
                .addValue(proof == null ? null : word(proof))
                .addValue(height(at.asOf()))
                .addValue(trouble == null ? null : word(trouble))
                .addValue(at.detail())
                .addValue(at.attempts())
                .addValue(at.stumbles())
                .addValue(at.released());
    }

    /** The word in columns and JSON for a constant with several words. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String enumName(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static OptionalLong number(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static @Nullable Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static @Nullable Epoch epoch(@Nullable Long height) {
        return height == null ? null : new Epoch(height);
    }

    private static @Nullable Long height(@Nullable Epoch epoch) {
        return epoch == null ? null : epoch.height();
    }

    private static @Nullable Cid cid(@Nullable String text) {
        return text == null ? null : Cid.parse(text);
    }

    private static @Nullable String text(@Nullable Cid cid) {
        return cid == null ? null : cid.toString();
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
