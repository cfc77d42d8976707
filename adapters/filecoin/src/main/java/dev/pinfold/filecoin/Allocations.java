package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.filecoin.ChainView.Now;
import dev.pinfold.filecoin.DataCap.Allocation;
import dev.pinfold.filecoin.LotusNode.Receipt;
import dev.pinfold.filecoin.LotusNode.TipSet;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.Preparation;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** DataCap set aside for deals of market 2.0, and the claims that follow. */
final class Allocations {
    /** The number of an allocation may change in a reorganisation; it is not used before it is this deep. */
    private static final long DEPTH = 5;

    private final SafeWords words;
    private final LotusNode node;
    private final ChainView chain;
    private final Escrow escrow;

    Allocations(SafeWords words, LotusNode node, ChainView chain, Escrow escrow) {
        this.words = words;
        this.node = node;
        this.chain = chain;
        this.escrow = escrow;
    }

    /** Looks for the order's allocation, and sends one message for it where there is none and none is under way. */
    Preparation prepare(DealOrder order, DealIds ids, Deadline deadline) {
        if (ids.allocationId().isPresent()) {
            return new Preparation.Ready(ids);
        }
        Allocation wanted = Allocation.of(order);
        Now now = chain.now(DEPTH, deadline);
        OptionalLong found = find(order, wanted, now.confirmed(), deadline);
        if (found.isPresent()) {
            return new Preparation.Ready(ids.withAllocation(found.getAsLong()));
        }
        String sent = ids.preparation();
        if (sent != null) {
            return sent(ids, sent, now, deadline);
        }
        if (find(order, wanted, now.head(), deadline).isPresent()) {
            return new Preparation.Waiting(ids, "the allocation waits to be " + DEPTH + " epochs deep");
        }
        ObjectNode message = wanted.message(order.client());
        String pending = node.pending(message, deadline);
        String cid = pending != null ? pending : push(order, message, deadline);
        return new Preparation.Waiting(ids.withPreparation(cid), "DataCap is being set aside: message " + cid);
    }

    private Preparation sent(DealIds ids, String message, Now now, Deadline deadline) {
        Receipt receipt = node.receipt(message, now.head(), deadline);
        if (receipt != null && receipt.exitCode() != 0) {
            throw new ProviderException(new Failure.Rejected(words.say(
                    "could not set DataCap aside: message " + message + " failed with exit code " + receipt.exitCode(),
                    "")));
        }
        return new Preparation.Waiting(ids, "DataCap is being set aside: message " + message);
    }

    private String push(DealOrder order, ObjectNode message, Deadline deadline) {
        escrow.requireDataCap(order, node.funds(order.client(), deadline));
        try {
            return node.push(message, "allocation " + order.key(), deadline);
        } catch (LotusError e) {
            throw new ProviderException(node.rpc().failure(e));
        } catch (WireException e) {
            if (e.reach() == Reach.NOT_SENT) {
                throw node.rpc().unreachable("MpoolPushMessage", e);
            }
            throw new ProviderException(new Failure.OutcomeUnknown(
                    order.key(),
                    words.say("did not answer the message that sets DataCap aside (" + e.what() + ")", "")));
        }
    }

    private OptionalLong find(DealOrder order, Allocation wanted, TipSet at, Deadline deadline) {
        JsonNode all;
        try {
            all = node.rpc().read("StateGetAllocations", deadline, order.client(), at.key());
        } catch (LotusError e) {
            if (e.notFound()) {
                return OptionalLong.empty();
            }
            throw new ProviderException(node.rpc().failure(e));
        }
        return all.properties().stream()
                .filter(each -> isOf(each.getValue(), wanted))
                .map(Map.Entry::getKey)
                .filter(id -> id.matches("[0-9]{1,18}"))
                .mapToLong(Long::parseLong)
                .min();
    }

    private static boolean isOf(JsonNode allocation, Allocation wanted) {
        return allocation.path("Provider").asLong(-1) == wanted.provider()
                && allocation
                        .path("Data")
                        .path("/")
                        .asText("")
                        .equals(wanted.piece().toString())
                && allocation.path("Size").asLong(-1) == wanted.paddedBytes()
                && allocation.path("TermMin").asLong(-1) == wanted.termMin()
                && allocation.path("TermMax").asLong(-1) == wanted.termMax()
                && allocation.path("Expiration").asLong(-1) == wanted.expiration();
    }

    /** What the chain says of a deal with an allocation; null where it has nothing to say. */
    @Nullable
    DealObservation observe(DealRef ref, Now now, Deadline deadline) {
        if (ref.ids().allocationId().isEmpty()) {
            return null;
        }
        long id = ref.ids().allocationId().getAsLong();
        DealOrder order = ref.order();
        JsonNode claim = claim(order, id, now.confirmed().key(), deadline);
        Epoch seen = now.confirmed().height();
        if (!claim.isMissingNode()) {
            return claimed(order, claim, now, deadline);
        }
        if (!claim(order, id, now.head().key(), deadline).isMissingNode()) {
            return new DealObservation.Published(OptionalLong.empty(), "claimed, waits for confirmation");
        }
        if (!seen.isAfter(order.terms().start())) {
            return null;
        }
        if (!chain.wasThereAtStart(
                order, now, deadline, key -> !claim(order, id, key, deadline).isMissingNode())) {
            return ChainView.missed(order);
        }
        return seen.isAfter(order.terms().end())
                ? new DealObservation.Expired(order.terms().end())
                : new DealObservation.Slashed(seen);
    }

    /** A claim stays on chain when its sector is terminated: only the sector itself tells. */
    private DealObservation claimed(DealOrder order, JsonNode claim, Now now, Deadline deadline) {
        Epoch since = new Epoch(claim.path("TermStart").asLong(0));
        Epoch end = since.plus(claim.path("TermMax").asLong(0));
        long sector = claim.path("Sector").asLong(-1);
        Epoch seen = now.confirmed().height();
        if (seen.isAfter(end)) {
            return new DealObservation.Expired(end);
        }
        if (!sectorIsThere(order.provider(), sector, now.confirmed().key(), deadline)) {
            return new DealObservation.Slashed(seen);
        }
        return new DealObservation.Active(OptionalLong.empty(), since, end, OptionalLong.of(sector), Proof.CHAIN);
    }

    private JsonNode claim(DealOrder order, long id, ArrayNode key, Deadline deadline) {
        JsonNode claim = node.rpc().get("StateGetClaim", deadline, order.provider(), id, key);
        boolean ours = claim.path("Data")
                .path("/")
                .asText("")
                .equals(order.piece().pieceCid().toString());
        return ours ? claim : MissingNode.getInstance();
    }

    /** A node that offers less than all methods, as a gateway does, cannot tell: then the claim alone counts. */
    private boolean sectorIsThere(String provider, long sector, ArrayNode key, Deadline deadline) {
        try {
            return !node.rpc()
                    .read("StateSectorGetInfo", deadline, provider, sector, key)
                    .isMissingNode();
        } catch (LotusError e) {
            if (e.noSuchMethod()) {
                return true;
            }
            throw new ProviderException(node.rpc().failure(e));
        }
    }
}
