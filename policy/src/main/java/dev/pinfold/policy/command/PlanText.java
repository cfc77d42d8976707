package dev.pinfold.policy.command;

import dev.pinfold.policy.Explanation;
import dev.pinfold.policy.Plan;
import java.util.ArrayList;
import java.util.List;

/** Decisions as text for people. */
final class PlanText {
    private PlanText() {}

    static String summary(Plan plan) {
        StringBuilder text = new StringBuilder();
        text.append("rule ").append(plan.rule()).append(", class ").append(plan.placementClass());
        text.append(", decision ").append(PlanJson.lower(plan.decision()));
        text.append(plan.decisionReason().isEmpty() ? "" : " (" + plan.decisionReason() + ")")
                .append('\n');
        for (Plan.Chosen chosen : plan.chosen()) {
            text.append("  ").append(chosen.provider()).append("  ").append(PlanJson.lower(chosen.tier()));
            text.append("  ").append(chosen.monthlyCost()).append(" a month\n");
        }
        if (plan.feasible()) {
            text.append("total ").append(plan.totalMonthlyCost()).append(" a month, durability ");
            text.append(plan.durabilityNines())
                    .append(" nines, limited by ")
                    .append(plan.limitedBy())
                    .append('\n');
        }
        for (Plan.Conflict conflict : plan.conflict()) {
            text.append("in the way: ")
                    .append(conflict.constraint())
                    .append(": ")
                    .append(conflict.suggestion());
            text.append('\n');
        }
        plan.notes().forEach(note -> text.append("note: ").append(note).append('\n'));
        return text.toString();
    }

    static String explanation(Explanation explanation) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"PROVIDER", "TIER", "OUTCOME", "MONTHLY", "CONSTRAINT", "WHY"});
        for (Explanation.Verdict verdict : explanation.verdicts()) {
            boolean excluded = verdict.outcome() == Explanation.Outcome.EXCLUDED;
            rows.add(new String[] {
                verdict.provider(),
                PlanJson.lower(verdict.tier()),
                PlanJson.lower(verdict.outcome()),
                excluded ? "-" : verdict.monthlyCost().toString(),
                excluded ? verdict.constraint() : "-",
                verdict.reason()
            });
        }
        StringBuilder text =
                new StringBuilder(summary(explanation.plan())).append('\n').append(table(rows));
        for (Explanation.Alternative alternative : explanation.alternatives()) {
            text.append("without ").append(alternative.without()).append(": ");
            text.append(
                    alternative.providers().isEmpty()
                            ? "no set is possible"
                            : String.join(", ", alternative.providers()) + " for " + alternative.monthlyCost()
                                    + " a month");
            text.append('\n');
        }
        return text.toString();
    }

    /** Columns padded to their widest cell; the last one is left as it is. */
    static String table(List<String[]> rows) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row[i]).append(" ".repeat(i == columns - 1 ? 0 : widths[i] - row[i].length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
