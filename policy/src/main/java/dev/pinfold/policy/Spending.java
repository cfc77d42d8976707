package dev.pinfold.policy;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was spent or reserved this month, against which budgets are checked.
 *
 * @param everywhere the figure for every budget that has none of its own
 * @param byBudget figures by budget name
 */
public record Spending(Money everywhere, SortedMap<String, Money> byBudget) {
    /** Nothing was spent. */
    public static final Spending NOTHING = new Spending(Money.ZERO, new TreeMap<>());

    /** Copies the map. */
    public Spending {
        byBudget = Collections.unmodifiableSortedMap(new TreeMap<>(byBudget));
    }

    /** One figure for every budget. */
    public static Spending of(Money everywhere) {
        return new Spending(everywhere, new TreeMap<>());
    }

    /** One figure per budget; budgets that are not named have spent nothing. */
    public static Spending of(Map<String, Money> byBudget) {
        return new Spending(Money.ZERO, new TreeMap<>(byBudget));
    }

    /** The figure that counts for this budget. */
    public Money of(String budget) {
        return byBudget.getOrDefault(budget, everywhere);
    }
}
