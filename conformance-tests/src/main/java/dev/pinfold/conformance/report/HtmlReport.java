package dev.pinfold.conformance.report;

import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Finding;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A report as one self-contained page: no script, no font, no image and no link leaves the file. Verdicts are words and
 * signs as well as colours. Everything that came from the endpoint is escaped.
 */
public final class HtmlReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Report report;
    private final StringBuilder out = new StringBuilder();

    private HtmlReport(Report report) {
        this.report = report;
    }

    public static String write(Report report) {
        return new HtmlReport(report).page();
    }

    private String page() {
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>")
                .append(escape("Pinning API conformance of " + report.endpoint()))
                .append("</title>\n<style>\n")
                .append(resource("report.css"))
                .append("</style>\n</head>\n<body>\n");
        out.append("<a class=\"skip\" href=\"#main\">Skip to the results</a>\n");
        header();
        out.append("<main id=\"main\">\n");
        levels();
        clients();
        failures();
        notJudged();
        grades();
        everything();
        out.append("</main>\n<footer><p>")
                .append(escape(report.suite()))
                .append(
                        ". Each rule has an id that stays the same; <code>pinfold conformance explain ID</code> says more about one.</p></footer>\n</body>\n</html>\n");
        return out.toString();
    }

    private void header() {
        String state = !report.finished() ? "stopped" : report.exitCode() == Report.ALL_PASS ? "good" : "bad";
        out.append("<header>\n<p class=\"kind\">IPFS Pinning Service API, conformance report</p>\n<h1>")
                .append(escape(report.endpoint()))
                .append("</h1>\n<p class=\"verdict ")
                .append(state)
                .append("\"><span aria-hidden=\"true\">")
                .append(state.equals("good") ? "✓" : state.equals("bad") ? "✗" : "!")
                .append("</span> ")
                .append(escape(Scores.sentence(report)))
                .append("</p>\n<p class=\"facts\">")
                .append(TIME.format(report.started()))
                .append(" · ")
                .append(report.requests())
                .append(" requests in ")
                .append(report.took().toSeconds())
                .append(" s · ")
                .append(
                        report.leftovers() == 0
                                ? "nothing was left behind"
                                : report.leftovers() + " own pins could not be removed")
                .append("</p>\n</header>\n");
    }

    private void levels() {
        startTable("levels", "Score by level", "Level", "Result", "Passed", "Failed", "Not judged");
        for (Scores.Score score : Scores.byLevel(report)) {
            String name = score.level() == Level.G ? "Gateway" : score.level().name();
            long share = score.judged() == 0 ? 0 : 100 * score.pass() / score.judged();
            out.append("<tr><th scope=\"row\"><strong>")
                    .append(name)
                    .append("</strong> ")
                    .append(escape(score.level().title()))
                    .append("</th><td>")
                    .append("<span class=\"bar\" aria-hidden=\"true\"><span style=\"width:")
                    .append(share)
                    .append("%\"></span></span> ")
                    .append(score.judged() == 0 ? "–" : share + "&nbsp;%")
                    .append("</td>");
            number(score.pass());
            number(score.fail());
            number(score.skip());
            out.append("</tr>\n");
        }
        endTable();
    }

    private void number(long value) {
        out.append("<td class=\"n\">").append(value).append("</td>");
    }

    private void clients() {
        if (Clients.of(report).isEmpty()) {
            return;
        }
        startTable("clients", "Which clients will work", "Client", "Verdict", "Works", "Broken", "Not tested");
        for (Clients.Outlook outlook : Clients.of(report)) {
            out.append("<tr><th scope=\"row\">")
                    .append(escape(outlook.client()))
                    .append("</th><td>")
                    .append(mark(outlook.verdict()))
                    .append("</td>");
            cell("Works", outlook.works());
            cell("Broken", outlook.broken());
            cell("Not tested", outlook.untested());
            out.append("</tr>\n");
        }
        endTable();
    }

    /** On a narrow screen the column's name stands in the cell. */
    private void cell(String column, List<String> entries) {
        out.append("<td data-column=\"")
                .append(column)
                .append("\">")
                .append(escape(String.join(", ", entries)))
                .append("</td>");
    }

    private static String mark(String verdict) {
        return switch (verdict) {
            case "works" -> "<span class=\"pass\">✓ works</span>";
            case "works in part" -> "<span class=\"part\">◐ works in part</span>";
            case "does not work" -> "<span class=\"fail\">✗ does not work</span>";
            default -> "<span class=\"skipped\">– not tested</span>";
        };
    }

    private void failures() {
        for (Severity severity : Severity.values()) {
            List<CheckResult> failing = Scores.failing(report, severity);
            if (!failing.isEmpty()) {
                String title = switch (severity) {
                    case MUST -> "Rules that are broken (MUST)";
                    case SHOULD -> "Recommendations not followed (SHOULD)";
                    case INFO -> "Worth knowing (INFO)";
                };
                out.append("<section aria-labelledby=\"s-")
                        .append(severity)
                        .append("\">\n<h2 id=\"s-")
                        .append(severity)
                        .append("\">")
                        .append(title)
                        .append("</h2>\n");
                failing.forEach(this::failure);
                out.append("</section>\n");
            }
        }
    }

    private void failure(CheckResult result) {
        out.append(
                        "<article class=\"finding\">\n<h3><span class=\"fail\"><span aria-hidden=\"true\">✗</span> <span class=\"hidden\">failed: </span></span><code>")
                .append(result.check().id())
                .append("</code></h3>\n<p>")
                .append(escape(result.check().rule()))
                .append("</p>\n<p class=\"source\">")
                .append(escape(result.check().source()))
                .append("</p>\n<p class=\"why\">")
                .append(escape(result.check().why()))
                .append("</p>\n");
        Map<String, List<Finding>> alike = result.findings().stream()
                .collect(Collectors.groupingBy(
                        f -> f.expected() + "\n" + f.got(), LinkedHashMap::new, Collectors.toList()));
        alike.values().forEach(this::finding);
        out.append("</article>\n");
    }

    /** Findings that say the same are told once, with the evidence of each. */
    private void finding(List<Finding> alike) {
        out.append("<dl><dt>Expected</dt><dd>")
                .append(escape(alike.getFirst().expected()))
                .append("</dd><dt>Got</dt><dd>")
                .append(escape(alike.getFirst().got()))
                .append("</dd></dl>\n");
        for (Finding finding : alike) {
            var exchange = finding.exchange();
            if (exchange != null) {
                out.append("<details><summary>")
                        .append(escape(Evidence.visible(exchange.summary(), 160)))
                        .append("</summary>\n<h4>Sent</h4>")
                        .append(pre("request", Evidence.request(exchange)))
                        .append("<h4>Came back</h4>")
                        .append(pre("response", Evidence.response(exchange)))
                        .append("</details>\n");
            }
        }
    }

    /** Wide text scrolls inside its box, which therefore can be reached with the keyboard. */
    private static String pre(String what, String text) {
        return "<pre tabindex=\"0\" role=\"group\" aria-label=\"" + what + "\">" + escape(text) + "</pre>\n";
    }

    private void notJudged() {
        List<CheckResult> skipped = Scores.notJudged(report);
        if (skipped.isEmpty()) {
            return;
        }
        startTable("skipped-checks", "Not judged, and why", "Check", "Severity", "Reason", "Rule");
        for (CheckResult result : skipped) {
            out.append("<tr><th scope=\"row\"><code>")
                    .append(result.check().id())
                    .append("</code></th><td>")
                    .append(result.check().severity())
                    .append("</td>");
            cell("Why not", List.of(result.reason()));
            cell("Rule", List.of(result.check().rule()));
            out.append("</tr>\n");
        }
        endTable();
    }

    private void grades() {
        if (report.grades().isEmpty()) {
            return;
        }
        startTable("grades", "Beyond the specification", "Measured", "Value", "Judgement", "Meaning");
        for (Report.Grade grade : report.grades()) {
            out.append("<tr><th scope=\"row\">")
                    .append(escape(grade.id()))
                    .append("</th><td>")
                    .append(escape(grade.value()))
                    .append("</td><td>")
                    .append(
                            grade.good()
                                    ? "<span class=\"pass\">✓ good</span>"
                                    : "<span class=\"fail\">✗ attention</span>")
                    .append("</td><td>")
                    .append(escape(grade.meaning()))
                    .append("</td></tr>\n");
        }
        endTable();
    }

    private void everything() {
        out.append("<details class=\"all\"><summary>All ")
                .append(report.results().size())
                .append(" checks</summary>\n");
        startTable("all", "All checks", "Check", "Severity", "Verdict", "Rule");
        for (CheckResult result : report.results()) {
            String note = result.verdict() == Verdict.SKIP ? result.reason() : String.join("; ", result.notes());
            out.append("<tr><th scope=\"row\"><code>")
                    .append(result.check().id())
                    .append("</code></th><td>")
                    .append(result.check().severity())
                    .append("</td><td>")
                    .append(verdict(result.verdict()))
                    .append("</td><td>")
                    .append(escape(result.check().rule()))
                    .append(note.isEmpty() ? "" : "<br><span class=\"source\">" + escape(note) + "</span>")
                    .append("</td></tr>\n");
        }
        endTable();
        out.append("</details>\n");
    }

    private static String verdict(Verdict verdict) {
        return switch (verdict) {
            case PASS -> "<span class=\"pass\">✓ pass</span>";
            case FAIL -> "<span class=\"fail\">✗ fail</span>";
            case SKIP -> "<span class=\"skipped\">– not judged</span>";
        };
    }

    private void startTable(String id, String title, String... columns) {
        out.append("<section aria-labelledby=\"t-")
                .append(id)
                .append("\">\n<h2 id=\"t-")
                .append(id)
                .append("\">")
                .append(title)
                .append("</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(title)
                .append(", table\">\n<table class=\"")
                .append(id)
                .append("\">\n<thead><tr>");
        for (String column : columns) {
            out.append("<th scope=\"col\">").append(column).append("</th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
    }

    private void endTable() {
        out.append("</tbody>\n</table>\n</div>\n</section>\n");
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static String escape(String text) {
        return Evidence.visible(text, 5000)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
