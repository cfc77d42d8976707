package dev.pinfold.policy.command;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What would move if one policy replaced another, and what it costs before and after. */
final class PolicyDiff {
    private static final int SHOWN = 100;

    private final PlacementEngine engine;
    private final Policy before;
    private final Policy after;
    private final Inventory world;
    private final SortedMap<String, long[]> providers = new TreeMap<>();
    private final List<Map<String, Object>> changes = new ArrayList<>();
    private long pins;
    private long changed;
    private long movedBytes;
    private long newlyInfeasible;
    private Money costBefore = Money.ZERO;
    private Money costAfter = Money.ZERO;

    PolicyDiff(PlacementEngine engine, Policy before, Policy after, Inventory world) {
        this.engine = engine;
        this.before = before;
        this.after = after;
        this.world = world;
    }

    Outcome run(Iterator<String> requests) {
        RequestLines.forEach(requests, this::one);
        return Outcome.of(newlyInfeasible > 0 ? Outcome.NO : Outcome.DONE, human(), json());
    }

    private void one(PlacementRequest request) {
        pins++;
        Plan old = engine.plan(before, world, request);
        List<String> held = old.chosen().stream().map(Plan.Chosen::provider).toList();
        Plan next = engine.plan(after, world, request.withExisting(held));
        costBefore = costBefore.plus(old.totalMonthlyCost());
        costAfter = costAfter.plus(next.totalMonthlyCost());
        newlyInfeasible += old.feasible() && !next.feasible() ? 1 : 0;
        boolean moves =
                !next.movement().added().isEmpty() || !next.movement().removed().isEmpty();
        if (!moves && old.feasible() == next.feasible()) {
            return;
        }
        changed++;
        Long size = request.sizeBytes();
        movedBytes += next.movement().added().size() * (size == null ? after.assumedSize() : size);
        next.movement().added().forEach(id -> count(id)[0]++);
        next.movement().removed().forEach(id -> count(id)[1]++);
        if (changes.size() < SHOWN) {
            changes.add(PlanJson.object(
                    "cid", request.cid(),
                    "name", request.name(),
                    "from", held,
                    "to", next.chosen().stream().map(Plan.Chosen::provider).toList(),
                    "decision", PlanJson.lower(next.decision()),
                    "reason", next.decisionReason()));
        }
    }

    private long[] count(String provider) {
        return providers.computeIfAbsent(provider, id -> new long[2]);
    }

    private Map<String, Object> json() {
        Map<String, Object> moved = new LinkedHashMap<>();
        providers.forEach((id, n) -> moved.put(id, PlanJson.object("added", n[0], "removed", n[1])));
        return PlanJson.object(
                "fromRevision", before.revision(),
                "toRevision", after.revision(),
                "pins", pins,
                "changed", changed,
                "newlyInfeasible", newlyInfeasible,
                "movedBytes", movedBytes,
                "costBefore", costBefore.toString(),
                "costAfter", costAfter.toString(),
                "providers", moved,
                "changes", changes);
    }

    private String human() {
        StringBuilder text = new StringBuilder();
        text.append(changed)
                .append(" of ")
                .append(pins)
                .append(" pins change, ")
                .append(movedBytes);
        text.append(" bytes move, ").append(newlyInfeasible).append(" become infeasible\n");
        text.append("cost ").append(costBefore).append(" -> ").append(costAfter).append(" a month\n");
        providers.forEach((id, n) -> text.append("  ")
                .append(id)
                .append("  +")
                .append(n[0])
                .append(" -")
                .append(n[1])
                .append('\n'));
        return text.toString();
    }
}
