package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the copies of one pin go. Pure: the same policy, inventory and request give the same plan on every
 * machine, for ever. It reads top to bottom: match a rule and its class → filter providers ({@link Eligibility}) → choose
 * the cheapest set under spread and survival rules ({@link TierPlanner}) → check budgets → explain
 * ({@link DurabilityEstimate}, and {@link ConflictFinder} when there is no such set).
 */
public final class PlacementEngine {
    /**
     * Plans one pin. Never fails for a pin that cannot be placed: the plan then says what stands in the way.
     *
     * @param policy a policy as parsed, whose last rule matches everything
     * @param inventory the world; its {@code asOf} is the time of the decision
     * @param request the pin
     * @throws ArithmeticException if amounts leave the range of {@link Money}
     */
    public Plan plan(Policy policy, Inventory inventory, PlacementRequest request) {
        RuleMatcher.Matched matched = RuleMatcher.match(policy, inventory, request);
        Question question = new Question(policy, matched.effective(), inventory, request);
        PlanDraft draft = new PlanDraft(question, matched);
        if (matched.refused() != null) {
            return draft.refuse(Plan.Decision.REJECT, matched.refused().constraint(), List.of(matched.refused()));
        }
        return withinBudgets(
                question, matched, place(question, matched, matched.effective().costBand()));
    }

    /** What the policy says of a pin without choosing providers: much cheaper than {@link #plan}. */
    public Terms terms(Policy policy, Inventory inventory, PlacementRequest request) {
        RuleMatcher.Matched matched = RuleMatcher.match(policy, inventory, request);
        return new Terms(matched.rule().name(), matched.effective().hot(), matched.retention());
    }

    /** Chooses hot and cold copies, regardless of budgets. */
    private static Plan place(Question question, RuleMatcher.Matched matched, Ratio costBand) {
        PlanDraft draft = new PlanDraft(question, matched);
        HotGoal goal = question.effective().hot();
        boolean degrade = question.policy().whenUnsatisfiable() == Policy.WhenUnsatisfiable.DEGRADE;
        int atLeast = degrade ? goal.min() : goal.target();

        TierPlanner hotPlanner = new TierPlanner(question, Tier.HOT, costBand);
        draft.excluded(hotPlanner.eligibility());
        TierPlanner.Choice hot = hotPlanner.choose(atLeast, goal.target(), goal.max());
        if (hot == null) {
            List<Plan.Conflict> conflict = ConflictFinder.find(question, atLeast);
            return draft.refuse(
                    insteadOf(question.policy()), conflict.getFirst().constraint(), conflict);
        }
        draft.take(hot);
        if (hot.chosen().size() < goal.target()) {
            draft.note("degraded: " + hot.chosen().size() + " of " + goal.target() + " hot copies can be placed");
        }

        ColdGoal cold = question.effective().cold();
        if (cold != null) {
            TierPlanner coldPlanner = new TierPlanner(question, Tier.COLD, costBand);
            draft.excluded(coldPlanner.eligibility());
            TierPlanner.Choice deals = coldCopies(coldPlanner, cold, degrade);
            if (deals != null) {
                draft.take(deals);
            } else if (degrade) {
                draft.note("degraded: no cold copies can be placed now; " + coldShortage(coldPlanner, cold));
            } else {
                Plan.Conflict shortage = new Plan.Conflict("cold.replicas", coldShortage(coldPlanner, cold));
                return draft.refuse(insteadOf(question.policy()), "cold.replicas", List.of(shortage));
            }
        }
        return draft.finish(Plan.Decision.PLACE, "");
    }

    /** One who makes deals makes as many copies as are wanted, each with another storage provider. */
    private static TierPlanner.@Nullable Choice coldCopies(TierPlanner planner, ColdGoal cold, boolean degrade) {
        boolean byDeals =
                planner.eligibility().candidates().stream().anyMatch(c -> ColdFilters.makesDeals(c.provider()));
        return byDeals
                ? planner.choose(1, 1, 1)
                : planner.choose(degrade ? cold.min() : cold.target(), cold.target(), cold.target());
    }

    private static String coldShortage(TierPlanner planner, ColdGoal cold) {
        int usable = planner.eligibility().candidates().size();
        return usable + " cold providers are usable and " + cold.min() + " to " + cold.target() + " are wanted";
    }

    private static Plan.Decision insteadOf(Policy policy) {
        return policy.whenUnsatisfiable() == Policy.WhenUnsatisfiable.QUEUE
                ? Plan.Decision.QUEUE
                : Plan.Decision.REJECT;
    }

    /** Gives way to a budget in three steps: the cheapest set, the cheaper class, the refusal. */
    private static Plan withinBudgets(Question question, RuleMatcher.Matched matched, Plan plan) {
        Optional<Exceeded> exceeded = exceeded(question, plan);
        if (exceeded.isEmpty() || !plan.feasible()) {
            return plan;
        }
        Plan cheapest = place(question, matched, Ratio.ZERO);
        exceeded = exceeded(question, cheapest);
        if (exceeded.isEmpty()) {
            return cheapest;
        }
        Budget budget = exceeded.get().budget();
        String downgradeTo = budget.downgradeTo();
        if (budget.onExceeded() == Budget.OnExceeded.DOWNGRADE && downgradeTo != null) {
            Plan downgraded = downgraded(question, matched, downgradeTo);
            if (downgraded.feasible() && exceeded(question, downgraded).isEmpty()) {
                return PlanDraft.asDowngrade(downgraded, budget.constraint());
            }
        }
        Plan.Decision decision =
                budget.onExceeded() == Budget.OnExceeded.QUEUE_NEW ? Plan.Decision.QUEUE : Plan.Decision.REJECT;
        Plan.Conflict conflict =
                new Plan.Conflict(budget.constraint(), exceeded.get().suggestion());
        PlanDraft draft = new PlanDraft(question, matched);
        draft.excluded(cheapest.excluded());
        return draft.refuse(decision, budget.constraint(), List.of(conflict));
    }

    private static Plan downgraded(Question question, RuleMatcher.Matched matched, String className) {
        PlacementClass cheaper = question.policy()
                .placementClass(className)
                .orElseThrow(() -> new IllegalStateException("downgradeTo names no class: " + className));
        // Where data may be does not change with its price class: the pin's own wish for residency stays.
        List<Constraint> constraints = new ArrayList<>(cheaper.constraints());
        question.effective().constraints().stream()
                .filter(c -> c.name().startsWith("meta."))
                .forEach(constraints::add);
        return place(question.with(Classes.withConstraints(cheaper, constraints)), matched, cheaper.costBand());
    }

    private record Exceeded(Budget budget, String suggestion) {}

    private static Optional<Exceeded> exceeded(Question question, Plan plan) {
        PlacementRequest request = question.request();
        Money addition = plan.chosen().stream()
                .filter(c -> plan.movement().added().contains(c.provider()))
                .map(Plan.Chosen::monthlyCost)
                .reduce(Money.ZERO, Money::plus);
        for (Budget budget : question.policy().budgets()) {
            Money spent = request.spending().of(budget.name());
            String reason =
                    budget.covers(request) ? budget.reasonAgainst(spent, addition, plan.totalMonthlyCost()) : null;
            if (reason != null) {
                return Optional.of(new Exceeded(budget, reason + ": raise the budget or choose a cheaper class"));
            }
        }
        return Optional.empty();
    }

    /**
     * The plan together with a verdict on every provider, counts per filter, and what would be chosen if one of the chosen
     * providers were not there. Costs a few plans more than {@link #plan}.
     */
    public Explanation explain(Policy policy, Inventory inventory, PlacementRequest request) {
        Plan plan = plan(policy, inventory, request);
        RuleMatcher.Matched matched = RuleMatcher.match(policy, inventory, request);
        List<Explanation.Verdict> verdicts =
                Verdicts.of(new Question(policy, matched.effective(), inventory, request), plan);
        Map<String, Long> scores = new HashMap<>();
        verdicts.forEach(verdict -> scores.put(verdict.provider(), verdict.score()));
        List<Explanation.Alternative> alternatives = new ArrayList<>();
        for (Plan.Chosen chosen : plan.chosen()) {
            Inventory without = inventory.keeping(p -> !p.id().equals(chosen.provider()));
            Plan other = plan(policy, without, request);
            List<String> providers =
                    other.chosen().stream().map(Plan.Chosen::provider).toList();
            alternatives.add(new Explanation.Alternative(
                    chosen.provider(),
                    providers,
                    other.totalMonthlyCost(),
                    other.durabilityNines(),
                    providers.stream()
                            .mapToLong(p -> scores.getOrDefault(p, 0L))
                            .sum()));
        }
        alternatives.sort(Comparator.comparing(
                        (Explanation.Alternative other) -> other.providers().isEmpty())
                .thenComparing(Explanation.Alternative::monthlyCost)
                .thenComparing(Explanation.Alternative::without));
        return new Explanation(plan, verdicts, Verdicts.filterCounts(plan), alternatives);
    }
}
