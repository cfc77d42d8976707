package dev.pinfold.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pinfold.conformance.Conformance;
import dev.pinfold.conformance.RunListener;
import dev.pinfold.conformance.TestSettings;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** One run with some defects and one without, in every format. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReportTest {
    private static final Set<Defect> DEFECTS = Set.of(
            Defect.COUNT_IGNORES_BEFORE, Defect.DELEGATES_WITHOUT_PEER, Defect.NAME_HTML_ESCAPED, Defect.CORS_ABSENT);

    private Report bad = notFinished();
    private Report good = notFinished();

    @BeforeAll
    void run(@TempDir Path state) {
        bad = report(DEFECTS, state);
        good = report(Set.of(), state);
    }

    private static Report report(Set<Defect> defects, Path state) {
        try (ReferencePsa server = ReferencePsa.start(defects, Set.of(Behaviour.PINS_AT_ONCE))) {
            return Conformance.run(TestSettings.of(server, state), RunListener.SILENT);
        }
    }

    private static Report notFinished() {
        return new Report(
                "suite 1",
                "https://pin.example.com",
                Instant.EPOCH,
                Duration.ofSeconds(3),
                7,
                false,
                "no connection to pin.example.com",
                0,
                List.of(),
                List.of(new Report.Grade("load", "5 <b>reads</b>", false, "meaning")));
    }

    @Test
    void the_json_report_follows_its_published_schema() {
        for (Report report : List.of(bad, good, notFinished())) {
            List<Error> errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(JsonReport.schema(), InputFormat.JSON)
                    .validate(Json.compact(JsonReport.write(report)), InputFormat.JSON);
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void the_json_report_carries_verdicts_evidence_and_the_client_table() {
        JsonNode json = JsonReport.write(bad);
        assertThat(json.path("exitCode").asInt()).isEqualTo(1);
        assertThat(json.path("totals").path("must").path("fail").asInt()).isEqualTo((int) bad.results().stream()
                .filter(r -> r.failed() && r.check().severity() == dev.pinfold.conformance.rule.Severity.MUST)
                .count());
        JsonNode check = find(json, "delegates.end-with-peer");
        assertThat(check.path("findings").path(0).path("request").asText())
                .startsWith("POST http://127.0.0.1:")
                .contains("Bearer [token]");
        assertThat(check.path("findings").path(0).path("response").asText())
                .startsWith("HTTP/1.1 202")
                .contains("\"delegates\"");
        assertThat(json.path("clients").path(0).path("verdict").asText()).isEqualTo("works in part");
        JsonReport.write(good)
                .path("clients")
                .forEach(client -> assertThat(client.path("verdict").asText()).isEqualTo("works"));
    }

    private static JsonNode find(JsonNode report, String id) {
        for (JsonNode check : report.path("checks")) {
            if (check.path("id").asText().equals(id)) {
                return check;
            }
        }
        throw new AssertionError("no check " + id);
    }

    @Test
    void the_junit_report_counts_broken_must_rules_as_failures() throws Exception {
        Document xml = parse(JunitXml.write(bad));
        long must = bad.count(dev.pinfold.conformance.rule.Severity.MUST, Verdict.FAIL);
        assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo((int) must);
        assertThat(xml.getDocumentElement().getAttribute("failures")).isEqualTo(String.valueOf(must));
        assertThat(xml.getElementsByTagName("testcase").getLength())
                .isEqualTo(bad.results().size());
        Document stopped = parse(JunitXml.write(notFinished()));
        assertThat(stopped.getElementsByTagName("error").getLength()).isEqualTo(1);
    }

    @Test
    void the_junit_report_is_what_build_servers_read() throws Exception {
        Validator validator = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(ReportTest.class.getResource("junit.xsd"))
                .newValidator();
        for (Report report : List.of(bad, good, notFinished())) {
            validator.validate(new StreamSource(new StringReader(JunitXml.write(report))));
        }
    }

    @Test
    void what_was_not_judged_is_listed_with_its_reason_in_every_format() throws Exception {
        assertThat(good.results())
                .filteredOn(r -> r.verdict() == Verdict.SKIP)
                .singleElement()
                .satisfies(skipped -> {
                    assertThat(HtmlReport.write(good))
                            .contains("Not judged, and why", ">" + HtmlReport.escape(skipped.reason()) + "</td>");
                    assertThat(MarkdownReport.write(good))
                            .contains(
                                    "## Not judged, and why",
                                    "| " + skipped.check().id() + " | SHOULD | ");
                    assertThat(find(JsonReport.write(good), skipped.check().id())
                                    .path("reason")
                                    .asText())
                            .isEqualTo(skipped.reason());
                    assertThat(JunitXml.write(good)).contains("<skipped message=\"");
                });
    }

    private static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void the_markdown_report_names_each_failing_check_and_escapes_what_the_endpoint_said() {
        String text = MarkdownReport.write(bad);
        assertThat(text).contains("### delegates.end-with-peer", "### cors.preflight", "| L3 List semantics |");
        assertThat(MarkdownReport.inline("a|b <script> [x](y) `z`")).isEqualTo("a\\|b \\<script\\> \\[x\\](y) \\`z\\`");
        assertThat(MarkdownReport.write(notFinished())).contains("did not finish: no connection");
    }

    @Test
    void the_badge_is_well_formed_and_tells_the_result_in_words() throws Exception {
        assertThat(parse(Badge.svg(good)).getElementsByTagName("title").item(0).getTextContent())
                .contains("passes");
        assertThat(Badge.svg(bad)).contains(" of ").contains("role=\"img\"").contains("aria-label");
        assertThat(Badge.svg(notFinished())).contains("not finished");
    }

    @Test
    void control_and_direction_characters_become_visible() {
        assertThat(Evidence.visible("a\u001b[31mb\u202ec", 100)).isEqualTo("a\\u001b[31mb\\u202ec");
        assertThat(Evidence.visible("x".repeat(50), 10)).isEqualTo("x".repeat(10) + "… (50 characters)");
        assertThat(Evidence.body(new byte[] {(byte) 0xff, 0, 1})).isEqualTo("(3 bytes that are no text)");
    }

    @Test
    void the_page_is_self_contained_and_built_for_assistive_technology() {
        for (Report report : List.of(bad, good, notFinished())) {
            String page = HtmlReport.write(report);
            assertThat(page)
                    .startsWith("<!doctype html>")
                    .contains(
                            "<html lang=\"en\">",
                            "<title>",
                            "name=\"viewport\"",
                            "<main id=\"main\">",
                            "href=\"#main\"");
            assertThat(page).doesNotContain("<script", "<img", "<link", "src=", "@import", "url(");
            assertThat(count(page, "<h1>")).isEqualTo(1);
            assertThat(headingLevels(page)).as("headings go down one at a time").isTrue();
            assertThat(ids(page)).doesNotHaveDuplicates();
            for (String reference : all(page, "aria-labelledby=\"([^\"]+)\"")) {
                assertThat(ids(page)).contains(reference);
            }
            assertThat(all(page, "<th(?! scope)[^e]")).isEmpty();
            assertThat(page).doesNotContain("<b>reads</b>");
        }
    }

    private static boolean headingLevels(String page) {
        int last = 0;
        for (String level : all(page, "<h([1-6])[ >]")) {
            int now = Integer.parseInt(level);
            if (now > last + 1) {
                return false;
            }
            last = now;
        }
        return true;
    }

    private static List<String> ids(String page) {
        return all(page, " id=\"([^\"]+)\"");
    }

    private static int count(String page, String what) {
        return page.split(Pattern.quote(what), -1).length - 1;
    }

    private static List<String> all(String page, String pattern) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        while (matcher.find()) {
            found.add(matcher.groupCount() == 0 ? matcher.group() : matcher.group(1));
        }
        return found;
    }

    /** WCAG 2.1, 1.4.3: at least 4.5 to 1 for text, in the light and in the dark palette. */
    @Test
    void every_text_colour_contrasts_with_every_background() {
        String page = HtmlReport.write(good);
        List<String> palettes = all(page, ":root \\{([^}]*)\\}");
        assertThat(palettes).hasSize(2);
        for (String palette : palettes) {
            Map<String, String> colours = new TreeMap<>();
            Matcher colour = Pattern.compile("--(\\w+): (#[0-9a-f]{6})").matcher(palette);
            while (colour.find()) {
                colours.put(colour.group(1), colour.group(2));
            }
            for (String text : List.of("text", "soft", "good", "bad", "part", "link")) {
                for (String ground : List.of("page", "card")) {
                    assertThat(contrast(colours.getOrDefault(text, ""), colours.getOrDefault(ground, "")))
                            .as(text + " on " + ground + " in " + palette)
                            .isGreaterThanOrEqualTo(4.5);
                }
            }
        }
    }

    private static double contrast(String one, String other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(String colour) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double c = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            sum += weights[i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    @Test
    void the_difference_of_two_runs_names_what_broke_and_what_was_fixed(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("good.json"), Json.compact(JsonReport.write(good)));
        Files.writeString(dir.resolve("bad.json"), Json.compact(JsonReport.write(bad)));
        ReportDiff.Diff worse =
                ReportDiff.between(ReportDiff.read(dir.resolve("good.json")), ReportDiff.read(dir.resolve("bad.json")));
        assertThat(worse.regression()).isTrue();
        assertThat(worse.changes())
                .filteredOn(c -> c.check().equals("delegates.end-with-peer"))
                .singleElement()
                .satisfies(c -> assertThat(c.kind()).isEqualTo(ReportDiff.Kind.BROKEN));
        ReportDiff.Diff better =
                ReportDiff.between(ReportDiff.read(dir.resolve("bad.json")), ReportDiff.read(dir.resolve("good.json")));
        assertThat(better.regression()).isFalse();
        assertThat(better.changes()).extracting(ReportDiff.Change::kind).containsOnly(ReportDiff.Kind.FIXED);
        ReportDiff.Diff same =
                ReportDiff.between(ReportDiff.read(dir.resolve("bad.json")), ReportDiff.read(dir.resolve("bad.json")));
        assertThat(same.changes()).isEmpty();
    }

    @Test
    void two_runs_against_the_same_server_differ_in_nothing(@TempDir Path state) {
        ReportDiff.Diff diff = ReportDiff.between(JsonReport.write(bad), JsonReport.write(report(DEFECTS, state)));
        assertThat(diff.changes()).isEmpty();
    }
}
