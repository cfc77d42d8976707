package dev.pinfold.kit.filecoin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where proposals are looked at before they are taken: what every market of a provider refuses, whatever the protocol, and
 * the record of all that came. Guarded by the lock of the chain.
 */
final class Counter {
    /** The longest a sector of the main network can promise: 1278 days. */
    private static final long MAX_DURATION = 3_680_640;

    private static final long MIN_DURATION = 518_400;

    private final SimulatedChain chain;
    private final DealDesk desk;
    private final List<ProposalSeen> seen = new ArrayList<>();
    private final long sectorSize;
    private Ask ask = Ask.DEFAULT;
    private long askNumber = 1;
    private @Nullable String refusal;
    private int refusals;

    Counter(SimulatedChain chain, DealDesk desk, long sectorSize) {
        this.chain = chain;
        this.desk = desk;
        this.sectorSize = sectorSize;
    }

    Ask ask() {
        return ask;
    }

    long askNumber() {
        return askNumber;
    }

    void ask(Ask now) {
        ask = now;
        askNumber++;
    }

    void refuse(@Nullable String why, int count) {
        refusal = why;
        refusals = count;
    }

    List<ProposalSeen> seen() {
        return List.copyOf(seen);
    }

    /** Why nobody's proposal is taken at the moment, or null. */
    @Nullable
    String closed() {
        String why = refusals > 0 ? refusal : null;
        if (refusals > 0 && refusals != Integer.MAX_VALUE) {
            refusals--;
        }
        return why == null ? null : Words.simulated(why);
    }

    /**
     * Writes down a proposal and takes it on unless there is a reason not to.
     *
     * @return the reason, or null when it was taken
     */
    @Nullable
    String decide(ProviderDeal deal, @Nullable String refused) {
        ProviderDeal.Terms terms = deal.terms;
        boolean repeated = desk.find(terms.id()) != null;
        String why = repeated ? "deal " + terms.id() + " already exists" : refused;
        boolean doubled = why == null && doubles(terms);
        seen.add(new ProposalSeen(
                terms.id(),
                terms.protocol(),
                terms.provider(),
                terms.pieceCid(),
                terms.client(),
                chain.head(),
                why == null,
                why == null ? "" : why,
                repeated,
                doubled));
        if (why == null) {
            desk.accept(deal);
        }
        return why == null ? null : Words.simulated(why);
    }

    /** A renewal overlaps with the deal it follows for days; what overlaps for months is a second deal by mistake. */
    private boolean doubles(ProviderDeal.Terms terms) {
        for (ProviderDeal other : desk.all()) {
            boolean same = !other.stage.isOver()
                    && other.terms.client().equals(terms.client())
                    && other.terms.pieceCid().equals(terms.pieceCid());
            long overlap = Math.min(other.terms.startBy() + other.terms.duration(), terms.startBy() + terms.duration())
                    - Math.max(other.terms.startBy(), terms.startBy());
            if (same && overlap * 2 > Math.min(other.terms.duration(), terms.duration())) {
                return true;
            }
        }
        return false;
    }

    /** What a provider of market deals (old nodes and mk12) finds wrong with a proposal, or null. */
    @Nullable
    String marketRefusal(DealProposal proposal, Function<Address, Address> keyOf) {
        long head = chain.head();
        Address client = keyOf.apply(proposal.client());
        List<String> wrong = new ArrayList<>();
        require(wrong, Long.bitCount(proposal.pieceSize()) == 1, "proposal piece size is invalid");
        require(wrong, proposal.label().length() <= 256, "deal label can be at most 256 bytes");
        require(
                wrong,
                proposal.startEpoch() > head,
                "deal start epoch " + proposal.startEpoch() + " has already elapsed");
        require(
                wrong,
                proposal.duration() >= MIN_DURATION && proposal.duration() <= MAX_DURATION,
                "deal duration out of bounds (min, max, provided): " + MIN_DURATION + ", " + MAX_DURATION + ", "
                        + proposal.duration());
        require(wrong, proposal.endEpoch() <= head + MAX_DURATION, "invalid deal end epoch " + proposal.endEpoch());
        sizes(wrong, proposal.pieceSize());
        price(wrong, proposal);
        BigInteger least = StateFacts.collateral(proposal.pieceSize(), proposal.verified());
        require(
                wrong,
                proposal.providerCollateral().compareTo(least) >= 0
                        && proposal.providerCollateral().compareTo(least.shiftLeft(1)) <= 0,
                "proposed provider collateral out of bounds: " + proposal.providerCollateral() + " not in " + least
                        + " to " + least.shiftLeft(1));
        require(
                wrong,
                chain.state().freeOf(client, head).compareTo(proposal.locked()) >= 0,
                "clientMarketBalance.Available too small: not enough funds in escrow for a deal of "
                        + proposal.locked());
        require(
                wrong,
                !proposal.verified()
                        || chain.state()
                                        .dataCap()
                                        .getOrDefault(client, BigInteger.ZERO)
                                        .compareTo(BigInteger.valueOf(proposal.pieceSize()))
                                >= 0,
                "verified deal DataCap too small for proposed piece size");
        return wrong.isEmpty() ? null : wrong.getFirst();
    }

    void sizes(List<String> wrong, long pieceSize) {
        require(
                wrong,
                pieceSize >= ask.minPiece(),
                "piece size less than minimum required size: " + pieceSize + " < " + ask.minPiece());
        require(
                wrong,
                pieceSize <= Math.min(ask.maxPiece(), sectorSize),
                "piece size more than maximum allowed size: " + pieceSize + " > "
                        + Math.min(ask.maxPiece(), sectorSize));
    }

    private void price(List<String> wrong, DealProposal proposal) {
        BigInteger asked = ask.perEpoch(proposal.pieceSize(), proposal.verified());
        require(
                wrong,
                proposal.pricePerEpoch().compareTo(asked) >= 0,
                "storage price per epoch less than asking price: " + proposal.pricePerEpoch() + " < " + asked);
    }

    static void require(List<String> wrong, boolean holds, String otherwise) {
        if (!holds) {
            wrong.add(otherwise);
        }
    }
}
