package dev.pinfold.policy.command;

import dev.pinfold.policy.Constraint;
import dev.pinfold.policy.HealthRule;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Match;
import dev.pinfold.policy.MetaOverrides;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Price;
import dev.pinfold.policy.Priority;
import dev.pinfold.policy.ProviderSnapshot;
import dev.pinfold.policy.Retention;
import dev.pinfold.policy.Rule;
import dev.pinfold.policy.Upkeep;
import dev.pinfold.policy.document.Catalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a policy says about a catalog that cannot be meant: names nobody has, classes nobody can serve. */
final class FleetCheck {
    private static final long NOMINAL_SIZE = 1L << 30;

    private final PlacementEngine engine;
    private final Policy policy;
    private final Inventory inventory;
    private final Set<String> ids;

    FleetCheck(PlacementEngine engine, Policy policy, Catalog catalog) {
        this.engine = engine;
        this.policy = policy;
        Instant newest = catalog.entries().stream()
                .map(entry -> entry.snapshot().price())
                .filter(price -> price != null && price.asOf() != null)
                .map(Price::asOf)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        inventory = catalog.inventory(newest);
        ids = inventory.providers().stream().map(ProviderSnapshot::id).collect(Collectors.toSet());
    }

    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (PlacementClass placementClass : policy.classes().values()) {
            for (Constraint constraint : placementClass.constraints()) {
                unknownProviders(placementClass.name(), constraint, warnings);
            }
            unplaceable(placementClass, warnings);
        }
        for (Upkeep.Drain drain : policy.upkeep().drains()) {
            if (!ids.contains(drain.provider())) {
                warnings.add("drain names '" + drain.provider() + "', which the catalog does not have");
            }
        }
        return warnings;
    }

    private void unknownProviders(String className, Constraint constraint, List<String> warnings) {
        Set<String> named = new TreeSet<>();
        switch (constraint) {
            case Constraint.Exclude exclude -> named.addAll(exclude.providers());
            case Constraint.Require require -> named.addAll(require.providers());
            case Constraint.Residency residency -> {}
            case Constraint.SizeRange range -> {}
            case Constraint.Expression expression -> {}
        }
        named.removeAll(ids);
        for (String name : named) {
            warnings.add("class " + className + ", constraint " + constraint.name() + " names '" + name
                    + "', which the catalog does not have");
        }
    }

    /** A catalog has no health, so health rules are left out of this question. */
    private void unplaceable(PlacementClass c, List<String> warnings) {
        PlacementClass healthy = new PlacementClass(
                c.name(),
                c.hot(),
                c.constraints(),
                c.spread(),
                c.survive(),
                c.prefer(),
                c.costBand(),
                HealthRule.NONE,
                c.price(),
                c.cold(),
                c.retrieval(),
                c.repairable());
        TreeMap<String, PlacementClass> only = new TreeMap<>();
        only.put(c.name(), healthy);
        Rule everything = new Rule(
                "all", Match.EVERYTHING, c.name(), MetaOverrides.NONE, Retention.UNTIL_DELETED, Priority.NORMAL);
        Policy single = new Policy(
                policy.name(),
                policy.revision(),
                policy.currency(),
                policy.unknownLabel(),
                policy.whenUnsatisfiable(),
                policy.assumedSize(),
                policy.staleAfter(),
                policy.fxMaxAge(),
                only,
                List.of(everything),
                List.of(),
                policy.upkeep(),
                policy.durability());
        Plan plan = engine.plan(single, inventory, PlacementRequest.of("", "", "check", NOMINAL_SIZE));
        if (!plan.feasible()) {
            warnings.add("class " + c.name() + " cannot place a pin of 1 GiB with this catalog: "
                    + plan.conflict().stream()
                            .map(x -> x.constraint() + ": " + x.suggestion())
                            .collect(Collectors.joining("; ")));
        }
        plan.notes().stream()
                .filter(note -> note.startsWith("degraded"))
                .forEach(note -> warnings.add("class " + c.name() + " is " + note));
    }
}
