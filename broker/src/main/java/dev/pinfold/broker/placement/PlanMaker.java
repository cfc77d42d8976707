package dev.pinfold.broker.placement;

import dev.pinfold.broker.store.PlanStore;
import dev.pinfold.broker.store.PlanStore.PinFacts;
import dev.pinfold.broker.store.PlanStore.PlannedMove;
import dev.pinfold.policy.Constraint;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Rendezvous;
import dev.pinfold.policy.Tier;
import dev.pinfold.policy.upkeep.MoveDecision;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works out what a policy would move, over all pins, in portions: memory does not grow with the pins. Nothing moves
 * meanwhile; what it finds is written down as the moves of one plan.
 */
public final class PlanMaker {
    private static final Logger log = LoggerFactory.getLogger(PlanMaker.class);
    private static final int PORTION = 500;
    private static final UUID FIRST = new UUID(0, 0);

    private final PlanStore store;
    private final PlacementEngine engine = new PlacementEngine();
    private final UUID plan;
    private final Policy policy;
    private final Inventory world;
    private final Ratio canary;
    private final Set<String> residency;

    private final SortedMap<String, long[]> providers = new TreeMap<>();
    private long pins;
    private long moves;
    private long infeasible;
    private long degraded;
    private long movedBytes;
    private long outsideBefore;
    private long outsideAfter;
    private long stale;
    private Money costBefore = Money.ZERO;
    private Money costAfter = Money.ZERO;
    private double ninesBefore = Double.MAX_VALUE;
    private double ninesAfter = Double.MAX_VALUE;
    private String limitedBy = "";

    /**
     * Makes one plan.
     *
     * @param canary share of the contents that move first
     */
    public PlanMaker(PlanStore store, UUID plan, Policy policy, Inventory world, Ratio canary) {
        this.store = store;
        this.plan = plan;
        this.policy = policy;
        this.world = world;
        this.canary = canary;
        this.residency = policy.classes().values().stream()
                .flatMap(c -> c.constraints().stream())
                .filter(Constraint.Residency.class::isInstance)
                .map(Constraint::name)
                .collect(Collectors.toCollection(HashSet::new));
        this.residency.add("meta.pinfold.residency");
    }

    /** Goes over all pins and writes the plan; a failure is written as the plan's end. */
    public void run() {
        try {
            UUID after = FIRST;
            List<PinFacts> portion = store.pinsAfter(after, PORTION);
            while (!portion.isEmpty()) {
                List<PlannedMove> planned = new ArrayList<>();
                for (PinFacts pin : portion) {
                    PlannedMove move = consider(pin);
                    if (move != null) {
                        planned.add(move);
                    }
                }
                store.addMoves(plan, planned);
                store.beat(plan, summary());
                after = portion.getLast().requestId();
                portion = store.pinsAfter(after, PORTION);
            }
            store.finish(plan, "planned", refusal(), summary());
        } catch (RuntimeException e) {
            log.error("event=plan.failed plan={}", plan, e);
            store.finish(plan, "failed", "the plan could not be made: " + e.getMessage(), summary());
        }
    }

    private @Nullable PlannedMove consider(PinFacts pin) {
        pins++;
        costBefore = costBefore.plus(new Money(pin.picos()));
        PlacementRequest request = PlacementRequest.of(pin.token(), pin.name(), pin.content(), pin.sizeBytes())
                .withTenant(pin.tenant())
                .withMeta(pin.meta())
                .withExisting(pin.sound())
                .withRebalance(!coolingDown(pin));
        Plan next = engine.plan(policy, world, request);
        ninesBefore = Math.min(ninesBefore, pin.nines());
        boolean outside = next.excluded().stream()
                .anyMatch(x -> residency.contains(x.constraint()) && pin.held().contains(x.provider()));
        outsideBefore += outside ? 1 : 0;
        pin.held().forEach(id -> count(id)[0]++);
        if (!next.feasible()) {
            infeasible++;
            outsideAfter += outside ? 1 : 0;
            costAfter = costAfter.plus(new Money(pin.picos()));
            pin.held().forEach(id -> count(id)[1]++);
            return null;
        }
        costAfter = costAfter.plus(next.totalMonthlyCost());
        if (next.durabilityNines() < ninesAfter) {
            ninesAfter = next.durabilityNines();
            limitedBy = next.limitedBy();
        }
        stale += next.notes().stream().anyMatch(n -> n.endsWith("(stale)")) ? 1 : 0;
        degraded += next.providers(Tier.HOT).count() < next.hot().target() ? 1 : 0;
        List<String> target = next.providers(Tier.HOT).toList();
        target.forEach(id -> count(id)[1]++);
        return new HashSet<>(target).equals(new HashSet<>(pin.held())) ? null : move(pin, next, target);
    }

    /** Whether a pin moved so lately that it does not move for the price again. */
    private boolean coolingDown(PinFacts pin) {
        return pin.movedAt() != null
                && pin.movedAt().plus(policy.upkeep().rebalance().cooldown()).isAfter(world.asOf());
    }

    private PlannedMove move(PinFacts pin, Plan next, List<String> target) {
        moves++;
        List<String> added =
                target.stream().filter(id -> !pin.held().contains(id)).toList();
        added.forEach(id -> count(id)[2]++);
        pin.held().stream().filter(id -> !target.contains(id)).forEach(id -> count(id)[3]++);
        Long size = pin.sizeBytes();
        long bytes = Math.multiplyExact(added.size(), size == null ? policy.assumedSize() : size);
        movedBytes = Math.addExact(movedBytes, bytes);
        return new PlannedMove(
                pin.requestId(),
                pin.content(),
                Rendezvous.inShare(pin.content(), "canary-" + policy.revision(), canary),
                next.movement().rebalanced(),
                bytes,
                pin.held(),
                target,
                added);
    }

    private long[] count(String provider) {
        return providers.computeIfAbsent(provider, id -> new long[4]);
    }

    private @Nullable String refusal() {
        return MoveDecision.reasonAgainstPlan(
                policy.upkeep().rollout(), costBefore, costAfter, pins, degraded + infeasible, movedBytes);
    }

    private JsonObject summary() {
        JsonObject each = new JsonObject();
        providers.forEach((id, n) -> each.put(
                id,
                new JsonObject()
                        .put("before", n[0])
                        .put("after", n[1])
                        .put("added", n[2])
                        .put("removed", n[3])));
        return new JsonObject()
                .put("pins", pins)
                .put("moves", moves)
                .put("movedBytes", movedBytes)
                .put("infeasible", infeasible)
                .put("degraded", degraded)
                .put("stalePrices", stale)
                .put("currency", policy.currency())
                .put("costBefore", costBefore.toString())
                .put("costAfter", costAfter.toString())
                .put(
                        "residency",
                        new JsonObject().put("outsideBefore", outsideBefore).put("outsideAfter", outsideAfter))
                .put(
                        "durability",
                        new JsonObject()
                                .put("lowestNinesBefore", pins == 0 ? null : ninesBefore)
                                .put("lowestNinesAfter", ninesAfter == Double.MAX_VALUE ? null : ninesAfter)
                                .put("limitedBy", limitedBy))
                .put("providers", each);
    }
}
