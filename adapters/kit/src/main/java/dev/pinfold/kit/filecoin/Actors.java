package dev.pinfold.kit.filecoin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What the built-in actors do: arithmetic on states, as far as deals and DataCap need it. */
final class Actors {
    /** A deal that has ended or was slashed can be seen for one more day, then the market forgets it. */
    static final long TRACE = 2_880;

    private static final BigInteger ONE_BYTE = BigInteger.TEN.pow(18);

    /** Gives the number of an actor, as the init actor does. */
    private final Function<Address, Address> idOf;

    Actors(Function<Address, Address> idOf) {
        this.idOf = idOf;
    }

    /** The state after a message, with its receipt; a message that fails changes nothing else. */
    ChainState apply(ChainState state, ChainMessage message, long epoch) {
        return switch (message.effect()) {
            case Effect.Send send ->
                paying(
                        state,
                        message,
                        send.value(),
                        epoch,
                        after -> after.wallet(
                                send.to(), after.walletOf(send.to()).add(send.value())));
            case Effect.AddBalance add ->
                paying(
                        state,
                        message,
                        add.value(),
                        epoch,
                        after -> after.escrow(
                                add.to(),
                                after.escrow()
                                        .getOrDefault(add.to(), BigInteger.ZERO)
                                        .add(add.value())));
            case Effect.Withdraw withdraw -> withdraw(state, message, withdraw, epoch);
            case Effect.Publish publish -> publish(state, message, publish, epoch);
            case Effect.Activate activate -> activate(state, message, activate, epoch);
            case Effect.ClaimPiece claim -> claim(state, message, claim, epoch);
            case Effect.Allocate allocate -> allocate(state, message, allocate, epoch);
            case Effect.Terminate terminate -> terminate(state, message, terminate, epoch);
            case Effect.Senseless senseless -> failed(state, message, Receipt.ILLEGAL_ARGUMENT, epoch);
        };
    }

    private static ChainState paying(
            ChainState state,
            ChainMessage message,
            BigInteger value,
            long epoch,
            Function<ChainState, ChainState> receive) {
        BigInteger left = state.walletOf(message.from()).subtract(value);
        return left.signum() < 0
                ? failed(state, message, Receipt.INSUFFICIENT_FUNDS, epoch)
                : done(receive.apply(state.wallet(message.from(), left)), message, new byte[0], epoch);
    }

    private static ChainState withdraw(ChainState state, ChainMessage message, Effect.Withdraw wanted, long epoch) {
        BigInteger amount =
                wanted.value().min(state.freeOf(wanted.from(), epoch)).max(BigInteger.ZERO);
        BigInteger escrow =
                state.escrow().getOrDefault(wanted.from(), BigInteger.ZERO).subtract(amount);
        ChainState after = state.escrow(wanted.from(), escrow)
                .wallet(wanted.from(), state.walletOf(wanted.from()).add(amount));
        return done(after, message, new CborOut().bigInt(amount).toBytes(), epoch);
    }

    private static ChainState publish(ChainState state, ChainMessage message, Effect.Publish publish, long epoch) {
        DealProposal proposal = publish.proposal();
        if (state.dealOf(publish.signedCid()) != null || proposal.startEpoch() <= epoch) {
            return failed(state, message, Receipt.ILLEGAL_ARGUMENT, epoch);
        }
        boolean paid = state.freeOf(proposal.client(), epoch).compareTo(proposal.locked()) >= 0
                && state.freeOf(proposal.provider(), epoch).compareTo(proposal.providerCollateral()) >= 0;
        if (!paid) {
            return failed(state, message, Receipt.INSUFFICIENT_FUNDS, epoch);
        }
        ChainState after = state;
        if (proposal.verified()) {
            BigInteger left = state.dataCap()
                    .getOrDefault(proposal.client(), BigInteger.ZERO)
                    .subtract(BigInteger.valueOf(proposal.pieceSize()));
            if (left.signum() < 0) {
                return failed(state, message, Receipt.INSUFFICIENT_FUNDS, epoch);
            }
            after = after.dataCap(proposal.client(), left);
        }
        long id = after.nextDeal();
        after = after.deal(new MarketDeal(id, proposal, publish.signedCid(), epoch, 0, -1, -1));
        // PublishStorageDealsReturn: the ids, and which of the proposals were valid as an RLE+ bit field of one bit.
        byte[] returned = new CborOut()
                .array(2)
                .array(1)
                .uint(id)
                .bytes(new byte[] {0x0c})
                .toBytes();
        return done(after, message, returned, epoch);
    }

    private static ChainState activate(ChainState state, ChainMessage message, Effect.Activate activate, long epoch) {
        MarketDeal deal = state.dealOf(activate.signedCid());
        if (deal == null || deal.sectorStart() >= 0 || epoch > deal.proposal().startEpoch()) {
            return failed(state, message, Receipt.NOT_FOUND, epoch);
        }
        ChainState after = state.deal(deal.activated(state.nextSector(), epoch)).sectorTaken();
        return done(after, message, new byte[0], epoch);
    }

    private static ChainState claim(ChainState state, ChainMessage message, Effect.ClaimPiece wanted, long epoch) {
        Allocation allocation = state.allocations().get(wanted.allocation());
        if (allocation == null || allocation.provider() != wanted.provider() || allocation.expiration() < epoch) {
            return failed(state, message, Receipt.NOT_FOUND, epoch);
        }
        ChainState after =
                state.claim(new Claim(allocation, epoch, state.nextSector())).sectorTaken();
        return done(after, message, new byte[0], epoch);
    }

    private ChainState allocate(ChainState state, ChainMessage message, Effect.Allocate allocate, long epoch) {
        BigInteger size = allocate.wanted().stream()
                .map(each -> BigInteger.valueOf(each.size()))
                .reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger left =
                state.dataCap().getOrDefault(message.from(), BigInteger.ZERO).subtract(size);
        if (left.signum() < 0) {
            return failed(state, message, Receipt.INSUFFICIENT_FUNDS, epoch);
        }
        ChainState after = state.dataCap(message.from(), left);
        long client = idOf.apply(message.from()).number();
        List<Long> ids = new ArrayList<>();
        for (Allocation each : allocate.wanted()) {
            if (each.expiration() <= epoch || each.expiration() > epoch + 172_800 || each.termMin() > each.termMax()) {
                return failed(state, message, Receipt.ILLEGAL_ARGUMENT, epoch);
            }
            long id = after.nextAllocation();
            ids.add(id);
            after = after.allocation(new Allocation(
                    id,
                    client,
                    each.provider(),
                    each.data(),
                    each.size(),
                    each.termMin(),
                    each.termMax(),
                    each.expiration()));
        }
        return done(after, message, allocated(left, ids), epoch);
    }

    /** TransferReturn: balances, and inside it what the registry answered: results, extensions, new allocations. */
    private static byte[] allocated(BigInteger left, List<Long> ids) {
        CborOut answer = new CborOut().array(3);
        answer.array(2).uint(ids.size()).array(0);
        answer.array(2).uint(0).array(0);
        answer.array(ids.size());
        ids.forEach(answer::uint);
        return new CborOut()
                .array(3)
                .bigInt(left.multiply(ONE_BYTE))
                .bigInt(BigInteger.ZERO)
                .bytes(answer.toBytes())
                .toBytes();
    }

    private static ChainState terminate(ChainState state, ChainMessage message, Effect.Terminate wanted, long epoch) {
        MarketDeal deal = state.deals().get(wanted.deal());
        if (deal == null || !deal.active()) {
            return failed(state, message, Receipt.NOT_FOUND, epoch);
        }
        MarketDeal slashed = deal.slashed(epoch);
        Address provider = slashed.proposal().provider();
        BigInteger burnt = state.escrow()
                .getOrDefault(provider, BigInteger.ZERO)
                .subtract(slashed.proposal().providerCollateral());
        ChainState after = state.escrow(provider, burnt).deal(slashed);
        return done(wanted.leavesTrace() ? after : settled(after, slashed, epoch), message, new byte[0], epoch);
    }

    /** What the market's own clock does at every epoch. */
    ChainState tick(ChainState state, long epoch) {
        ChainState after = state;
        for (MarketDeal deal : state.deals().values()) {
            if (epoch >= dueAt(deal)) {
                after = settled(after, deal, epoch);
            }
        }
        for (Allocation allocation : state.allocations().values()) {
            if (epoch > allocation.expiration()) {
                after = expired(after, allocation);
            }
        }
        return after;
    }

    private ChainState expired(ChainState state, Allocation allocation) {
        Address owner = state.dataCap().keySet().stream()
                .filter(each -> idOf.apply(each).number() == allocation.client())
                .findFirst()
                .orElseThrow();
        BigInteger back =
                state.dataCap().getOrDefault(owner, BigInteger.ZERO).add(BigInteger.valueOf(allocation.size()));
        return state.withoutAllocation(allocation.id()).dataCap(owner, back);
    }

    /** The epoch at which the market forgets a deal: not sealed in time, or long over. */
    static long dueAt(MarketDeal deal) {
        if (deal.slashedAt() >= 0) {
            return deal.slashedAt() + TRACE;
        }
        return deal.sectorStart() < 0
                ? deal.proposal().startEpoch() + 1
                : deal.proposal().endEpoch() + TRACE;
    }

    /** Forgets a deal: what it earned leaves the client's escrow for good, the rest is free again. */
    private static ChainState settled(ChainState state, MarketDeal deal, long epoch) {
        Address client = deal.proposal().client();
        Address provider = deal.proposal().provider();
        BigInteger paid = deal.paid(epoch);
        ChainState after = state.escrow(
                client, state.escrow().getOrDefault(client, BigInteger.ZERO).subtract(paid));
        after = after.escrow(
                provider, after.escrow().getOrDefault(provider, BigInteger.ZERO).add(paid));
        return after.withoutDeal(deal.id());
    }

    private static ChainState done(ChainState state, ChainMessage message, byte[] returned, long epoch) {
        return state.receipt(message.cid(), new Receipt(0, Json.base64(returned), epoch));
    }

    private static ChainState failed(ChainState state, ChainMessage message, int code, long epoch) {
        return state.receipt(message.cid(), new Receipt(code, "", epoch));
    }
}
