package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceCid;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.PieceSource;
import java.util.TreeMap;

/**
 * The deal of Curio's market 2.0 as JSON. Fields that have no value are left out: an empty text where Go expects an address
 * need not be one.
 */
final class Mk20Wire {
    private Mk20Wire() {}

    static ObjectNode deal(DealOrder order, DealIds ids) {
        ObjectNode deal = JsonNodeFactory.instance.objectNode();
        deal.put("identifier", order.ulid());
        deal.put("client", order.client());
        ObjectNode data = deal.putObject("data");
        data.putObject("piece_cid").put("/", pieceCid(order.piece()).toString());
        data.putObject("format").putObject("car");
        source(data, order.source());
        ObjectNode products = deal.putObject("products");
        ObjectNode ddo = products.putObject("ddo_v1");
        ddo.put("provider", order.provider());
        ddo.put("start_epoch", order.terms().start().height());
        ddo.put("duration", order.terms().duration());
        ids.allocationId().ifPresent(id -> ddo.put("allocation_id", id));
        ObjectNode retrieval = products.putObject("retrieval_v1");
        retrieval.put("indexing", order.terms().fastRetrieval());
        retrieval.put("announce_payload", order.terms().fastRetrieval());
        retrieval.put("announce_piece", false);
        return deal;
    }

    /** The piece CID of version 2, which tells the payload's length too. */
    static Cid pieceCid(DealPiece piece) {
        PieceSize size = piece.size();
        return new Piece(PieceCid.of(piece.pieceCid()).commitment(), size, piece.carBytes()).cidV2();
    }

    /** Header values are lists, as Go's are, unlike those of mk12. */
    private static void source(ObjectNode data, PieceSource source) {
        ObjectNode url = data.putObject("source_http").putArray("urls").addObject();
        url.put("url", source.url().toString());
        ObjectNode headers = url.putObject("headers");
        new TreeMap<>(source.headers())
                .forEach((name, value) -> headers.putArray(name).add(value));
        url.put("priority", 0);
        url.put("fallback", false);
    }
}
