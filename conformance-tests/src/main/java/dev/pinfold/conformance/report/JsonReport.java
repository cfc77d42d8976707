package dev.pinfold.conformance.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Finding;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** A report as one JSON document; its schema is published with the suite. */
public final class JsonReport {
    /** The version of the document; a reader that knows it knows every field. */
    public static final String FORMAT = "pinfold-conformance-report/1";

    private JsonReport() {}

    /** The JSON Schema (2020-12) of {@link #write}. */
    public static String schema() {
        try (InputStream in = JsonReport.class.getResourceAsStream("report.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("report.schema.json is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public static ObjectNode write(Report report) {
        ObjectNode root = Json.object()
                .put("format", FORMAT)
                .put("suite", report.suite())
                .put("endpoint", report.endpoint())
                .put("started", report.started().toString())
                .put("tookMs", report.took().toMillis())
                .put("requests", report.requests())
                .put("finished", report.finished())
                .put("reason", report.reason())
                .put("summary", Scores.sentence(report))
                .put("exitCode", report.exitCode())
                .put("leftovers", report.leftovers());
        ObjectNode totals = root.putObject("totals");
        for (Severity severity : Severity.values()) {
            ObjectNode total = totals.putObject(lower(severity));
            for (Verdict verdict : Verdict.values()) {
                total.put(lower(verdict), report.count(severity, verdict));
            }
        }
        levels(report, root.putArray("levels"));
        clients(report, root.putArray("clients"));
        ArrayNode checks = root.putArray("checks");
        report.results().forEach(result -> check(result, checks.addObject()));
        ArrayNode grades = root.putArray("grades");
        report.grades()
                .forEach(grade -> grades.addObject()
                        .put("id", grade.id())
                        .put("value", grade.value())
                        .put("good", grade.good())
                        .put("meaning", grade.meaning()));
        return root;
    }

    private static void levels(Report report, ArrayNode levels) {
        for (Scores.Score score : Scores.byLevel(report)) {
            levels.addObject()
                    .put("level", score.level().name())
                    .put("title", score.level().title())
                    .put("pass", score.pass())
                    .put("fail", score.fail())
                    .put("skip", score.skip());
        }
    }

    private static void clients(Report report, ArrayNode clients) {
        for (Clients.Outlook outlook : Clients.of(report)) {
            ObjectNode client =
                    clients.addObject().put("client", outlook.client()).put("verdict", outlook.verdict());
            strings(client.putArray("works"), outlook.works());
            strings(client.putArray("broken"), outlook.broken());
            strings(client.putArray("untested"), outlook.untested());
        }
    }

    private static void check(CheckResult result, ObjectNode node) {
        node.put("id", result.check().id())
                .put("level", result.check().level().name())
                .put("severity", lower(result.check().severity()))
                .put("verdict", lower(result.verdict()))
                .put("rule", result.check().rule())
                .put("source", result.check().source())
                .put("why", result.check().why())
                .put("reason", result.reason())
                .put("requests", result.requests())
                .put("tookMs", result.took().toMillis());
        strings(node.putArray("notes"), result.notes());
        ArrayNode findings = node.putArray("findings");
        result.findings().forEach(finding -> finding(finding, findings.addObject()));
    }

    private static void finding(Finding finding, ObjectNode node) {
        node.put("expected", Evidence.visible(finding.expected(), 1000))
                .put("got", Evidence.visible(finding.got(), 1000));
        Exchange exchange = finding.exchange();
        if (exchange != null) {
            node.put("request", Evidence.request(exchange));
            node.put("response", Evidence.response(exchange));
        }
    }

    private static void strings(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
