package dev.pinfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.conformance.junit.ConformanceSuite;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;
import dev.pinfold.conformance.session.Cleanup;
import dev.pinfold.conformance.session.Ledger;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Session;
import dev.pinfold.conformance.session.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** The run itself: what it leaves behind, how it stops, and the ways to start it. */
final class RunTest {
    @TempDir
    private Path state;

    @Test
    @Timeout(60)
    void a_run_that_is_cancelled_takes_its_pins_away() throws Exception {
        try (ReferencePsa server = ReferencePsa.correct()) {
            List<String> before = server.names();
            CountDownLatch underWay = new CountDownLatch(1);
            Conformance run = new Conformance(TestSettings.of(server, state), new RunListener() {
                @Override
                public void finished(CheckResult result) {
                    if (result.check().id().startsWith("walk.")) {
                        underWay.countDown();
                    }
                }
            });
            List<Report> reports = new ArrayList<>();
            Thread thread = Thread.ofPlatform().start(() -> reports.add(run.run(session -> List.of())));
            underWay.await();
            assertThat(server.names().size()).isGreaterThan(before.size() + 30);
            run.cancel();
            assertThat(run.awaitClosed(Duration.ofSeconds(20))).isTrue();
            thread.join();
            assertThat(reports.getFirst().reason()).isEqualTo("stopped by the operator");
            assertThat(reports.getFirst().exitCode()).isEqualTo(3);
            assertThat(reports.getFirst().results()).noneMatch(CheckResult::failed);
            assertThat(server.names()).isEqualTo(before);
            assertThat(state).isEmptyDirectory();
        }
    }

    @Test
    void a_run_that_was_killed_is_cleaned_up_from_its_state_file_also_when_an_answer_was_lost() throws IOException {
        try (ReferencePsa server = ReferencePsa.correct()) {
            List<String> before = server.names();
            Settings settings = TestSettings.of(server, state);
            try (Session killed = new Session(settings)) {
                killed.first(exchange -> {}).pin(killed.want());
                Pinned lost = killed.first(exchange -> {}).pin(killed.want());
                killed.ledger().close();
                Path file = killed.ledger().file();
                // The process died after the POST and before its answer: the id never reached the file.
                List<String> lines = new ArrayList<>(Files.readAllLines(file));
                lines.removeIf(line -> line.contains(lost.id()));
                Files.writeString(file, String.join("\n", lines) + "\n{\"id\":\"cut o");
                assertThat(Files.readString(file)).doesNotContain(ReferencePsa.TOKEN);
            }
            assertThat(server.names()).hasSize(before.size() + 2);
            Path file;
            try (Stream<Path> files = Files.list(state)) {
                file = files.findFirst().orElseThrow();
            }
            try (Session again = new Session(settings, Ledger.reopen(file))) {
                assertThat(new Cleanup(again, Duration.ofSeconds(20)).run()).isZero();
            }
            assertThat(server.names()).isEqualTo(before);
        }
    }

    @Test
    void pins_that_the_endpoint_keeps_are_counted_and_their_record_stays() {
        try (ReferencePsa server =
                ReferencePsa.start(Set.of(Defect.DELETE_DOES_NOTHING), Set.of(Behaviour.PINS_AT_ONCE))) {
            Settings settings = TestSettings.of(server, state)
                    .edit()
                    .only(Set.of("get.200-schema"))
                    .build();
            Report report = Conformance.run(settings, RunListener.SILENT);
            assertThat(report.leftovers()).isEqualTo(1);
            assertThat(state).isNotEmptyDirectory();
        }
    }

    @Test
    void the_suite_refuses_to_touch_a_pin_it_did_not_make() {
        try (ReferencePsa server = ReferencePsa.correct();
                Session session = new Session(TestSettings.of(server, state))) {
            assertThatThrownBy(() -> session.first(exchange -> {}).delete("somebody-elses-pin"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("never touches pins it did not make");
            assertThatThrownBy(() -> session.first(exchange -> {})
                            .replace("somebody-elses-pin", session.want().json()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_cid_filter_that_is_ignored_does_not_make_the_clean_up_delete_foreign_pins() {
        try (ReferencePsa server = ReferencePsa.start(
                Set.of(Defect.CID_IGNORED, Defect.NAME_IGNORED, Defect.META_IGNORED), Set.of(Behaviour.PINS_AT_ONCE))) {
            List<String> before = server.names();
            Report report = Conformance.run(TestSettings.of(server, state), RunListener.SILENT);
            assertThat(report.exitCode()).isEqualTo(1);
            assertThat(server.names()).isEqualTo(before);
        }
    }

    @Test
    void a_lower_level_runs_fewer_checks_and_without_a_second_token_isolation_is_skipped() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            Settings settings = Settings.forEndpoint(server.uri(), ReferencePsa.TOKEN)
                    .edit()
                    .level(dev.pinfold.conformance.rule.Level.L0)
                    .stateDir(state)
                    .build();
            Report report = Conformance.run(settings, RunListener.SILENT);
            assertThat(report.results())
                    .extracting(r -> r.check().level().name())
                    .containsOnly("L0");
            assertThat(report.results().stream().filter(r -> r.verdict() == Verdict.SKIP))
                    .singleElement()
                    .satisfies(r -> assertThat(r.reason()).contains("--second-token-env"));
        }
    }

    @Test
    void the_sample_is_found_without_being_named_and_without_content_the_reason_is_told() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            Settings settings = TestSettings.of(server, state)
                    .edit()
                    .gatewayCid(Optional.empty())
                    .profiles(Set.of(Profile.GATEWAY))
                    .build();
            Report report = Conformance.run(settings, RunListener.SILENT);
            assertThat(report.results()).allMatch(r -> r.verdict() == Verdict.PASS);
        }
        try (ReferencePsa blocks = ReferencePsa.start(Set.of(), Set.of(Behaviour.HOLDS_NOTHING))) {
            Settings settings = TestSettings.of(blocks, state)
                    .edit()
                    .gatewayCid(Optional.empty())
                    .profiles(Set.of(Profile.GATEWAY))
                    .build();
            Report report = Conformance.run(settings, RunListener.SILENT);
            assertThat(report.results()).noneMatch(CheckResult::failed);
            assertThat(report.results().stream().filter(r -> r.verdict() == Verdict.SKIP))
                    .isNotEmpty()
                    .allMatch(r -> r.reason().contains("conformance sample"));
        }
    }

    /** The suite as a provider's own build would use it. */
    @TestFactory
    Stream<DynamicNode> the_suite_as_junit_tests_passes_on_the_correct_server() {
        ReferencePsa server = ReferencePsa.correct();
        return ConformanceSuite.of(TestSettings.of(server, state), Severity.INFO)
                .onClose(server::close);
    }

    @Test
    void as_junit_tests_a_broken_must_fails_and_a_should_aborts() {
        Set<Defect> defects = Set.of(Defect.POST_200, Defect.CORS_ABSENT);
        try (ReferencePsa server = ReferencePsa.start(defects, Set.of(Behaviour.PINS_AT_ONCE))) {
            Settings settings = TestSettings.of(server, state)
                    .edit()
                    .only(Set.of("post.202-and-schema", "cors.preflight"))
                    .build();
            List<Class<?>> outcomes = new ArrayList<>();
            try (Stream<DynamicNode> nodes = ConformanceSuite.of(settings)) {
                nodes.flatMap(RunTest::tests).forEach(test -> outcomes.add(outcome(test)));
            }
            assertThat(outcomes).containsExactly(Void.class, AssertionFailedError.class, TestAbortedException.class);
            assertThat(server.names()).hasSize(3);
        }
    }

    private static Stream<DynamicTest> tests(DynamicNode node) {
        return switch (node) {
            case DynamicTest test -> Stream.of(test);
            case DynamicContainer container -> container.getChildren().flatMap(RunTest::tests);
            default -> Stream.empty();
        };
    }

    private static Class<?> outcome(DynamicTest test) {
        try {
            test.getExecutable().execute();
            return Void.class;
        } catch (Throwable thrown) {
            return thrown.getClass();
        }
    }

    @Test
    void every_check_says_what_where_and_why() {
        assertThat(Catalog.all()).hasSizeGreaterThanOrEqualTo(90);
        assertThat(Catalog.all())
                .extracting(Check::id)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z0-9][a-z0-9.-]+"));
        assertThat(Catalog.all()).allSatisfy(check -> {
            assertThat(check.rule()).endsWith(".").hasSizeGreaterThan(20);
            assertThat(check.source()).isNotBlank();
            assertThat(check.why()).endsWith(".");
        });
    }
}
