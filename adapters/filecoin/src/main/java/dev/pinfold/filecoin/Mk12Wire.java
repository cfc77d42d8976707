package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.filecoin.Cbor.Wrong;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of Curio's mk12 over HTTP, the same bytes as the libp2p protocol {@code /fil/storage/mk/1.2.1}. Answers are
 * read by field name; Go writes the fields of a map in any order it likes.
 */
final class Mk12Wire {
    private Mk12Wire() {}

    /** The body of {@code POST /market/mk12/store}. */
    static byte[] store(DealOrder order, MarketProposal proposal, Signature signature) {
        return new CborOut()
                .map(7)
                .text("DealUUID")
                .bytes(bytes(order.id()))
                .text("Transfer")
                .raw(transfer(order))
                .text("IsOffline")
                .flag(false)
                .text("DealDataRoot")
                .link(order.piece().payloadRoot())
                .text("SkipIPNIAnnounce")
                .flag(false)
                .text("ClientDealProposal")
                .raw(proposal.signedCbor(signature))
                .text("RemoveUnsealedCopy")
                .flag(!order.terms().fastRetrieval())
                .toBytes();
    }

    private static byte[] transfer(DealOrder order) {
        return new CborOut()
                .map(4)
                .text("Size")
                .integer(order.piece().carBytes())
                .text("Type")
                .text("http")
                .text("Params")
                .bytes(transferParams(order.source()))
                .text("ClientID")
                .text("")
                .toBytes();
    }

    /** JSON whose header values are plain texts, unlike those of mk20. */
    private static byte[] transferParams(PieceSource source) {
        ObjectNode params = JsonNodeFactory.instance.objectNode();
        params.put("URL", source.url().toString());
        ObjectNode headers = params.putObject("Headers");
        new TreeMap<>(source.headers()).forEach(headers::put);
        return params.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The body of {@code GET /market/mk12/status}; the signature is over the 16 bytes of the id. */
    static byte[] statusRequest(UUID id, Signature signature) {
        return new CborOut()
                .map(2)
                .text("DealUUID")
                .bytes(bytes(id))
                .text("Signature")
                .bytes(signature.marshalled())
                .toBytes();
    }

    /** The body of {@code GET /market/mk12/ask}. */
    static byte[] askRequest(Address provider) {
        return new CborOut().map(1).text("Miner").bytes(provider.bytes()).toBytes();
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** The verdict on a proposal; a refusal comes with HTTP status 200 too. */
    record Verdict(boolean accepted, String message) {}

    static Verdict verdict(byte[] body) throws Wrong {
        Cbor answer = CborIn.read(body);
        return new Verdict(
                answer.field("Accepted").flag(), answer.field("Message").text());
    }

    /**
     * What a storage provider says of a deal.
     *
     * @param error why it can say nothing; empty otherwise, and then {@code deal} is there
     */
    record Status(String error, @Nullable DealState deal, long transferSize, long received) {}

    /**
     * The deal as its pipeline sees it.
     *
     * @param error what went wrong with it; empty where nothing did
     * @param publishCid the message that publishes it; null before that
     * @param chainDealId 0 while not known
     */
    record DealState(
            String error,
            String status,
            String sealingStatus,
            @Nullable Cid publishCid,
            long chainDealId,
            @Nullable Cid signedProposalCid) {}

    static Status status(byte[] body) throws Wrong {
        Cbor answer = CborIn.read(body);
        Cbor deal = answer.field("DealStatus");
        return new Status(
                answer.field("Error").text(),
                deal.isNothing() ? null : dealState(deal),
                answer.field("TransferSize").integer(),
                answer.field("NBytesReceived").integer());
    }

    private static DealState dealState(Cbor deal) throws Wrong {
        return new DealState(
                deal.field("Error").text(),
                deal.field("Status").text(),
                deal.field("SealingStatus").text(),
                linkOrNull(deal.field("PublishCid")),
                deal.field("ChainDealID").integer(),
                linkOrNull(deal.field("SignedProposalCid")));
    }

    private static @Nullable Cid linkOrNull(Cbor value) throws Wrong {
        return value.isNothing() ? null : value.link();
    }

    /** The ask; null where there is none. */
    static @Nullable Ask ask(byte[] body, Address provider) throws Wrong {
        Cbor signed = CborIn.read(body).field("Ask");
        if (signed.isNothing()) {
            return null;
        }
        Cbor ask = signed.field("Ask");
        if (!Address.read(ask.field("Miner").bytes()).equals(provider)) {
            throw new Wrong("the ask is another storage provider's");
        }
        return new Ask(
                new AttoFil(ask.field("Price").amount()),
                new AttoFil(ask.field("VerifiedPrice").amount()),
                PieceSize.ofPadded(ask.field("MinPieceSize").integer()),
                PieceSize.ofPadded(ask.field("MaxPieceSize").integer()),
                Optional.of(new Epoch(ask.field("Expiry").integer())));
    }
}
