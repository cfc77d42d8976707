package dev.pinfold.conformance.report;

import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Finding;

/** A failing check as plain text. */
public final class CheckText {
    private CheckText() {}

    /** "expected …, got …" of the first finding. */
    public static String firstFinding(CheckResult result) {
        Finding finding = result.findings().getFirst();
        return Evidence.visible("expected " + finding.expected() + ", got " + finding.got(), 400)
                .replace('\n', ' ');
    }

    /** Rule, source, and every finding with what was sent and what came back. */
    public static String details(CheckResult result) {
        StringBuilder out =
                new StringBuilder(result.check().rule() + "\n" + result.check().source() + "\n");
        for (Finding finding : result.findings()) {
            out.append("\nexpected: ").append(Evidence.visible(finding.expected(), 1000));
            out.append("\ngot:      ")
                    .append(Evidence.visible(finding.got(), 1000))
                    .append('\n');
            var exchange = finding.exchange();
            if (exchange != null) {
                out.append(Evidence.request(exchange)).append(Evidence.response(exchange));
            }
        }
        return out.toString();
    }
}
