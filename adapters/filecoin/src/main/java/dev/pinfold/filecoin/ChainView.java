package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.pinfold.filecoin.Cbor.Wrong;
import dev.pinfold.filecoin.LotusNode.Receipt;
import dev.pinfold.filecoin.LotusNode.TipSet;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Epoch;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the chain says of deals in its built-in market. Everything final is read from the state a confirmation depth below
 * the head: a reorganisation that is less deep is never seen.
 */
final class ChainView {
    /** A published batch holds at most this many deals that are looked through. */
    private static final int MOST_DEALS_OF_A_MESSAGE = 256;

    private final LotusNode node;
    private final long confirmations;

    ChainView(LotusNode node, long confirmations) {
        this.node = node;
        this.confirmations = confirmations;
    }

    /** The head, and the state that is deep enough to be believed. */
    record Now(TipSet head, TipSet confirmed) {}

    Now now(Deadline deadline) {
        return now(confirmations, deadline);
    }

    /** The same with a depth of its own, not more than the configured one. */
    Now now(long depth, Deadline deadline) {
        TipSet head = node.head(deadline);
        long epochs = Math.min(depth, confirmations);
        return new Now(head, epochs == 0 ? head : node.tipSetAt(head.height().plus(-epochs), head, deadline));
    }

    /** The deal of this number in the state after a tipset; null where it is not there. */
    @Nullable
    ChainDeal deal(long number, ArrayNode key, Deadline deadline) {
        try {
            return ChainDeal.read(node.rpc().read("StateMarketStorageDeal", deadline, number, key));
        } catch (LotusError e) {
            if (e.dealNotFound() || e.notFound()) {
                return null;
            }
            throw new ProviderException(node.rpc().failure(e));
        } catch (IllegalArgumentException e) {
            throw node.violation("answered StateMarketStorageDeal with something that is no deal");
        }
    }

    /** What becomes of a deal whose number is known and checked ({@link #isOurs}). */
    DealObservation observe(DealOrder order, long number, Now now, Deadline deadline) {
        Epoch seen = now.confirmed().height();
        ChainDeal deal = deal(number, now.confirmed().key(), deadline);
        if (deal == null) {
            return missing(order, number, now, deadline);
        }
        if (deal.slashed() != null) {
            return new DealObservation.Slashed(deal.slashed());
        }
        if (deal.activated() != null) {
            return seen.isAfter(deal.end())
                    ? new DealObservation.Expired(deal.end())
                    : new DealObservation.Active(
                            OptionalLong.of(number), deal.activated(), deal.end(), deal.sector(), Proof.CHAIN);
        }
        return seen.isAfter(deal.start()) ? missed(order) : published(number, "waits to be sealed");
    }

    /** The chain forgets deals: before activation when the start is missed, after it when they end or are slashed. */
    private DealObservation missing(DealOrder order, long number, Now now, Deadline deadline) {
        Epoch seen = now.confirmed().height();
        if (deal(number, now.head().key(), deadline) != null) {
            return published(number, "waits for " + confirmations + " epochs of confirmation");
        }
        if (seen.isAfter(order.terms().end())) {
            return new DealObservation.Expired(order.terms().end());
        }
        if (!seen.isAfter(order.terms().start())) {
            return new DealObservation.Unknown(
                    "deal " + number + " is not on the chain: it may come back after a reorganisation");
        }
        return wasThereAtStart(order, now, deadline, key -> {
                    ChainDeal then = deal(number, key, deadline);
                    return then != null && then.activated() != null;
                })
                ? new DealObservation.Slashed(seen)
                : missed(order);
    }

    /**
     * Whether something was on the chain when the deal began, which tells what is lost from what never was. A node keeps old
     * states for a while only; where it has forgotten, it was there: whoever looks now and then has seen a missed start.
     */
    boolean wasThereAtStart(DealOrder order, Now now, Deadline deadline, Predicate<ArrayNode> there) {
        try {
            TipSet atStart = node.tipSetAt(order.terms().start(), now.confirmed(), deadline);
            return there.test(atStart.key());
        } catch (ProviderException e) {
            if (e.failure() instanceof Failure.Rejected || e.failure() instanceof Failure.NotFound) {
                return true;
            }
            throw e;
        }
    }

    private static DealObservation published(long number, String detail) {
        return new DealObservation.Published(OptionalLong.of(number), detail);
    }

    static DealObservation missed(DealOrder order) {
        return new DealObservation.Failed(
                DealTrouble.MISSED_START,
                "the storage provider did not seal before " + order.terms().start());
    }

    /**
     * Whether the chain's deal of this number is the order's.
     *
     * @return null where the deal is not on the chain
     */
    @Nullable
    Boolean isOurs(DealOrder order, DealIds ids, long number, Now now, Deadline deadline) {
        ChainDeal deal = deal(number, now.head().key(), deadline);
        if (deal == null) {
            return null;
        }
        Address id = node.idOf(order.client(), deadline);
        return deal.isOf(order, ids, id == null ? Address.parse(order.client()) : id);
    }

    /**
     * The number of the order's deal among those that a message published; empty while the message is not on the chain, or
     * has not published it. Needed because storage providers name the message earlier than the number.
     */
    OptionalLong published(DealOrder order, DealIds ids, String message, Now now, Deadline deadline) {
        Receipt receipt = node.receipt(message, now.head(), deadline);
        if (receipt == null || receipt.exitCode() != 0) {
            return OptionalLong.empty();
        }
        try {
            int looked = 0;
            for (Cbor each : CborIn.read(receipt.result()).item(0).items()) {
                long number = each.integer();
                if (Boolean.TRUE.equals(isOurs(order, ids, number, now, deadline))) {
                    return OptionalLong.of(number);
                }
                if (++looked == MOST_DEALS_OF_A_MESSAGE) {
                    break;
                }
            }
            return OptionalLong.empty();
        } catch (Wrong e) {
            throw node.violation("has a receipt of a publishing that cannot be read");
        }
    }
}
