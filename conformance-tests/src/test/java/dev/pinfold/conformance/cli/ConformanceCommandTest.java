package dev.pinfold.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.conformance.Catalog;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.session.Ledger;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What a person at a terminal sees, and the exit codes that a build sees. */
final class ConformanceCommandTest {
    private static final String VARIABLE = "CONFORMANCE_TEST_TOKEN";

    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void token() {
        System.setProperty("pinfold.env." + VARIABLE, ReferencePsa.TOKEN);
    }

    @AfterEach
    void noToken() {
        System.clearProperty("pinfold.env." + VARIABLE);
    }

    private int execute(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(new ConformanceCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private int run(String endpoint, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "run",
                endpoint,
                "--token-env",
                VARIABLE,
                "--state",
                dir.resolve("state").toString()));
        args.addAll(List.of(more));
        return execute(args.toArray(new String[0]));
    }

    @Test
    void a_correct_endpoint_exits_0_and_every_report_file_is_written() throws IOException {
        try (ReferencePsa server = ReferencePsa.correct()) {
            int code = run(
                    server.uri().toString(),
                    "--level",
                    "L1",
                    "--population",
                    "12",
                    "--report",
                    dir.resolve("report").toString());
            assertThat(code).as(err.toString()).isZero();
            assertThat(out.toString()).contains("All ", "MUST rules that were judged hold", "nothing was left behind");
            assertThat(err.toString())
                    .contains("L1  Shapes", "pass  post.202-and-schema")
                    .doesNotContain(ReferencePsa.TOKEN);
            for (String file : List.of("report.json", "junit.xml", "report.md", "report.html", "badge.svg")) {
                assertThat(Files.readString(dir.resolve("report").resolve(file)))
                        .isNotEmpty()
                        .doesNotContain(ReferencePsa.TOKEN);
            }
        }
    }

    @Test
    void a_broken_must_exits_1_and_a_broken_should_does_not() {
        try (ReferencePsa server =
                ReferencePsa.start(Set.of(Defect.POST_200, Defect.CORS_ABSENT), Set.of(Behaviour.PINS_AT_ONCE))) {
            assertThat(run(server.uri().toString(), "--only", "post.202-and-schema"))
                    .isEqualTo(1);
            assertThat(err.toString())
                    .contains("FAIL  post.202-and-schema (MUST)", "expected status 202, got status 200");
            assertThat(run(server.uri().toString(), "--only", "cors.preflight")).isZero();
            assertThat(out.toString()).contains("1 recommendation is not followed");
        }
    }

    @Test
    void a_dead_endpoint_exits_3_with_a_sentence() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThat(run("http://127.0.0.1:" + port)).isEqualTo(3);
        assertThat(out.toString()).contains("The run did not finish: no connection to 127.0.0.1:" + port);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://example.com | no http:// or https:// address",
                "https://user:pw@example.com | must not hold a user or password",
                "https://example.com/psa/pins | leave '/pins' out",
                "https://example.com/?x=1 | must not have a query",
                "not an address | no address"
            })
    void an_endpoint_that_makes_no_sense_exits_2_and_says_why(String endpoint, String sentence) {
        assertThat(run(endpoint)).isEqualTo(2);
        assertThat(err.toString()).contains(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--pace | fast | no rate",
                "--timeout | 10 | no duration",
                "--level | L9 | L0 to L6",
                "--profile | psa,web | psa, gateway",
                "--population | 3 | too small",
                "--concurrency | 0 | 1 to 100000",
                "--only | match.exakt | did you mean match.exact",
                "--only | zzz | conformance list"
            })
    void an_option_that_makes_no_sense_exits_2_and_says_how_it_is_written(
            String option, String value, String sentence) {
        assertThat(run("http://127.0.0.1:1", option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(sentence);
    }

    @Test
    void a_missing_token_exits_2_and_names_the_variable() {
        assertThat(execute("run", "http://127.0.0.1:1", "--token-env", "NO_SUCH_VARIABLE_HERE"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("NO_SUCH_VARIABLE_HERE is not set");
        assertThat(execute()).isEqualTo(2);
        assertThat(execute("run")).isEqualTo(2);
    }

    @Test
    void json_is_one_document_on_stdout() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            assertThat(run(server.uri().toString(), "--only", "get.200-schema", "--json"))
                    .isZero();
            assertThat(Json.parse(out.toString().getBytes(StandardCharsets.UTF_8))
                            .orElseThrow()
                            .path("exitCode")
                            .asInt())
                    .isZero();
        }
    }

    @Test
    void list_and_explain_cover_every_check() {
        assertThat(execute("list")).isZero();
        assertThat(out.toString().lines().count()).isEqualTo(Catalog.all().size());
        assertThat(execute("list", "--json")).isZero();
        assertThat(Json.parse(out.toString().getBytes(StandardCharsets.UTF_8)).orElseThrow())
                .hasSize(Catalog.all().size());
        assertThat(execute("explain", "before.exclusive")).isZero();
        assertThat(out.toString()).contains("Rule:", "Source:", "Why:", "L3 List semantics, MUST");
        assertThat(execute("explain", "before.exclusiv")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean before.exclusive");
    }

    @Test
    void diff_exits_1_only_when_a_must_is_newly_broken() {
        Path good = dir.resolve("good");
        Path bad = dir.resolve("bad");
        try (ReferencePsa server = ReferencePsa.correct();
                ReferencePsa broken = ReferencePsa.start(Set.of(Defect.GET_202), Set.of(Behaviour.PINS_AT_ONCE))) {
            run(server.uri().toString(), "--only", "get.200-schema", "--report", good.toString());
            run(broken.uri().toString(), "--only", "get.200-schema", "--report", bad.toString());
        }
        String earlier = good.resolve("report.json").toString();
        String later = bad.resolve("report.json").toString();
        assertThat(execute("diff", earlier, later)).isEqualTo(1);
        assertThat(out.toString()).contains("broken", "get.200-schema", "got status 202");
        assertThat(execute("diff", later, earlier)).isZero();
        assertThat(out.toString()).contains("fixed");
        assertThat(execute("diff", earlier, earlier)).isZero();
        assertThat(out.toString()).contains("nothing changed");
        assertThat(execute("diff", earlier, dir.resolve("absent.json").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("absent.json");
    }

    @Test
    void clean_finishes_what_a_killed_run_left_and_leaves_other_endpoints_alone() throws IOException {
        Path state = dir.resolve("state");
        try (ReferencePsa server = ReferencePsa.correct()) {
            int before = server.names().size();
            Ledger.start(state, "other", "https://elsewhere.example.com").close();
            assertThat(execute("clean", server.uri().toString(), "--token-env", VARIABLE, "--state", state.toString()))
                    .isZero();
            assertThat(out.toString()).contains("nothing to clean up");
            try (dev.pinfold.conformance.session.Session killed = new dev.pinfold.conformance.session.Session(
                    dev.pinfold.conformance.session.Settings.forEndpoint(server.uri(), ReferencePsa.TOKEN)
                            .edit()
                            .stateDir(state)
                            .build())) {
                killed.first(exchange -> {}).pin(killed.want());
                killed.ledger().close();
            }
            assertThat(server.names()).hasSize(before + 1);
            assertThat(execute("clean", server.uri().toString(), "--token-env", VARIABLE, "--state", state.toString()))
                    .isZero();
            assertThat(out.toString()).contains("cleaned up after 1 run; nothing is left");
            assertThat(server.names()).hasSize(before);
            assertThat(state.resolve("other.jsonl")).exists();
        }
    }
}
