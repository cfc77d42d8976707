package dev.pinfold.conformance.report;

import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;

/** A badge for a provider's page, as SVG without script, font or link. */
public final class Badge {
    private static final int LEFT = 138;

    private Badge() {}

    public static String svg(Report report) {
        long pass = report.count(Severity.MUST, Verdict.PASS);
        long all = pass + report.count(Severity.MUST, Verdict.FAIL);
        String value =
                !report.finished() ? "not finished" : pass == all ? "passes " + all + "/" + all : pass + " of " + all;
        String colour = !report.finished() ? "#5a5a5a" : pass == all ? "#1a6b34" : "#a3261b";
        int right = 14 + 7 * value.length();
        int width = LEFT + right;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="20" role="img" aria-label="Pinning API rules: %3$s">\
                <title>Pinning API rules: %3$s</title>\
                <rect width="%1$d" height="20" rx="3" fill="#3a3a3a"/>\
                <path d="M%2$d 0h%5$d a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-%5$d z" fill="%4$s"/>\
                <g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\
                <text x="8" y="14">Pinning API rules</text><text x="%6$d" y="14">%3$s</text></g></svg>
                """.formatted(width, LEFT, value, colour, right - 3, LEFT + 7);
    }
}
