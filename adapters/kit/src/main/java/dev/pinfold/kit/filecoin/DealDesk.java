package dev.pinfold.kit.filecoin;

import static java.util.Objects.requireNonNull;

import dev.pinfold.content.ContentException;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceSize;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The deals of one storage provider and how they go on: data, check, publication, sealing, proof. Everything is guarded by
 * the lock of the chain, except for the moving of data.
 */
final class DealDesk implements Inhabitant {
    /** Sectors that are not proven for 42 days are terminated. */
    static final long LONGEST_FAULT = 120_960;

    private final SimulatedChain chain;
    private final Address provider;
    private final Path folder;
    private final Executor movers;
    private final Map<String, ProviderDeal> deals = new LinkedHashMap<>();
    private final Set<Stage> stalled = EnumSet.noneOf(Stage.class);
    private volatile Pace pace;
    private int patience;
    /** The epoch at which the provider was last seen, or −1 while it is there. */
    private long goneSince = -1;

    DealDesk(SimulatedChain chain, Address provider, Path folder, Executor movers, Pace pace) {
        this.chain = chain;
        this.provider = provider;
        this.folder = folder;
        this.movers = movers;
        this.pace = pace;
    }

    void pace(Pace now) {
        pace = now;
    }

    void stall(Stage stage) {
        chain.run(() -> stalled.add(stage));
    }

    void release() {
        chain.run(() -> {
            stalled.clear();
            deals.values().forEach(deal -> proceed(deal, chain.head()));
        });
    }

    /** From now on nobody is there: nothing goes on, and after the longest fault the chain takes its sectors away. */
    void gone() {
        chain.run(() -> goneSince = goneSince < 0 ? chain.head() : goneSince);
    }

    void back() {
        chain.run(() -> {
            goneSince = -1;
            deals.values().forEach(deal -> proceed(deal, chain.head()));
        });
    }

    boolean isGone() {
        return goneSince >= 0;
    }

    /** The provider loses a deal's sector; whether the market still shows a trace of it for a day is the caller's choice. */
    void slash(ProviderDeal deal, boolean leavesTrace) {
        if (deal.onChainMarket()) {
            Effect effect = new Effect.Terminate(deal.dealId, leavesTrace);
            chain.push(provider, provider, BigInteger.ZERO, 9, new byte[0], effect);
        } else {
            chain.decree(state -> state.withoutClaim(deal.terms.allocation()));
            deal.message = Words.simulated("the sector was terminated");
            deal.enter(Stage.SLASHED, chain.head());
        }
    }

    @Nullable
    ProviderDeal find(String id) {
        return deals.get(id);
    }

    List<ProviderDeal> all() {
        return new ArrayList<>(deals.values());
    }

    /** Takes a deal on; its data begins to move at once unless that is stalled. */
    void accept(ProviderDeal deal) {
        deals.put(deal.terms.id(), deal);
        proceed(deal, chain.head());
        chain.noted();
    }

    /** A deal from before this network was started again; what is to be done for it is done at the next epoch. */
    void recall(JsonObject memory, HttpClient http) {
        ProviderDeal deal = DealJson.read(memory, folder, http);
        Path data = deal.data;
        if (data != null && !Files.exists(data)) {
            deal.data = null;
            deal.piece = null;
            deal.car = null;
        }
        deals.put(deal.terms.id(), deal);
    }

    /** How often a transfer that broke off is tried again, at the next epoch each time. */
    void patience(int tries) {
        patience = tries;
    }

    /** Data that the client or a person brings; checked as any other. */
    void bring(ProviderDeal deal, ProviderDeal.Source source) {
        deal.source = source;
        proceed(deal, chain.head());
        chain.noted();
    }

    @Override
    public boolean moving() {
        return deals.values().stream().anyMatch(deal -> deal.moving);
    }

    @Override
    public long dueAfter(long head) {
        long due = isGone() && goneSince + LONGEST_FAULT > head ? goneSince + LONGEST_FAULT : Long.MAX_VALUE;
        for (ProviderDeal deal : deals.values()) {
            due = Math.min(due, due(deal, head));
        }
        return due;
    }

    private long due(ProviderDeal deal, long head) {
        long deadline = deal.terms.startBy() + 1;
        if (isGone() || stalled.contains(deal.stage)) {
            return deal.stage.compareTo(Stage.INDEXING) < 0 ? deadline : Long.MAX_VALUE;
        }
        return switch (deal.stage) {
            case FUNDING, TRANSFERRING, VERIFYING, PUBLISHING -> deadline;
            case ACCEPTED -> Math.min(deadline, Math.max(head + 1, deal.since + pace.publish()));
            case PUBLISHED -> Math.min(deadline, Math.max(head + 1, deal.since + pace.precommit()));
            case SEALING -> Math.min(deadline, Math.max(head + 1, deal.since + pace.seal()));
            case INDEXING -> Math.max(head + 1, deal.since + pace.index());
            case ACTIVE -> deal.onChainMarket() ? Long.MAX_VALUE : deal.activeAt + deal.terms.duration();
            case EXPIRED, SLASHED, MISSED, FAILED -> Long.MAX_VALUE;
        };
    }

    @Override
    public void onEpoch(long epoch) {
        if (isGone() && epoch == goneSince + LONGEST_FAULT) {
            all().stream()
                    .filter(deal -> deal.stage == Stage.ACTIVE || deal.stage == Stage.INDEXING)
                    .forEach(deal -> slash(deal, true));
        }
        deals.values().forEach(deal -> proceed(deal, epoch));
    }

    /** Goes as far as this epoch allows. */
    private void proceed(ProviderDeal deal, long epoch) {
        Stage before;
        do {
            before = deal.stage;
            if (!before.isOver()) {
                follow(deal, epoch);
                advance(deal, epoch);
            }
        } while (deal.stage != before);
    }

    /** What the chain says overrules what the provider thinks. */
    private void follow(ProviderDeal deal, long epoch) {
        boolean proven = deal.stage == Stage.INDEXING || deal.stage == Stage.ACTIVE;
        if (!proven && epoch > deal.terms.startBy()) {
            deal.message =
                    Words.simulated("the sector was not proven before the deal's start epoch " + deal.terms.startBy());
            deal.enter(Stage.MISSED, epoch);
        } else if (takenBack(deal)) {
            deal.activation = null;
            deal.enter(Stage.PUBLISHING, epoch);
        } else if (proven && deal.onChainMarket()) {
            followMarket(deal, epoch);
        } else if (proven && deal.stage == Stage.ACTIVE && epoch >= deal.activeAt + deal.terms.duration()) {
            deal.enter(Stage.EXPIRED, epoch);
        }
    }

    /** Whether a reorganisation undid the publication. */
    private boolean takenBack(ProviderDeal deal) {
        boolean published = deal.stage.compareTo(Stage.PUBLISHED) >= 0;
        return published && deal.publish != null && chain.receipt(deal.publish.cid()) == null;
    }

    private void followMarket(ProviderDeal deal, long epoch) {
        DealProposal proposal = requireNonNull(deal.terms.proposal());
        MarketDeal onChain = chain.state().dealOf(requireNonNull(deal.terms.signedCid()));
        if (onChain == null) {
            deal.enter(epoch >= proposal.endEpoch() ? Stage.EXPIRED : Stage.SLASHED, epoch);
        } else if (onChain.slashedAt() >= 0) {
            deal.enter(Stage.SLASHED, epoch);
        } else if (onChain.sectorStart() < 0) {
            deal.activation = null;
            deal.enter(Stage.SEALING, epoch);
        } else if (epoch >= proposal.endEpoch()) {
            deal.enter(Stage.EXPIRED, epoch);
        }
    }

    private void advance(ProviderDeal deal, long epoch) {
        if (isGone() || stalled.contains(deal.stage)) {
            return;
        }
        switch (deal.stage) {
            case FUNDING -> fund(deal, epoch);
            case TRANSFERRING -> begin(deal);
            case VERIFYING -> verified(deal, epoch);
            case ACCEPTED -> publish(deal, epoch);
            case PUBLISHING -> published(deal, epoch);
            case PUBLISHED -> enterAfter(deal, pace.precommit(), Stage.SEALING, epoch);
            case SEALING -> seal(deal, epoch);
            case INDEXING -> enterAfter(deal, pace.index(), Stage.ACTIVE, epoch);
            case ACTIVE, EXPIRED, SLASHED, MISSED, FAILED -> {
                // Only the chain moves it on.
            }
        }
    }

    private static void enterAfter(ProviderDeal deal, long epochs, Stage next, long epoch) {
        if (epoch >= deal.since + epochs) {
            deal.enter(next, epoch);
        }
    }

    private void fund(ProviderDeal deal, long epoch) {
        Receipt receipt = deal.funding == null ? new Receipt(0, "", epoch) : chain.receipt(deal.funding.cid());
        if (receipt != null && receipt.ok()) {
            deal.enter(Stage.TRANSFERRING, epoch);
        } else if (receipt != null) {
            deal.fail(
                    "adding market funds failed: the message ended with exit code " + receipt.exitCode()
                            + " (not enough funds)",
                    epoch);
        }
    }

    private void begin(ProviderDeal deal) {
        ProviderDeal.Source source = deal.source;
        if (source == null || deal.moving || deal.piece != null) {
            return;
        }
        deal.moving = true;
        Path target = folder.resolve("piece-of-" + deal.terms.id());
        movers.execute(() -> move(deal, source, target));
    }

    private void move(ProviderDeal deal, ProviderDeal.Source source, Path target) {
        Piece piece = null;
        IndexedCar car = null;
        String failure = null;
        try {
            source.copyTo(target, bytes -> chain.run(() -> deal.received = bytes));
            piece = Pieces.commit(target, PieceSize.ofPadded(deal.terms.pieceSize()));
            car = deal.terms.isCar() ? IndexedCar.of(target) : null;
        } catch (IOException | ContentException | IllegalArgumentException e) {
            failure = "data transfer failed: " + e.getMessage();
        }
        finished(deal, target, piece, car, failure);
    }

    private void finished(
            ProviderDeal deal, Path target, @Nullable Piece piece, @Nullable IndexedCar car, @Nullable String failure) {
        chain.run(() -> {
            deal.moving = false;
            if (deal.stage == Stage.TRANSFERRING) {
                if (failure != null && deal.brokenOff++ < patience) {
                    deal.message = Words.simulated(failure + "; it is tried again");
                } else if (failure != null || piece == null) {
                    deal.fail(failure == null ? "no data" : failure, chain.head());
                } else {
                    deal.received = piece.payload();
                    deal.piece = piece;
                    deal.car = car;
                    deal.data = target;
                    deal.enter(Stage.VERIFYING, chain.head());
                    proceed(deal, chain.head());
                }
            }
            chain.noted();
            chain.wake();
        });
    }

    private void verified(ProviderDeal deal, long epoch) {
        Piece piece = requireNonNull(deal.piece);
        if (!piece.cidV1().equals(deal.terms.pieceCid())) {
            drop(deal);
            deal.fail(
                    "commp mismatch: the data's piece CID is " + piece.cidV1() + ", the proposal says "
                            + deal.terms.pieceCid(),
                    epoch);
        } else {
            deal.enter(deal.onChainMarket() ? Stage.ACCEPTED : Stage.SEALING, epoch);
        }
    }

    private void publish(ProviderDeal deal, long epoch) {
        if (epoch >= deal.since + pace.publish()) {
            DealProposal proposal = requireNonNull(deal.terms.proposal());
            Effect effect = new Effect.Publish(proposal, requireNonNull(deal.terms.signedCid()));
            byte[] params = new CborOut().array(1).raw(proposal.cbor()).toBytes();
            deal.publish =
                    chain.push(provider, ChainMessage.MARKET, BigInteger.ZERO, ChainMessage.PUBLISH, params, effect);
            deal.enter(Stage.PUBLISHING, epoch);
        }
    }

    private void published(ProviderDeal deal, long epoch) {
        Receipt receipt = chain.receipt(requireNonNull(deal.publish).cid());
        if (receipt != null && receipt.ok()) {
            MarketDeal onChain = chain.state().dealOf(requireNonNull(deal.terms.signedCid()));
            if (onChain != null) {
                deal.dealId = onChain.id();
                deal.enter(Stage.PUBLISHED, epoch);
            }
        } else if (receipt != null) {
            deal.fail(
                    "publishing the deal failed with exit code " + receipt.exitCode()
                            + (receipt.exitCode() == Receipt.INSUFFICIENT_FUNDS ? " (not enough funds in escrow)" : ""),
                    epoch);
        }
    }

    private void seal(ProviderDeal deal, long epoch) {
        if (epoch < deal.since + pace.seal()) {
            return;
        }
        boolean needsMessage = deal.onChainMarket() || deal.terms.allocation() > 0;
        if (needsMessage && deal.activation == null) {
            Effect effect = deal.onChainMarket()
                    ? new Effect.Activate(requireNonNull(deal.terms.signedCid()))
                    : new Effect.ClaimPiece(deal.terms.allocation(), provider.number());
            // ProveCommitSectors3 to the provider's own actor.
            deal.activation = chain.push(provider, provider, BigInteger.ZERO, 34, new byte[0], effect);
        }
        Receipt receipt = deal.activation == null ? new Receipt(0, "", epoch) : chain.receipt(deal.activation.cid());
        if (receipt != null && receipt.ok()) {
            deal.activeAt = receipt.height();
            deal.enter(Stage.INDEXING, epoch);
        } else if (receipt != null) {
            deal.fail("proving the sector failed with exit code " + receipt.exitCode(), epoch);
        }
    }

    private static void drop(ProviderDeal deal) {
        Path data = deal.data;
        deal.piece = null;
        deal.car = null;
        deal.data = null;
        try {
            if (data != null) {
                Files.deleteIfExists(data);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
