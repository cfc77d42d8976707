package dev.pinfold.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A whole placement policy: rules that give a pin its class, the classes, and what bounds them. Made by
 * {@code PolicyDocuments}, which is where cross references are checked.
 *
 * @param name metadata name
 * @param revision monotonic; every decision records it
 * @param currency what amounts are counted in
 * @param unknownLabel what an unknown label means for spread
 * @param whenUnsatisfiable what happens when the target cannot be met
 * @param assumedSize size in bytes used to compare prices while a pin's size is unknown
 * @param staleAfter age beyond which a price is flagged
 * @param fxMaxAge age beyond which an exchange rate is not used
 * @param classes classes by name
 * @param rules rules in file order; the last one matches everything
 * @param budgets all budgets
 * @param upkeep repair, rebalancing, drains, audits, roll-out
 * @param durability assumptions behind the durability estimate
 */
public record Policy(
        String name,
        long revision,
        String currency,
        UnknownLabel unknownLabel,
        WhenUnsatisfiable whenUnsatisfiable,
        long assumedSize,
        Duration staleAfter,
        Duration fxMaxAge,
        SortedMap<String, PlacementClass> classes,
        List<Rule> rules,
        List<Budget> budgets,
        Upkeep upkeep,
        DurabilityModel durability) {
    /** Copies the collections. */
    public Policy {
        classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
        rules = List.copyOf(rules);
        budgets = List.copyOf(budgets);
    }

    /** What an unknown label means for a hard spread. */
    public enum UnknownLabel {
        /** The provider is not used. */
        REJECT,
        /** All unknown ones form one domain, which never counts towards minDomains. */
        ISOLATE,
        /** It is left out of the count. */
        IGNORE
    }

    /** What happens when the target cannot be met. */
    public enum WhenUnsatisfiable {
        /** Less than target is refused. */
        REJECT,
        /** Anything from min on is taken, with a warning. */
        DEGRADE,
        /** As REJECT, but the pin waits instead of failing. */
        QUEUE
    }

    /** The class of that name, if there is one. */
    public Optional<PlacementClass> placementClass(String className) {
        return Optional.ofNullable(classes.get(className));
    }

    /** The same policy with other upkeep. */
    public Policy withUpkeep(Upkeep replaced) {
        return new Policy(
                name,
                revision,
                currency,
                unknownLabel,
                whenUnsatisfiable,
                assumedSize,
                staleAfter,
                fxMaxAge,
                classes,
                rules,
                budgets,
                replaced,
                durability);
    }
}
