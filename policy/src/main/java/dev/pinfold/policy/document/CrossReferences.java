package dev.pinfold.policy.document;

import dev.pinfold.policy.Budget;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Rule;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks what spans several sections of a policy: names that must exist, rules that can never be reached. */
final class CrossReferences {
    private final Problems problems;
    private boolean right = true;

    CrossReferences(Problems problems) {
        this.problems = problems;
    }

    /** True when everything fits together; otherwise problems were added. */
    boolean check(
            List<RuleShapes.LocatedRule> rules,
            Node.Position rulesAt,
            Map<String, PlacementClass> classes,
            List<Shapes.Located<Budget>> budgets) {
        rules(rules, rulesAt, classes);
        budgets(budgets, classes);
        return right;
    }

    private void rules(List<RuleShapes.LocatedRule> rules, Node.Position rulesAt, Map<String, PlacementClass> classes) {
        Set<String> names = new HashSet<>();
        String catchAll = null;
        for (RuleShapes.LocatedRule located : rules) {
            Rule rule = located.rule();
            if (!names.add(rule.name())) {
                wrong(located.at(), "two rules are called '" + rule.name() + "'");
            }
            if (catchAll != null) {
                wrong(
                        located.at(),
                        "rule '" + rule.name() + "' is never reached: '" + catchAll + "' before it matches everything");
            }
            String className = rule.placementClass();
            if (className != null && !classes.containsKey(className)) {
                wrong(
                        located.classAt(),
                        "there is no class '" + className + "'" + Words.hint(className, classes.keySet()));
            }
            if (!rule.continues() && rule.match().isCatchAll()) {
                catchAll = rule.name();
            }
        }
        if (catchAll == null) {
            wrong(
                    rules.isEmpty() ? rulesAt : rules.getLast().at(),
                    "no rule matches everything: end the rules with one that has match: {} and a class");
        }
    }

    private void budgets(List<Shapes.Located<Budget>> budgets, Map<String, PlacementClass> classes) {
        Set<String> names = new HashSet<>();
        for (Shapes.Located<Budget> located : budgets) {
            Budget budget = located.value();
            if (!names.add(budget.name())) {
                wrong(located.at(), "two budgets are called '" + budget.name() + "'");
            }
            String downgradeTo = budget.downgradeTo();
            if (downgradeTo != null && !classes.containsKey(downgradeTo)) {
                wrong(
                        located.at(),
                        "downgradeTo names no class: '" + downgradeTo + "'"
                                + Words.hint(downgradeTo, classes.keySet()));
            }
        }
    }

    private void wrong(Node.Position at, String message) {
        problems.add(at, message);
        right = false;
    }
}
