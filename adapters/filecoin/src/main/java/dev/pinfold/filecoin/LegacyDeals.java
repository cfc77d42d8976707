package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.filecoin.ChainView.Now;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.Preparation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Deals that a legacy node makes itself: it holds the payload, speaks to the storage provider over libp2p and pays. It keeps
 * no key of the caller's, so a deal whose reply was lost is found in its list, by piece and storage provider.
 */
final class LegacyDeals implements DealRoad {
    private final SafeWords words;
    private final LotusNode node;
    private final ChainView chain;
    private final LegacyImports imports;
    private final LegacyStates states;
    private final Escrow escrow;
    private final Duration settleTime;
    /** Until when the node's list proves no absence: for all orders since this opened, and per order since a lost reply. */
    private final Deadline openedSettled;

    private final Map<String, Deadline> settled = new ConcurrentHashMap<>();

    LegacyDeals(
            SafeWords words,
            LotusNode node,
            ChainView chain,
            LegacyImports imports,
            LegacyStates states,
            Escrow escrow,
            Duration settleTime) {
        this.words = words;
        this.node = node;
        this.chain = chain;
        this.imports = imports;
        this.states = states;
        this.escrow = escrow;
        this.settleTime = settleTime;
        openedSettled = Deadline.after(settleTime);
    }

    /** The ask, flat as old nodes answer, or within {@code Response}. */
    Ask ask(String provider, Deadline deadline) {
        String peer = node.minerInfo(provider, deadline).path("PeerId").asText("");
        if (peer.isEmpty()) {
            throw new ProviderException(
                    new Failure.Rejected(words.say("knows no peer of storage provider " + provider, "")));
        }
        JsonNode answer = node.rpc().get("ClientQueryAsk", deadline, peer, provider);
        JsonNode ask = answer.path("Response").isObject() ? answer.path("Response") : answer;
        try {
            return new Ask(
                    AttoFil.parse(ask.path("Price").asText("")),
                    AttoFil.parse(ask.path("VerifiedPrice").asText("")),
                    PieceSize.ofPadded(ask.path("MinPieceSize").asLong(0)),
                    PieceSize.ofPadded(ask.path("MaxPieceSize").asLong(0)),
                    Optional.of(new Epoch(ask.path("Expiry").asLong(-1))));
        } catch (IllegalArgumentException e) {
            throw node.violation("gives an ask of storage provider " + provider + " that cannot be read");
        }
    }

    @Override
    public Preparation prepare(DealOrder order, DealIds ids, CarSource car, AttoFil promised, Deadline deadline) {
        escrow.requireWallet(order, deadline);
        Cid root = ids.dataRoot();
        if (root == null || !imports.has(root, deadline)) {
            root = imports.bring(order, car, deadline);
        }
        JsonNode piece = node.rpc().get("ClientDealPieceCID", deadline, LotusNode.link(root.toString()));
        Cid pieceCid = Cid.parse(node.cid(piece.path("PieceCID"), "ClientDealPieceCID"));
        if (piece.path("PieceSize").asLong(Long.MAX_VALUE)
                > order.piece().size().padded()) {
            throw new ProviderException(new Failure.InvalidOrder(words.say(
                    "makes a piece of " + piece.path("PieceSize").asLong() + " bytes of the payload, more than the "
                            + order.piece().size() + " of the order: leave room, or set sharedDirectory",
                    "")));
        }
        DealIds ready = ids.withDataRoot(root);
        boolean same = pieceCid.equals(order.piece().pieceCid());
        return new Preparation.Ready(same ? ready : ready.withDealPiece(pieceCid));
    }

    @Override
    public DealSighting propose(DealOrder order, DealIds ids, Deadline deadline) {
        Cid root = ids.dataRoot();
        if (root == null) {
            throw new ProviderException(
                    new Failure.InvalidOrder("the node does not hold the payload yet: prepare the deal first"));
        }
        Now now = chain.now(deadline);
        try {
            JsonNode cid = node.rpc().call("ClientStartDeal", deadline, startDeal(order, ids, root));
            DealIds known = ids.withProposal(node.cid(cid, "ClientStartDeal"));
            return DealSighting.of(
                    new DealObservation.Proposed("given to the node"),
                    known,
                    now.head().height());
        } catch (LotusError e) {
            if (e.missingPermission() || e.noSuchMethod()) {
                throw new ProviderException(node.rpc().failure(e));
            }
            return DealSighting.of(
                    new DealObservation.Failed(Rejections.read(e.said()), words.safe(e.said())),
                    ids,
                    now.head().height());
        } catch (WireException e) {
            if (e.reach() == Reach.NOT_SENT) {
                throw node.rpc().unreachable("ClientStartDeal", e);
            }
            settled.put(order.key(), Deadline.after(settleTime));
            throw new ProviderException(
                    new Failure.OutcomeUnknown(
                            order.key(), words.say("did not answer ClientStartDeal (" + e.what() + ")", "")),
                    e);
        }
    }

    /**
     * The piece is named so that the node need not compute it again, which takes minutes. The price is for the whole piece
     * and epoch; the piece's size is the one without padding.
     */
    private static ObjectNode startDeal(DealOrder order, DealIds ids, Cid root) {
        Cid piece = ids.dealPiece() == null ? order.piece().pieceCid() : ids.dealPiece();
        ObjectNode start = JsonNodeFactory.instance.objectNode();
        ObjectNode data = start.putObject("Data");
        data.put("TransferType", "graphsync");
        data.set("Root", LotusNode.link(root.toString()));
        data.set("PieceCid", LotusNode.link(piece.toString()));
        data.put("PieceSize", order.piece().size().unpadded());
        data.put("RawBlockSize", 0);
        start.put("Wallet", order.client());
        start.put("Miner", order.provider());
        start.put("EpochPrice", order.terms().pricePerEpoch().toString());
        start.put("MinBlocksDuration", order.terms().duration());
        start.put("ProviderCollateral", order.terms().providerCollateral().toString());
        start.put("DealStartEpoch", order.terms().start().height());
        start.put("FastRetrieval", order.terms().fastRetrieval());
        start.put("VerifiedDeal", order.terms().verified());
        return start;
    }

    @Override
    public DealSighting observe(DealRef ref, Deadline deadline) {
        Now now = chain.now(deadline);
        String proposal = ref.ids().proposalCid();
        if (ref.ids().dealId().isPresent()) {
            return onChain(ref, ref.ids(), ref.ids().dealId().getAsLong(), now, deadline);
        }
        if (proposal != null) {
            JsonNode info = node.rpc().get("ClientGetDealInfo", deadline, LotusNode.link(proposal));
            return seen(ref, info, List.of(), now, deadline);
        }
        List<JsonNode> found = search(ref, deadline);
        if (found.isEmpty()) {
            DealObservation none = absenceIsProven(ref.order())
                    ? new DealObservation.Absent()
                    : new DealObservation.Unknown(words.say(
                            "shows no such deal, but may still be making it: it is waited for " + settleTime, ""));
            return DealSighting.of(none, ref.ids(), now.head().height());
        }
        List<String> more = found.stream()
                .skip(1)
                .map(each -> node.cid(each.path("ProposalCid"), "ClientListDeals"))
                .toList();
        return seen(ref, found.getFirst(), more, now, deadline);
    }

    private boolean absenceIsProven(DealOrder order) {
        Deadline own = settled.get(order.key());
        return openedSettled.expired() && (own == null || own.expired());
    }

    private DealSighting seen(DealRef ref, JsonNode info, List<String> more, Now now, Deadline deadline) {
        DealIds ids = ref.ids().withProposal(node.cid(info.path("ProposalCid"), "ClientGetDealInfo"));
        long number = info.path("DealID").asLong(0);
        if (number > 0) {
            Boolean ours = chain.isOurs(ref.order(), ids, number, now, deadline);
            if (!Boolean.FALSE.equals(ours)) {
                return onChain(ref, ids.withDeal(number), number, now, deadline);
            }
        }
        String name = states.name(info.path("State").asInt(0), deadline);
        DealObservation meaning = states.meaning(name, info.path("Message").asText(""));
        boolean late = now.confirmed().height().isAfter(ref.order().terms().start());
        boolean failed = meaning instanceof DealObservation.Failed;
        return new DealSighting(
                late && !failed ? ChainView.missed(ref.order()) : meaning,
                ids,
                now.head().height(),
                more);
    }

    private DealSighting onChain(DealRef ref, DealIds ids, long number, Now now, Deadline deadline) {
        return DealSighting.of(
                chain.observe(ref.order(), number, now, deadline),
                ids,
                now.head().height());
    }

    /** The node's deals for this payload with this storage provider that belong to no other order, oldest first. */
    private List<JsonNode> search(DealRef ref, Deadline deadline) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode each : node.rpc().get("ClientListDeals", deadline)) {
            String proposal = each.path("ProposalCid").path("/").asText("");
            if (!ref.others().contains(proposal) && isOf(each, ref)) {
                found.add(each);
            }
        }
        found.sort((one, other) -> one.path("CreationTime")
                .asText("")
                .compareTo(other.path("CreationTime").asText("")));
        return found;
    }

    private static boolean isOf(JsonNode deal, DealRef ref) {
        DealOrder order = ref.order();
        Cid root = ref.ids().dataRoot() == null
                ? order.piece().payloadRoot()
                : ref.ids().dataRoot();
        return deal.path("Provider").asText("").equals(order.provider())
                && deal.path("DataRef").path("Root").path("/").asText("").equals(root.toString())
                && deal.path("PricePerEpoch")
                        .asText("")
                        .equals(order.terms().pricePerEpoch().toString())
                && deal.path("Verified").asBoolean(false) == order.terms().verified()
                && deal.path("Duration").asLong(0) >= order.terms().duration();
    }

    @Override
    public void release(DealRef ref, Deadline deadline) {
        settled.remove(ref.order().key());
        Cid root = ref.ids().dataRoot();
        if (root != null) {
            imports.remove(ref.order(), root, deadline);
        }
    }
}
