package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the parts of a plan while it is made. */
final class PlanDraft {
    private final Question question;
    private final RuleMatcher.Matched matched;
    private final List<Eligibility.Candidate> taken = new ArrayList<>();
    private final List<Plan.Excluded> excluded = new ArrayList<>();
    private final List<String> notes;
    private long optimalCost;
    private boolean exact = true;
    private boolean rebalanced;

    PlanDraft(Question question, RuleMatcher.Matched matched) {
        this.question = question;
        this.matched = matched;
        this.notes = new ArrayList<>(matched.notes());
        if (question.request().sizeBytes() == null) {
            notes.add("the size is unknown: costs assume " + question.sizeBytes() + " bytes");
        }
    }

    void note(String note) {
        notes.add(note);
    }

    void excluded(Eligibility eligibility) {
        excluded(eligibility.excluded());
    }

    void excluded(List<Plan.Excluded> more) {
        excluded.addAll(more);
        excluded.sort(Comparator.comparing(Plan.Excluded::provider));
    }

    void take(TierPlanner.Choice choice) {
        taken.addAll(choice.chosen());
        optimalCost += choice.optimalCost();
        exact &= choice.exact();
        rebalanced |= choice.rebalanced();
        if (!choice.exact()) {
            notes.add("the search was stopped at its limit: a cheaper set may exist");
        }
    }

    Plan refuse(Plan.Decision decision, String reason, List<Plan.Conflict> conflict) {
        taken.clear();
        return plan(decision, reason, conflict);
    }

    Plan finish(Plan.Decision decision, String reason) {
        flagStalePrices();
        return plan(decision, reason, List.of());
    }

    static Plan asDowngrade(Plan plan, String reason) {
        return new Plan(
                Plan.Decision.DOWNGRADE,
                reason,
                plan.rule(),
                plan.placementClass(),
                plan.chosen(),
                plan.totalMonthlyCost(),
                plan.optimalMonthlyCost(),
                plan.excluded(),
                plan.conflict(),
                plan.durability(),
                plan.policyRevision(),
                plan.inventoryHash(),
                plan.hot(),
                plan.cold(),
                plan.retention(),
                plan.priority(),
                plan.movement(),
                plan.exact(),
                plan.notes());
    }

    private void flagStalePrices() {
        for (Eligibility.Candidate candidate : taken) {
            Price price = candidate.provider().price();
            if (price != null
                    && price.asOf() != null
                    && PriceFilters.older(
                            price.asOf(),
                            question.inventory().asOf(),
                            question.policy().staleAfter())) {
                notes.add("the price of " + candidate.provider().id() + " is of " + price.asOf() + " (stale)");
            }
        }
    }

    private Plan plan(Plan.Decision decision, String reason, List<Plan.Conflict> conflict) {
        PlacementClass effective = question.effective();
        long cost = taken.stream().mapToLong(Eligibility.Candidate::cost).sum();
        boolean placed = !taken.isEmpty();
        return new Plan(
                decision,
                reason,
                matched.rule().name(),
                effective.name(),
                taken.stream()
                        .map(c ->
                                new Plan.Chosen(c.provider().id(), c.provider().tier(), new Money(c.cost())))
                        .toList(),
                new Money(cost),
                new Money(placed ? optimalCost : 0),
                excluded,
                conflict,
                DurabilityEstimate.of(
                        question.policy().durability(),
                        taken.stream().map(Eligibility.Candidate::provider).toList()),
                question.policy().revision(),
                question.inventory().hash(),
                effective.hot(),
                effective.cold(),
                matched.retention(),
                matched.rule().priority(),
                placed ? movement() : Plan.Movement.NONE,
                exact,
                notes);
    }

    private Plan.Movement movement() {
        List<String> ids = taken.stream().map(c -> c.provider().id()).toList();
        List<String> existing = question.request().existing();
        return new Plan.Movement(
                existing.stream().filter(ids::contains).toList(),
                ids.stream().filter(id -> !existing.contains(id)).toList(),
                existing.stream().filter(id -> !ids.contains(id)).toList(),
                rebalanced);
    }
}
