package dev.pinfold.broker.placement;

import dev.pinfold.broker.placement.Payments.Payer;
import dev.pinfold.broker.placement.PinPlacement.Placed;
import dev.pinfold.broker.replica.Projection;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore;
import dev.pinfold.broker.store.PlacementStore.Batch;
import dev.pinfold.broker.store.PlacementStore.Charge;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.Decided;
import dev.pinfold.broker.store.PlacementStore.Decision;
import dev.pinfold.broker.store.PlacementStore.PinChange;
import dev.pinfold.broker.store.PlacementStore.PinWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import dev.pinfold.policy.Explanation;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.command.PlanJson;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the copies of due contents go, what they cost and what their pins show. Takes a batch of contents, asks
 * {@link PinPlacement} for every pin, and writes the decisions with their explanation. Level-triggered: it looks at how
 * things are, never at what happened.
 */
public final class Placer {
    private static final int BATCH = 64;

    private final PlacementStore store;
    private final FleetView fleet;
    private final Drains drains;
    private final Supplier<Policy> policy;
    private final Settings settings;

    /**
     * The figures behind the rules.
     *
     * @param retry when a placement that is not complete is tried again
     * @param giveUpAfter how long a content that no source has is looked for
     * @param grace how long a copy that nobody wants is kept
     * @param delegates the broker's own addresses
     */
    public record Settings(Duration retry, Duration giveUpAfter, Duration grace, List<String> delegates) {
        public Settings {
            delegates = List.copyOf(delegates);
        }
    }

    public Placer(PlacementStore store, FleetView fleet, Drains drains, Supplier<Policy> policy, Settings settings) {
        this.store = store;
        this.fleet = fleet;
        this.drains = drains;
        this.policy = policy;
        this.settings = settings;
    }

    /** Settles one batch of due contents; returns how many there were. */
    public int settle() {
        Policy inForce = policy.get();
        // Before the transaction, which has one connection: these may ask the database over another one.
        Inventory world = fleet.now();
        String brake = fleet.brake(inForce.upkeep().repair());
        int settled = store.settle(
                BATCH, settings.grace(), !inForce.budgets().isEmpty(), batch -> decide(inForce, world, brake, batch));
        if (settled > 0 && policy.get().revision() != inForce.revision()) {
            // The contents that were marked for the new policy may be those that were just decided under the old one.
            store.markGoneDue();
        }
        return settled;
    }

    private List<Decision> decide(Policy inForce, Inventory world, @Nullable String brake, Batch batch) {
        Payments payments = new Payments(new Ledger(inForce.budgets(), batch.spent()));
        RepairQueue repairs = new RepairQueue(inForce.upkeep().repair(), batch.repairs());
        PinPlacement placement = new PinPlacement(
                inForce, world, fleet::atItsBest, brake, repairs, payments, settings.giveUpAfter(), settings.retry());
        HeldCopies heldCopies = new HeldCopies(inForce, world, brake, payments, drains.begun());
        return batch.work().stream()
                .map(work -> decide(placement, repairs, heldCopies, payments, work))
                .toList();
    }

    private Decision decide(
            PinPlacement placement, RepairQueue repairs, HeldCopies heldCopies, Payments payments, Work work) {
        List<PinChange> changes = new ArrayList<>();
        Map<String, Charge> charged = new HashMap<>();
        work.charges().forEach(charge -> charged.put(charge.provider(), charge));
        HeldCopies.Held held = heldCopies.held(work, charged);
        Set<String> wanted = new LinkedHashSet<>(held.providers());
        Duration again = held.next() == null ? null : placement.until(held.next());
        for (PinWork pin : work.pins()) {
            Placed placed = placement.place(pin, work);
            Payer payer = Payer.of(pin);
            if (placed.decision() != null) {
                payments.charge(payer, placed.decision().plan(), charged);
            }
            Payments.inherit(payer, placed.providers(), work, charged);
            wanted.addAll(placed.providers());
            again = sooner(again, placed.again());
            PinChange change = change(placement, pin, placed, work);
            if (change != null) {
                changes.add(change);
            }
        }
        List<Charge> news = charged.values().stream()
                .filter(charge -> wanted.contains(charge.provider()))
                .filter(charge -> !work.charges().contains(charge))
                .toList();
        return new Decision(
                work.content(),
                changes,
                wanted,
                repairs.begun(work.content()),
                news,
                held.over(),
                held.changes(),
                again);
    }

    private static @Nullable Duration sooner(@Nullable Duration one, @Nullable Duration other) {
        return one == null || (other != null && other.compareTo(one) < 0) ? other : one;
    }

    private @Nullable PinChange change(PinPlacement placement, PinWork pin, Placed placed, Work work) {
        List<CopyWork> mine = work.copies().stream()
                .filter(c -> placed.providers().contains(c.provider()))
                .toList();
        // What the copies say comes first: it is why there is something to wait for.
        String said = Stream.of(missing(mine), placed.waiting())
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        String waiting = said.isEmpty() ? null : said;
        Projection.Shown shown = placed.goal().equals(PinPlacement.COLD_ONLY)
                ? Projection.COLD_ONLY
                : Projection.show(
                        placed.goal(), mine.stream().map(CopyWork::state).toList(), placed.hopeless(), waiting);
        Explanation decision = placed.decision();
        Decided decided = decision == null ? null : decided(placement, pin, decision, work);
        Map<String, String> info = new LinkedHashMap<>(shown.info());
        if (pin.wantsCold() && work.cold() != null) {
            info.putAll(work.cold().info());
        }
        Instant expires = decided != null && decided.expires() != null ? decided.expires() : pin.expires();
        if (expires != null) {
            info.put("pinfold_expires", expires.toString());
        }
        List<String> delegates = delegates(mine);
        boolean same = decided == null
                && shown.status() == pin.status()
                && info.equals(pin.info())
                && delegates.equals(pin.delegates())
                && placed.providers().equals(pin.providers().orElse(null))
                && Objects.equals(placed.move().to(), pin.moveTo().orElse(null))
                && Objects.equals(placed.move().replan(), pin.replan())
                && placed.degraded() == pin.degraded();
        if (same) {
            return null;
        }
        boolean moved = shown.status() != pin.status();
        boolean undecided = placed.providers().isEmpty()
                && placed.hopeless() == null
                && pin.providers().isEmpty();
        String note = placed.move().arrived() ? placed.move().note() : null;
        return new PinChange(
                pin.requestId(),
                shown.status(),
                info,
                delegates,
                decided,
                undecided ? null : placed.providers(),
                placed.goal(),
                placed.move(),
                placed.degraded(),
                note != null ? "pin.moved" : moved ? "pin." + shown.status().word() : null,
                note != null ? note : moved ? info.getOrDefault("status_details", info.get("pinfold_replicas")) : null);
    }

    private static Decided decided(PinPlacement placement, PinWork pin, Explanation decision, Work work) {
        return new Decided(
                new JsonObject(PlanJson.decision(decision)).encode(),
                decision.plan().policyRevision(),
                decision.plan().rule(),
                work.sizeBytes(),
                placement.expires(pin, decision.plan()),
                decision.plan().retention().keepLast());
    }

    /** What the copies that are not there say, the first few. */
    private static @Nullable String missing(List<CopyWork> copies) {
        String said = copies.stream()
                .filter(c -> c.state() != ReplicaState.VERIFIED && c.detail() != null)
                .limit(3)
                .map(c -> c.provider()
                        + (c.state() == ReplicaState.CLAIMED ? " (not verified yet): " : ": ")
                        + c.detail())
                .collect(Collectors.joining("; "));
        return said.isEmpty() ? null : said;
    }

    /** Where a client can hand the content over: what the providers named, then the broker's own addresses. */
    private List<String> delegates(List<CopyWork> copies) {
        Set<String> delegates = new LinkedHashSet<>();
        for (CopyWork copy : copies) {
            copy.delegates().stream().filter(Placer::dialable).forEach(delegates::add);
        }
        delegates.addAll(settings.delegates());
        return delegates.stream().limit(20).toList();
    }

    private static boolean dialable(String multiaddr) {
        return multiaddr.length() <= 512 && multiaddr.matches("/[!-~]+/p2p/[A-Za-z0-9]{20,128}");
    }
}
