package dev.pinfold.policy.command;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.ProviderSnapshot;
import dev.pinfold.policy.Tier;
import dev.pinfold.policy.document.PolicyTest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares one plan with what a test expects of it, and says every difference. */
final class Expectations {
    private final PlacementEngine engine;
    private final Policy policy;
    private final PolicyTest test;
    private final Inventory world;
    private final Plan plan;
    private final List<String> failures = new ArrayList<>();

    Expectations(PlacementEngine engine, Policy policy, PolicyTest test, Inventory whole) {
        this.engine = engine;
        this.policy = policy;
        this.test = test;
        this.world = whole.keeping(p -> test.without().entrySet().stream()
                .noneMatch(e -> e.getValue().stream().anyMatch(v -> Losses.hits(p, e.getKey(), v))));
        this.plan = engine.plan(policy, world, test.given());
    }

    List<String> failures() {
        PolicyTest.Expect expect = test.expect();
        same("decision", expect.decision(), PlanJson.lower(plan.decision()));
        same("reason", expect.reason(), plan.decisionReason());
        same("rule", expect.rule(), plan.rule());
        same("class", expect.placementClass(), plan.placementClass());
        placed(expect.placed(), Tier.HOT);
        placed(expect.cold(), Tier.COLD);
        bound(
                "costPerMonth",
                expect.costPerMonth(),
                new BigDecimal(plan.totalMonthlyCost().toString()));
        bound("durabilityNines", expect.durabilityNines(), BigDecimal.valueOf(plan.durabilityNines()));
        conflict(expect.conflict());
        expect.excludedBy().forEach(this::excludedBy);
        if (expect.expiresAfter() != null) {
            same(
                    "expiresAfter",
                    expect.expiresAfter().toString(),
                    String.valueOf(plan.retention().expireAfter()));
        }
        loss();
        return failures;
    }

    private void same(String what, @Nullable String wanted, String found) {
        if (wanted != null && !wanted.equals(found)) {
            failures.add(what + " is '" + found + "', expected '" + wanted + "'" + why());
        }
    }

    private String why() {
        return plan.conflict().isEmpty()
                ? ""
                : " (" + plan.conflict().getFirst().constraint() + ": "
                        + plan.conflict().getFirst().suggestion() + ")";
    }

    private void bound(String what, PolicyTest.@Nullable Bound wanted, BigDecimal found) {
        if (wanted != null && !wanted.holds(found)) {
            failures.add(what + " is " + found.toPlainString() + ", expected " + wanted);
        }
    }

    private void placed(PolicyTest.@Nullable Placed wanted, Tier tier) {
        if (wanted == null) {
            return;
        }
        SortedSet<String> ids = new TreeSet<>(plan.providers(tier).toList());
        String where = PlanJson.lower(tier) + " copies ";
        bound(where + "count", wanted.count(), BigDecimal.valueOf(ids.size()));
        if (wanted.exactly() != null && !wanted.exactly().equals(ids)) {
            failures.add(where + "are at " + ids + ", expected exactly " + wanted.exactly() + why());
        }
        for (String id : wanted.includes()) {
            if (!ids.contains(id)) {
                failures.add(where + "are at " + ids + ", expected " + id + " among them");
            }
        }
        for (String id : wanted.excludes()) {
            if (ids.contains(id)) {
                failures.add(where + "are at " + ids + ", expected " + id + " not among them");
            }
        }
        everyOne(wanted, ids);
        for (String label : wanted.distinct()) {
            distinct(label, ids);
        }
    }

    private void everyOne(PolicyTest.Placed wanted, SortedSet<String> ids) {
        for (String id : ids) {
            ProviderSnapshot provider = world.provider(id).orElseThrow();
            wanted.everyLabel().forEach((label, values) -> {
                String value = Losses.value(provider, label);
                if (value == null || !values.contains(value)) {
                    failures.add(id + " has " + label + " " + value + ", expected one of " + values);
                }
            });
            String reason = wanted.every() == null ? null : wanted.every().reasonAgainst(provider, test.given());
            if (reason != null) {
                failures.add(id + " does not satisfy " + wanted.everyText() + ": " + reason);
            }
        }
    }

    private void distinct(String label, SortedSet<String> ids) {
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            String value = Losses.value(world.provider(id).orElseThrow(), label);
            if (value == null || !seen.add(value)) {
                failures.add("two copies share " + label + " " + value + ", or it is unknown");
            }
        }
    }

    private void conflict(@Nullable SortedSet<String> wanted) {
        if (wanted == null) {
            return;
        }
        List<String> named =
                plan.conflict().stream().map(Plan.Conflict::constraint).toList();
        for (String constraint : wanted) {
            if (!named.contains(constraint)) {
                failures.add("the conflict names " + named + ", expected " + constraint + " among them");
            }
        }
    }

    private void excludedBy(String provider, String constraint) {
        String found = plan.excluded().stream()
                .filter(x -> x.provider().equals(provider))
                .map(Plan.Excluded::constraint)
                .findFirst()
                .orElse("nothing");
        if (!found.equals(constraint)) {
            failures.add(provider + " is kept out by " + found + ", expected " + constraint);
        }
    }

    private void loss() {
        PolicyTest.Loss loss = test.forEach();
        if (loss == null) {
            return;
        }
        List<ProviderSnapshot> copies = plan.providers(Tier.HOT)
                .map(id -> world.provider(id).orElseThrow())
                .toList();
        if (copies.isEmpty()) {
            failures.add("nothing is placed, so nothing can be lost" + why());
        }
        SortedSet<String> values = new TreeSet<>();
        for (ProviderSnapshot copy : copies) {
            String value = Losses.value(copy, loss.label());
            if (value == null) {
                failures.add(copy.id() + " has no known " + loss.label() + ": it counts as lost");
            } else if (loss.value().equals("*") || loss.value().equals(value)) {
                values.add(value);
            }
        }
        values.forEach(value -> lost(loss.label(), value, copies));
    }

    private void lost(String label, String value, List<ProviderSnapshot> copies) {
        List<String> left = copies.stream()
                .filter(p -> !Losses.hits(p, label, value))
                .map(ProviderSnapshot::id)
                .toList();
        bound(
                "after losing " + label + " " + value + ", remaining",
                test.expect().remaining(),
                BigDecimal.valueOf(left.size()));
        Boolean repairable = test.expect().repairPossible();
        if (repairable != null) {
            Inventory after = world.keeping(p -> !Losses.hits(p, label, value));
            PlacementRequest repair = test.given().withExisting(left).withRebalance(false);
            boolean possible = engine.plan(policy, after, repair).feasible();
            if (possible != repairable) {
                failures.add("after losing " + label + " " + value + ", repair is "
                        + (possible ? "possible" : "not possible") + ", expected the opposite");
            }
        }
    }
}
