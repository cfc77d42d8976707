package dev.pinfold.broker.placement;

import dev.pinfold.broker.alert.Alert;
import dev.pinfold.broker.alert.AlertBook;
import dev.pinfold.broker.alert.AlertKind;
import dev.pinfold.broker.store.PlacementStore.Spent;
import dev.pinfold.broker.store.UsageStore;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.broker.telemetry.Metrics.BudgetReading;
import dev.pinfold.policy.Budget;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.upkeep.MoveDecision;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operator that a budget passed one of its {@code warnAt} shares: once per month, budget and share. The alert is
 * over when the month is, or when the budget or its limit is another one.
 */
public final class BudgetWatch {
    private final UsageStore usage;
    private final Supplier<Policy> policy;
    private final AlertBook alerts;
    private final Metrics metrics;

    public BudgetWatch(UsageStore usage, Supplier<Policy> policy, AlertBook alerts, Metrics metrics) {
        this.usage = usage;
        this.policy = policy;
        this.alerts = alerts;
        this.metrics = metrics;
    }

    /** Compares what is spent with the budgets. */
    public void check() {
        Policy inForce = policy.get();
        List<Alert> open = alerts.open(AlertKind.BUDGET_WARNING);
        if (inForce.budgets().isEmpty() && open.isEmpty()) {
            metrics.budgets(List.of());
            return;
        }
        String month = usage.month();
        List<Spent> spent = usage.spent();
        if (!month.equals(usage.month())) {
            return; // What was read may belong to the month before.
        }
        metrics.budgets(readings(inForce.budgets(), spent));
        Map<String, String> reached = reached(inForce.budgets(), spent, month, inForce.currency());
        reached.forEach((subject, message) -> alerts.raise(AlertKind.BUDGET_WARNING, subject, message));
        // A share that was passed stays told, also when money is given back later in the month.
        Collection<String> possible = inForce.budgets().stream()
                .flatMap(b -> b.warnAt().stream().map(s -> subject(b, s, month)))
                .toList();
        open.stream()
                .map(Alert::subject)
                .filter(subject -> !possible.contains(subject))
                .forEach(subject -> alerts.clear(AlertKind.BUDGET_WARNING, subject));
    }

    /** The warnings that are due, by subject. */
    static Map<String, String> reached(List<Budget> budgets, Collection<Spent> spent, String month, String currency) {
        Ledger ledger = new Ledger(budgets, spent);
        Map<String, String> reached = new LinkedHashMap<>();
        for (Budget budget : budgets) {
            Money sum = ledger.spending().of(budget.name());
            for (Ratio share : MoveDecision.warningsReached(budget, new Money(-1), sum)) {
                reached.put(
                        subject(budget, share, month),
                        sum + " of " + budget.monthly() + " " + currency + " of the budget '" + budget.name()
                                + "' is spent in " + month + ", past its warning at " + share + "; " + next(budget));
            }
        }
        return reached;
    }

    private static List<BudgetReading> readings(List<Budget> budgets, Collection<Spent> spent) {
        Ledger ledger = new Ledger(budgets, spent);
        return budgets.stream()
                .map(budget -> new BudgetReading(
                        budget.name(), shown(ledger.spending().of(budget.name())), shown(budget.monthly())))
                .toList();
    }

    private static double shown(@Nullable Money amount) {
        return amount == null ? Double.POSITIVE_INFINITY : Double.parseDouble(amount.toString());
    }

    /** A budget whose limit was changed warns anew. */
    private static String subject(Budget budget, Ratio share, String month) {
        return budget.name() + " " + month + " " + share + " of " + budget.monthly();
    }

    private static String next(Budget budget) {
        String then = switch (budget.onExceeded()) {
            case REJECT -> "new pins that do not fit fail";
            case QUEUE_NEW -> "new pins that do not fit wait";
            case DOWNGRADE -> "new pins that do not fit get the class '" + budget.downgradeTo() + "'";
        };
        return then + "; raise its monthly limit to go on";
    }
}
