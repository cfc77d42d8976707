package dev.pinfold.conformance.report;

import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Finding;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import java.util.List;

/** A report as Markdown, for an issue or a wiki. */
public final class MarkdownReport {
    private MarkdownReport() {}

    public static String write(Report report) {
        StringBuilder out = new StringBuilder("# Conformance of " + inline(report.endpoint()) + "\n\n");
        out.append("**").append(Scores.sentence(report)).append("**\n\n");
        out.append(report.suite())
                .append(", ")
                .append(report.started())
                .append(", ")
                .append(report.requests())
                .append(" requests in ")
                .append(report.took().toSeconds())
                .append(" s");
        out.append(
                report.leftovers() == 0
                        ? "; nothing was left behind.\n"
                        : "; " + report.leftovers() + " own pins could not be removed.\n");
        out.append("\n| Level | passed | failed | not judged |\n|---|---:|---:|---:|\n");
        for (Scores.Score score : Scores.byLevel(report)) {
            out.append("| ")
                    .append(score.level())
                    .append(' ')
                    .append(score.level().title())
                    .append(" | ")
                    .append(score.pass())
                    .append(" | ")
                    .append(score.fail())
                    .append(" | ")
                    .append(score.skip())
                    .append(" |\n");
        }
        if (!Clients.of(report).isEmpty()) {
            out.append(
                    "\n## Which clients will work\n\n| Client | Verdict | Broken | Not tested |\n|---|---|---|---|\n");
            for (Clients.Outlook outlook : Clients.of(report)) {
                out.append("| ")
                        .append(outlook.client())
                        .append(" | ")
                        .append(outlook.verdict())
                        .append(" | ")
                        .append(String.join(", ", outlook.broken()))
                        .append(" | ")
                        .append(String.join(", ", outlook.untested()))
                        .append(" |\n");
            }
        }
        for (Severity severity : Severity.values()) {
            failing(Scores.failing(report, severity), severity, out);
        }
        skipped(report, out);
        grades(report, out);
        return out.toString();
    }

    private static void failing(List<CheckResult> failing, Severity severity, StringBuilder out) {
        if (failing.isEmpty()) {
            return;
        }
        out.append("\n## ").append(severity).append(", not met\n");
        for (CheckResult result : failing) {
            out.append("\n### ").append(result.check().id()).append("\n\n");
            out.append(inline(result.check().rule()))
                    .append("  \n*")
                    .append(inline(result.check().source()))
                    .append("*\n\n");
            out.append("Why it matters: ").append(inline(result.check().why())).append("\n\n");
            for (Finding finding : result.findings()) {
                out.append("- expected ")
                        .append(inline(finding.expected()))
                        .append("; got ")
                        .append(inline(finding.got()))
                        .append('\n');
            }
            var exchange = result.findings().getFirst().exchange();
            if (exchange != null) {
                out.append("\n~~~~http\n")
                        .append(fenced(Evidence.request(exchange)))
                        .append("\n")
                        .append(fenced(Evidence.response(exchange)))
                        .append("~~~~\n");
            }
        }
    }

    private static void skipped(Report report, StringBuilder out) {
        List<CheckResult> skipped = Scores.notJudged(report);
        if (!skipped.isEmpty()) {
            out.append("\n## Not judged, and why\n\n| Check | Severity | Reason |\n|---|---|---|\n");
            skipped.forEach(r -> out.append("| ")
                    .append(r.check().id())
                    .append(" | ")
                    .append(r.check().severity())
                    .append(" | ")
                    .append(inline(r.reason()))
                    .append(" |\n"));
        }
    }

    private static void grades(Report report, StringBuilder out) {
        if (!report.grades().isEmpty()) {
            out.append("\n## Beyond the specification\n\n");
            report.grades()
                    .forEach(grade -> out.append("- ")
                            .append(grade.id())
                            .append(": ")
                            .append(inline(grade.value()))
                            .append(grade.good() ? "" : " (**attention**)")
                            .append(" — ")
                            .append(inline(grade.meaning()))
                            .append('\n'));
        }
    }

    private static String fenced(String text) {
        return text.replace("~~~~", "~ ~ ~ ~");
    }

    /** What came from the endpoint must stay text. */
    static String inline(String text) {
        return Evidence.visible(text, 600).replace("\n", " ").replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1");
    }
}
