package dev.pinfold.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.filecoin.Cbor.Wrong;
import dev.pinfold.filecoin.ChainView.Now;
import dev.pinfold.filecoin.Mk12Wire.DealState;
import dev.pinfold.filecoin.Mk12Wire.Status;
import dev.pinfold.filecoin.Mk12Wire.Verdict;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.Preparation;
import java.net.URI;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Deals by mk12 over HTTP: the wallet signs a proposal of the chain's own market, the storage provider takes it as CBOR and
 * publishes it, the chain tells what becomes of it.
 *
 * <p>An order always makes the same bytes: one id, one proposal, one signature. So giving it twice makes no second deal, and
 * the chain itself takes a proposal only once.
 */
final class Mk12Deals implements DealRoad {
    private final SafeWords words;
    private final LotusNode node;
    private final ChainView chain;
    private final CurioHttp curio;
    private final StorageProviders providers;
    private final Escrow escrow;

    Mk12Deals(
            SafeWords words,
            LotusNode node,
            ChainView chain,
            CurioHttp curio,
            StorageProviders providers,
            Escrow escrow) {
        this.words = words;
        this.node = node;
        this.chain = chain;
        this.curio = curio;
        this.providers = providers;
        this.escrow = escrow;
    }

    /** The chain takes the price from escrow when the deal is published, so it must be there before. */
    @Override
    public Preparation prepare(DealOrder order, DealIds ids, CarSource car, AttoFil promised, Deadline deadline) {
        Preparation funded = escrow.cover(order, ids, promised, deadline);
        return switch (funded) {
            case Preparation.Waiting waiting -> waiting;
            case Preparation.Ready ready -> {
                MarketProposal proposal = MarketProposal.of(order);
                Cid signed = proposal.signedCid(sign(order, proposal, deadline));
                yield new Preparation.Ready(ready.ids().withProposal(signed.toString()));
            }
        };
    }

    @Override
    public DealSighting propose(DealOrder order, DealIds ids, Deadline deadline) {
        MarketProposal proposal = MarketProposal.of(order);
        Signature signature = sign(order, proposal, deadline);
        String signed = proposal.signedCid(signature).toString();
        if (ids.proposalCid() != null && !ids.proposalCid().equals(signed)) {
            throw new ProviderException(new Failure.Rejected(words.say(
                    "signs the same proposal differently each time, so a lost reply could make a second deal: use a"
                            + " secp256k1 (f1) or BLS (f3) wallet",
                    "")));
        }
        URI market = providers.market(order.provider(), deadline);
        Now now = chain.now(deadline);
        Verdict verdict = store(order, market, Mk12Wire.store(order, proposal, signature), deadline);
        if (verdict.accepted()) {
            return DealSighting.of(
                    new DealObservation.Accepted(words.safe(verdict.message())),
                    ids.withProposal(signed),
                    now.head().height());
        }
        if (isKnownAlready(verdict.message())) {
            throw unknown(order, "said that it has the deal already");
        }
        return DealSighting.of(
                new DealObservation.Failed(Rejections.read(verdict.message()), words.safe(verdict.message())),
                ids.withProposal(signed),
                now.head().height());
    }

    /** A refusal of what is there already is no refusal: what is there must be looked at. */
    private static boolean isKnownAlready(String message) {
        return message.toLowerCase(Locale.ROOT).matches("(?s).*(identical|duplicate|already (exists|accepted|have)).*");
    }

    private Verdict store(DealOrder order, URI market, byte[] body, Deadline deadline) {
        HttpAnswer answer;
        try {
            answer = curio.mk12(market, "POST", "store", body, deadline);
        } catch (WireException e) {
            if (e.reach() == Reach.NOT_SENT) {
                throw curio.silent(order.provider(), e);
            }
            throw unknown(order, "did not answer a proposal (" + e.what() + ")");
        }
        if (answer.status() == 200) {
            try {
                return Mk12Wire.verdict(answer.body());
            } catch (Wrong e) {
                throw unknown(order, "answered a proposal with something that cannot be read");
            }
        }
        if (answer.status() >= 500) {
            throw unknown(order, "answered a proposal with HTTP " + answer.status());
        }
        throw curio.refused(order.provider(), answer);
    }

    private ProviderException unknown(DealOrder order, String what) {
        return new ProviderException(new Failure.OutcomeUnknown(
                order.key(), words.say("storage provider " + order.provider() + " " + what, "")));
    }

    private Signature sign(DealOrder order, MarketProposal proposal, Deadline deadline) {
        return node.sign(order.client(), proposal.cbor(), deadline);
    }

    @Override
    public DealSighting observe(DealRef ref, Deadline deadline) {
        DealOrder order = ref.order();
        Now now = chain.now(deadline);
        if (ref.ids().dealId().isPresent()) {
            long number = ref.ids().dealId().getAsLong();
            Boolean ours = chain.isOurs(order, ref.ids(), number, now, deadline);
            // A reorganisation may have given the number to another deal: then the storage provider is asked anew.
            if (!Boolean.FALSE.equals(ours)) {
                DealIds ids = ours == null ? renumbered(order, ref.ids(), now, deadline) : ref.ids();
                return DealSighting.of(
                        chain.observe(order, ids.dealId().orElse(number), now, deadline),
                        ids,
                        now.head().height());
            }
        }
        Status status;
        try {
            status = status(order, deadline);
        } catch (ProviderException e) {
            return DealSighting.of(
                    withoutProvider(order, ref.ids(), now, deadline, e),
                    ref.ids(),
                    now.head().height());
        }
        DealState deal = status.deal();
        if (deal == null) {
            return DealSighting.of(
                    nothingKnown(order, status, now), ref.ids(), now.head().height());
        }
        DealIds ids = withNames(ref.ids(), deal);
        OptionalLong number = number(order, ids, deal, now, deadline);
        if (number.isPresent()) {
            ids = ids.withDeal(number.getAsLong());
            return DealSighting.of(
                    chain.observe(order, number.getAsLong(), now, deadline),
                    ids,
                    now.head().height());
        }
        return DealSighting.of(
                unpublished(order, status, deal, now), ids, now.head().height());
    }

    /**
     * The deal is not on the chain under its number. A reorganisation may have given it another one, as long as it has not
     * begun; else, and when nobody knows of one, the old number stays.
     */
    private DealIds renumbered(DealOrder order, DealIds ids, Now now, Deadline deadline) {
        if (now.confirmed().height().isAfter(order.terms().start())) {
            return ids;
        }
        OptionalLong number = published(order, ids, now, deadline);
        if (number.isEmpty()) {
            try {
                DealState deal = status(order, deadline).deal();
                number = deal == null ? OptionalLong.empty() : number(order, withNames(ids, deal), deal, now, deadline);
            } catch (ProviderException e) {
                // A silent storage provider knows no other number.
                return ids;
            }
        }
        return number.isPresent() ? ids.withDeal(number.getAsLong()) : ids;
    }

    private static DealIds withNames(DealIds ids, DealState deal) {
        DealIds named = ids;
        if (deal.signedProposalCid() != null) {
            named = named.withProposal(deal.signedProposalCid().toString());
        }
        return deal.publishCid() == null
                ? named
                : named.withPublishMessage(deal.publishCid().toString());
    }

    /** The storage provider names the number late, and the publishing message earlier; the chain has to agree with both. */
    private OptionalLong number(DealOrder order, DealIds ids, DealState deal, Now now, Deadline deadline) {
        if (deal.chainDealId() > 0
                && Boolean.TRUE.equals(chain.isOurs(order, ids, deal.chainDealId(), now, deadline))) {
            return OptionalLong.of(deal.chainDealId());
        }
        return published(order, ids, now, deadline);
    }

    private OptionalLong published(DealOrder order, DealIds ids, Now now, Deadline deadline) {
        String message = ids.publishMessage();
        return message == null ? OptionalLong.empty() : chain.published(order, ids, message, now, deadline);
    }

    private DealObservation unpublished(DealOrder order, Status status, DealState deal, Now now) {
        String said = words.safe(deal.status() + ", " + deal.sealingStatus());
        if (!deal.error().isEmpty()) {
            return new DealObservation.Failed(Rejections.read(deal.error()), words.safe(deal.error()));
        }
        if (now.confirmed().height().isAfter(order.terms().start())) {
            return ChainView.missed(order);
        }
        if (deal.publishCid() != null) {
            return new DealObservation.Published(OptionalLong.empty(), said);
        }
        return status.received() < status.transferSize()
                ? new DealObservation.Transferring(OptionalLong.of(status.received()), said)
                : new DealObservation.Accepted(said);
    }

    /**
     * The storage provider has no such deal, or cannot find it just now: Curio says both in the same words. Either way the
     * order may be given again, because the same bytes make no second deal.
     */
    private DealObservation nothingKnown(DealOrder order, Status status, Now now) {
        if (now.confirmed().height().isAfter(order.terms().start())) {
            return ChainView.missed(order);
        }
        String error = status.error().toLowerCase(Locale.ROOT);
        if (error.contains("not found") || error.contains("failed to get sealed deal status")) {
            return new DealObservation.Absent();
        }
        return new DealObservation.Unknown(
                words.say("storage provider " + order.provider() + " gives no status", status.error()));
    }

    /** The storage provider is silent, but the chain may know the message that it named before. */
    private DealObservation withoutProvider(
            DealOrder order, DealIds ids, Now now, Deadline deadline, ProviderException why) {
        OptionalLong number = published(order, ids, now, deadline);
        return number.isPresent()
                ? chain.observe(order, number.getAsLong(), now, deadline)
                : new DealObservation.Unknown(why.failure().detail());
    }

    private Status status(DealOrder order, Deadline deadline) {
        Signature signature = node.sign(order.client(), Mk12Wire.bytes(order.id()), deadline);
        byte[] body = Mk12Wire.statusRequest(order.id(), signature);
        try {
            HttpAnswer answer =
                    curio.mk12(providers.market(order.provider(), deadline), "GET", "status", body, deadline);
            if (answer.status() != 200) {
                throw curio.refused(order.provider(), answer);
            }
            return Mk12Wire.status(answer.body());
        } catch (WireException e) {
            throw curio.silent(order.provider(), e);
        } catch (Wrong e) {
            throw new ProviderException(new Failure.ProtocolViolation(words.say(
                    "storage provider " + order.provider() + " gives a status that cannot be read",
                    String.valueOf(e.getMessage()))));
        }
    }

    /** The storage provider keeps the deal; nothing else is held for it. */
    @Override
    public void release(DealRef ref, Deadline deadline) {}
}
