package dev.pinfold.policy.command;

import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.Explanation;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Priority;
import dev.pinfold.policy.Problem;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The JSON shapes of decisions. Amounts are decimal texts, never numbers. */
public final class PlanJson {
    private PlanJson() {}

    /** The shape that {@code policy plan --json} prints. */
    public static Map<String, Object> plan(Plan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("feasible", plan.feasible());
        json.put("rule", plan.rule());
        json.put("class", plan.placementClass());
        json.put("chosen", plan.chosen().stream().map(PlanJson::chosen).toList());
        json.put("totalMonthlyCost", text(plan.totalMonthlyCost()));
        json.put(
                "excluded",
                plan.excluded().stream()
                        .map(x -> object("provider", x.provider(), "constraint", x.constraint(), "reason", x.reason()))
                        .toList());
        json.put(
                "conflict",
                plan.conflict().stream()
                        .map(c -> object("constraint", c.constraint(), "suggestion", c.suggestion()))
                        .toList());
        json.put("durabilityNines", plan.durabilityNines());
        json.put("limitedBy", plan.limitedBy());
        json.put("policyRevision", plan.policyRevision());
        json.put("inventoryHash", plan.inventoryHash());
        ColdGoal cold = plan.cold();
        if (cold != null && plan.feasible()) {
            json.put("cold", object("target", cold.target(), "urgent", plan.priority() == Priority.HIGH));
        }
        return json;
    }

    /** The plan and everything an operator asks about it. */
    public static Map<String, Object> explanation(Explanation explanation) {
        Map<String, Object> json = decision(explanation);
        json.put(
                "providers",
                explanation.verdicts().stream().map(PlanJson::verdict).toList());
        return json;
    }

    /** What is kept of a decision: everything but the verdicts on providers that were usable and not needed. */
    public static Map<String, Object> decision(Explanation explanation) {
        Plan plan = explanation.plan();
        Map<String, Object> json = plan(plan);
        json.put("decision", lower(plan.decision()));
        json.put("decisionReason", plan.decisionReason());
        json.put("optimalMonthlyCost", text(plan.optimalMonthlyCost()));
        json.put("score", explanation.score());
        json.put("exact", plan.exact());
        json.put("availability", plan.durability().availability());
        json.put(
                "replicas",
                object(
                        "min", plan.hot().min(),
                        "target", plan.hot().target(),
                        "max", plan.hot().max(),
                        "ack", lower(plan.hot().ack()),
                        "pinnedAt", plan.hot().pinnedAt()));
        json.put(
                "movement",
                object(
                        "kept", plan.movement().kept(),
                        "added", plan.movement().added(),
                        "removed", plan.movement().removed(),
                        "rebalanced", plan.movement().rebalanced()));
        json.put("filters", explanation.filterCounts());
        json.put(
                "alternatives",
                explanation.alternatives().stream().map(PlanJson::alternative).toList());
        json.put("notes", plan.notes());
        return json;
    }

    private static Map<String, Object> chosen(Plan.Chosen chosen) {
        return object(
                "provider", chosen.provider(), "tier", lower(chosen.tier()), "monthlyCost", text(chosen.monthlyCost()));
    }

    private static Map<String, Object> verdict(Explanation.Verdict verdict) {
        return object(
                "provider", verdict.provider(),
                "tier", lower(verdict.tier()),
                "outcome", lower(verdict.outcome()),
                "constraint", verdict.constraint(),
                "reason", verdict.reason(),
                "monthlyCost", text(verdict.monthlyCost()),
                "score", verdict.score());
    }

    private static Map<String, Object> alternative(Explanation.Alternative alternative) {
        return object(
                "without", alternative.without(),
                "providers", alternative.providers(),
                "monthlyCost", text(alternative.monthlyCost()),
                "durabilityNines", alternative.durabilityNines(),
                "score", alternative.score());
    }

    /** {@code {"file","line","column","message"}}. */
    static Map<String, Object> problem(Problem problem) {
        return object(
                "file", problem.file(),
                "line", problem.line(),
                "column", problem.column(),
                "message", problem.message());
    }

    /** An object from alternating keys and values, in that order. */
    static Map<String, Object> object(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        return object;
    }

    static String text(Money money) {
        return money.toString();
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
