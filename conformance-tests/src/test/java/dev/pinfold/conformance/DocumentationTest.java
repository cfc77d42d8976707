package dev.pinfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.conformance.cli.ConformanceCommand;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.report.JsonReport;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docs/conformance.md says what the code does: its tables are generated ({@code -Dpinfold.update=true} writes them). */
final class DocumentationTest {
    private static final Path FILE = Path.of(System.getProperty("pinfold.root", ".."), "docs", "conformance.md");

    @Test
    void the_table_of_checks_is_what_the_catalog_holds() throws IOException {
        expectPart("checks", checks());
    }

    @Test
    void the_table_of_defects_is_what_the_tests_catch() throws IOException {
        expectPart("defects", defects());
    }

    @Test
    void the_list_of_variations_is_what_the_tests_let_pass() throws IOException {
        StringBuilder out = new StringBuilder("\n");
        Arrays.stream(Behaviour.values())
                .forEach(behaviour ->
                        out.append("* ").append(cell(behaviour.what())).append(".\n"));
        expectPart("variations", out.append('\n').toString());
    }

    @Test
    void the_schema_of_the_json_report_is_published_as_it_is() throws IOException {
        Path published = FILE.resolveSibling("../config/schema/conformance-report.schema.json")
                .normalize();
        if (Boolean.getBoolean("pinfold.update")) {
            Files.writeString(published, JsonReport.schema());
        }
        assertThat(Files.readString(published)).isEqualTo(JsonReport.schema());
    }

    @Test
    void the_example_for_a_build_is_one_that_runs() throws IOException {
        Path source = Path.of("src/test/java/dev/pinfold/conformance/ProviderBuildTest.java");
        Matcher example = Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(FILE));
        assertThat(example.find()).isTrue();
        assertThat(Files.readString(source)).contains(example.group(1).indent(4).stripTrailing());
    }

    @Test
    void every_option_and_file_that_is_named_exists() throws IOException {
        String text = Files.readString(FILE);
        for (String option : List.of(
                "--token-env",
                "--second-token-env",
                "--level",
                "--profile",
                "--gateway",
                "--gateway-cid",
                "--only",
                "--pace",
                "--concurrency",
                "--population",
                "--timeout",
                "--wait-pinned",
                "--report",
                "--state",
                "--json",
                "--probe-durability",
                "--probe-loss",
                "--probe-load",
                "--expect-public-delegates")) {
            assertThat(text).as(option).contains("`" + option);
        }
        String help = Objects.requireNonNull(new CommandLine(new ConformanceCommand())
                        .getSubcommands()
                        .get("run"))
                .getUsageMessage();
        Matcher named = Pattern.compile("`(--[a-z-]+)").matcher(text);
        while (named.find()) {
            assertThat(help + " --force").as(named.group(1)).contains(named.group(1));
        }
    }

    private static void expectPart(String name, String expected) throws IOException {
        String begin = "<!-- generated: " + name + " -->\n";
        String end = "<!-- end: " + name + " -->";
        String text = Files.readString(FILE);
        assertThat(text).contains(begin, end);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end);
        if (Boolean.getBoolean("pinfold.update")) {
            Files.writeString(FILE, text.substring(0, from) + expected + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to))
                .as("run with -Dpinfold.update=true to write it")
                .isEqualTo(expected);
    }

    private static String checks() {
        StringBuilder out = new StringBuilder();
        for (Level level : Level.values()) {
            out.append("\n### ")
                    .append(level == Level.G ? "Gateway" : level.name())
                    .append(": ")
                    .append(level.title())
                    .append("\n\n");
            out.append("| Check | Severity | Rule | Where it stands |\n|---|---|---|---|\n");
            for (Check check :
                    Catalog.all().stream().filter(c -> c.level() == level).toList()) {
                out.append("| `")
                        .append(check.id())
                        .append("` | ")
                        .append(check.severity())
                        .append(" | ")
                        .append(cell(check.rule()))
                        .append(" | ")
                        .append(cell(check.source()))
                        .append(" |\n");
            }
        }
        return out.append('\n').toString();
    }

    private static String defects() {
        long must = Arrays.stream(Defect.values())
                .filter(d -> severity(d) == Severity.MUST)
                .count();
        StringBuilder out =
                new StringBuilder("\n" + Defect.values().length + " defects, " + must + " of them against a MUST.\n\n");
        out.append("| The server does this | Caught by | Severity | Also seen by |\n|---|---|---|---|\n");
        for (Defect defect : Defect.values()) {
            out.append("| ")
                    .append(cell(defect.what()))
                    .append(" | `")
                    .append(defect.check())
                    .append("` | ")
                    .append(severity(defect))
                    .append(" | ")
                    .append(defect.alsoCaughtBy().stream()
                            .map(id -> "`" + id + "`")
                            .collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
        return out.append('\n').toString();
    }

    private static Severity severity(Defect defect) {
        return Catalog.byId(defect.check()).orElseThrow().severity();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
