package dev.pinfold.broker.placement;

import dev.pinfold.broker.store.PlacementStore.Spent;
import dev.pinfold.policy.Budget;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Spending;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is spent of each budget while a batch of decisions is taken: what the database says, and what the batch itself
 * has promised since.
 */
final class Ledger {
    private final List<Budget> budgets;
    private final SortedMap<String, Money> byBudget = new TreeMap<>();

    Ledger(List<Budget> budgets, Collection<Spent> spent) {
        this.budgets = List.copyOf(budgets);
        budgets.forEach(budget -> byBudget.put(budget.name(), Money.ZERO));
        spent.forEach(each -> add(each.tenant(), each.token(), new Money(each.picos())));
    }

    /** Promises money of a tenant and token; a negative amount gives it back. */
    void add(String tenant, String token, Money amount) {
        PlacementRequest payer = PlacementRequest.of(token, "", "", null).withTenant(tenant);
        for (Budget budget : budgets) {
            if (budget.covers(payer)) {
                byBudget.merge(budget.name(), amount, Money::plus);
            }
        }
    }

    /** Another one that begins with the same figures. */
    Ledger copy() {
        Ledger copy = new Ledger(budgets, List.of());
        copy.byBudget.putAll(byBudget);
        return copy;
    }

    /** What the engine reckons with. */
    Spending spending() {
        return Spending.of(byBudget);
    }
}
