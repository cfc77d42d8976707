package dev.pinfold.broker.cold;

import dev.pinfold.broker.alert.AlertKind;
import dev.pinfold.broker.alert.Alerts;
import dev.pinfold.broker.cold.DealChooser.Choice;
import dev.pinfold.broker.cold.DealChooser.Offer;
import dev.pinfold.broker.store.DealPieces;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.broker.store.DealStore.Ordering;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Policy;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every sealed piece has as many deals as are wanted, each with another storage provider: orders what is
 * missing, and drops a piece that nobody wants.
 */
final class DealKeeper {
    private static final Logger log = LoggerFactory.getLogger(DealKeeper.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LONGEST_DETAIL = 900;
    private static final String PACKED_ANEW =
            "most of its piece is waste: what is wanted of it is packed anew, in another piece";

    private final DealStore store;
    private final DealPieces pieces;
    private final DealChooser chooser;
    private final DealSettings settings;
    private final Supplier<Policy> policy;
    private final Alerts alerts;
    private final DealTokens tokens;
    private final Clock clock;

    DealKeeper(
            DealStore store,
            DealPieces pieces,
            DealChooser chooser,
            DealSettings settings,
            Supplier<Policy> policy,
            Alerts alerts,
            DealTokens tokens,
            Clock clock) {
        this.store = store;
        this.pieces = pieces;
        this.chooser = chooser;
        this.settings = settings;
        this.policy = policy;
        this.alerts = alerts;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Brings the deals of one piece up to what is wanted; true where something was ordered. */
    boolean settle(PieceNeed need) {
        PlacementClass rules = policy.get().placementClass(need.className()).orElse(null);
        ColdGoal goal = rules == null ? null : rules.cold();
        if (!need.wanted()) {
            unwanted(need);
            return false;
        }
        if (rules == null || goal == null) {
            pieces.settled(
                    need, settings.check(), "the policy has no class '" + need.className() + "' with cold copies");
            return false;
        }
        return order(need, rules, goal);
    }

    /** Kept as long as a storage provider may still fetch it. */
    private void unwanted(PieceNeed need) {
        boolean needed = need.deals().stream().anyMatch(deal -> deal.state().fetches());
        if (needed || !pieces.drop(need)) {
            pieces.settled(need, settings.check(), null);
        } else {
            log.info("event=piece.dropped piece={}", need.id());
        }
    }

    private boolean order(PieceNeed need, PlacementClass rules, ColdGoal goal) {
        List<DealSlots.Open> missing = DealSlots.open(need, head(need), renewBefore(goal));
        if (missing.isEmpty()) {
            complete(need);
            return false;
        }
        List<DealSlots.Open> open =
                missing.stream().filter(slot -> !packedAnew(need, slot, goal)).toList();
        if (open.size() < missing.size()) {
            packAnew(need);
        }
        if (open.isEmpty()) {
            pieces.settled(need, settings.check(), PACKED_ANEW);
            return false;
        }
        DealSlots.Open slot = open.getFirst();
        Choice choice = chooser.choose(need, slot, rules, goal, open.size());
        Offer offer = choice.best();
        if (offer == null) {
            missing(need, slot, choice);
            return false;
        }
        String against = order(need, slot, goal, offer);
        tellOfRenewal(need, slot, goal, against == null);
        // The next copy is looked at with this one written down.
        pieces.settled(need, against == null ? Duration.ZERO : settings.poll(), against);
        return against == null;
    }

    /** All copies are there or on their way: what they were made for is over once they are stored. */
    private void complete(PieceNeed need) {
        DealSlots.renewed(need).forEach(slot -> alerts.clear(AlertKind.DEAL_EXPIRING, subject(need, slot)));
        if (DealSlots.stored(need) && !need.leaving()) {
            int left = pieces.supersede(need);
            if (left > 0) {
                log.info("event=piece.superseded by={} contents={}", need.id(), left);
            }
        }
        pieces.settled(need, null, null);
    }

    /**
     * Whether a copy that is about to end is not stored again, because most of it is waste. In the second half of the time
     * that there is for it, it is, so that nothing is lost where the other piece is not stored by then.
     */
    private static boolean packedAnew(PieceNeed need, DealSlots.Open slot, ColdGoal goal) {
        return slot.reason() == DealIntent.Reason.RENEWAL
                && Bundling.repacks(need.live(), need.piece().size(), Bundling.least(goal))
                && DealSlots.left(need, slot, head(need)) > renewBefore(goal) / 2;
    }

    private void packAnew(PieceNeed need) {
        if (!need.leaving() && pieces.packAnew(need, PACKED_ANEW)) {
            log.info(
                    "event=piece.packed-anew piece={} live={} padded={}",
                    need.id(),
                    need.live(),
                    need.piece().size().padded());
        }
    }

    /** Somebody is told once a renewal has failed as often as the policy says; it goes on nevertheless. */
    private void tellOfRenewal(PieceNeed need, DealSlots.Open slot, ColdGoal goal, boolean ordered) {
        List<Deal> failed = DealSlots.failedRenewals(need, slot);
        if (failed.size() >= goal.deal().renew().maxAttempts()) {
            Deal last = failed.getLast();
            alerts.raise(
                    AlertKind.DEAL_EXPIRING,
                    subject(need, slot.slot()),
                    "it ends soon, and " + failed.size() + " renewals came to nothing, the last with " + last.provider()
                            + " (" + last.checkpoint().detail() + "); it is tried again, elsewhere where it can be");
        } else if (ordered) {
            alerts.clear(AlertKind.DEAL_EXPIRING, subject(need, slot.slot()));
        }
    }

    /** The chain's head as far as the piece's own deals tell; only their ends are compared with it. */
    private static Epoch head(PieceNeed need) {
        Epoch latest = new Epoch(0);
        for (Deal deal : need.deals()) {
            Epoch seen = deal.checkpoint().asOf();
            latest = seen != null && seen.isAfter(latest) ? seen : latest;
        }
        return latest;
    }

    private static long renewBefore(ColdGoal goal) {
        return goal.deal().renew().enabled()
                ? Epoch.epochsIn(goal.deal().renew().before())
                : 0;
    }

    private static String subject(PieceNeed need, int slot) {
        return "piece " + need.id() + " copy " + (slot + 1);
    }

    private void missing(PieceNeed need, DealSlots.Open slot, Choice choice) {
        String reasons = choice.against().isEmpty()
                ? "no provider of this broker names storage providers; add storageProviders to one that makes deals"
                : String.join("; ", choice.against());
        String detail = "no storage provider takes copy " + (slot.slot() + 1) + " of " + need.copies() + ": " + reasons;
        String cut = detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + "…";
        if (slot.reason() == DealIntent.Reason.RENEWAL) {
            alerts.raise(AlertKind.DEAL_EXPIRING, subject(need, slot.slot()), "it ends soon, and " + cut);
        }
        choice.lacksFunds().forEach((maker, lack) -> alerts.raise(AlertKind.FUNDS_LOW, maker, lack));
        choice.refuse().forEach((maker, lack) -> alerts.raise(AlertKind.NODE_REFUSES, maker, lack));
        if (pieces.settled(need, settings.poll(), cut)) {
            log.warn("event=deal.unplaced piece={} detail=\"{}\"", need.id(), cut);
        }
    }

    /** Writes the intent down; why it could not be, or null. */
    private @Nullable String order(PieceNeed need, DealSlots.Open slot, ColdGoal goal, Offer offer) {
        DealOrder order;
        try {
            order = order(need, goal, offer);
        } catch (ProviderException e) {
            return offer.provider().address() + ": " + e.failure().detail();
        }
        String maker = offer.maker().provider().id();
        DealIntent intent = new DealIntent(need.id(), slot.slot(), slot.reason(), slot.replaces(), maker, order);
        byte[] tokenHash = tokens.hashed(order.id());
        return switch (store.order(intent, tokenHash, settings.maxPerMonth())) {
            case Ordering.Ordered ordered -> {
                log.info(
                        "event=deal.ordered deal={} piece={} copy={} reason={} provider={} mode={} cost={} verified={}",
                        order.id(),
                        need.id(),
                        slot.slot() + 1,
                        slot.reason().word(),
                        order.provider(),
                        order.mode().label(),
                        order.terms().total(),
                        order.terms().verified());
                alerts.clear(AlertKind.FUNDS_LOW, maker);
                yield null;
            }
            case Ordering.Taken taken -> "another broker orders a deal for it";
            case Ordering.TooDear dear ->
                "the deals of this month cost " + dear.spent() + " already, and deals.maxPerMonth allows "
                        + settings.maxPerMonth();
        };
    }

    private DealOrder order(PieceNeed need, ColdGoal goal, Offer offer) {
        Instant now = clock.instant();
        UUID id = timed(now);
        PieceSize size = need.piece().size();
        long buffer = Math.max(
                Epoch.epochsIn(goal.deal().startOffset()),
                offer.maker().report().startBuffer());
        Epoch start = offer.head().plus(buffer);
        AttoFil collateral = offer.mode() == DealMode.MK12
                ? offer.maker()
                        .deals()
                        .collateral(size, offer.verified(), offer.maker().soon())
                        .proposed()
                : AttoFil.ZERO;
        return new DealOrder(
                id.toString(),
                id,
                offer.mode(),
                offer.maker().report().wallet(),
                offer.provider().address(),
                new DealPiece(need.piece().cidV1(), size, need.piece().payload(), need.root()),
                new DealTerms(
                        start,
                        start.plus(offer.duration()),
                        offer.epochPrice(),
                        collateral,
                        offer.verified(),
                        goal.deal().fastRetrieval()),
                new PieceSource(source(need), Map.of()));
    }

    private URI source(PieceNeed need) {
        String base = settings.publicUrl().get().toString();
        return URI.create(base.replaceAll("/+$", "") + "/piece/" + need.piece().cidV2());
    }

    /** A UUID of version 7 (RFC 9562), so that ids sort by time and the ULID of the same bits has the right time. */
    static UUID timed(Instant now) {
        long high = now.toEpochMilli() << 16 | 0x7000 | RANDOM.nextInt(0x1000);
        long low = RANDOM.nextLong() >>> 2 | 1L << 63;
        return new UUID(high, low);
    }
}
