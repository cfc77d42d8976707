package dev.pinfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Verdict;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite judged: every defect is caught by the check that names it, and no correct server gets a complaint. */
final class MutationTest {
    @TempDir
    private Path state;

    @ParameterizedTest
    @EnumSource(Defect.class)
    void a_defect_is_caught_by_the_check_that_names_it(Defect defect) {
        Set<String> named = new HashSet<>(defect.alsoCaughtBy());
        named.add(defect.check());
        try (ReferencePsa server = ReferencePsa.start(Set.of(defect), Set.of(Behaviour.PINS_AT_ONCE))) {
            Report report = Conformance.run(
                    TestSettings.of(server, state).edit().only(named).build(), RunListener.SILENT);
            assertThat(report.finished()).as(report.reason()).isTrue();
            assertThat(report.results().stream()
                            .filter(CheckResult::failed)
                            .map(r -> r.check().id()))
                    .containsExactlyInAnyOrderElementsOf(named);
            assertThat(report.results())
                    .allSatisfy(result -> assertThat(result.findings()).isNotEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(Behaviour.class)
    void a_correct_server_gets_no_complaint_however_it_behaves(Behaviour behaviour) {
        try (ReferencePsa server = ReferencePsa.start(Set.of(), Set.of(behaviour))) {
            List<String> before = server.names();
            Report report = Conformance.run(
                    TestSettings.of(server, state)
                            .edit()
                            .profiles(Set.of(behaviour.ofGateway() ? Profile.GATEWAY : Profile.PSA))
                            .build(),
                    RunListener.SILENT);
            assertThat(report.finished()).as(report.reason()).isTrue();
            assertThat(complaints(report, behaviour)).isEmpty();
            assertThat(report.exitCode()).isZero();
            assertThat(report.leftovers()).isZero();
            assertThat(server.names().stream().filter(name -> !name.startsWith("other-")))
                    .as("what is left of other people's pins, and of ours")
                    .isEqualTo(before);
            assertThat(server.names().stream().anyMatch(name -> name.startsWith("other-")))
                    .as("whether somebody else was at work")
                    .isEqualTo(behaviour == Behaviour.BUSY_ACCOUNT);
            assertThat(state).isEmptyDirectory();
        }
    }

    private static List<String> complaints(Report report, Behaviour behaviour) {
        return report.results().stream()
                .filter(CheckResult::failed)
                .filter(r -> !saysSo(behaviour).contains(r.check().id()))
                .map(r -> r.check().id() + ": " + r.findings())
                .toList();
    }

    /** What is within the MUSTs, and the recommendation about it is meant to say so. */
    private static Set<String> saysSo(Behaviour behaviour) {
        return switch (behaviour) {
            case NO_INLINE_CIDS -> Set.of("cid.other-forms-echoed");
            case BLOCKS_ONLY -> Set.of("gateway.car-probe", "gateway.car-accept");
            case LISTS_LAG -> Set.of("read-your-writes");
            case ANSWERS_NO_PROBE -> Set.of("gateway.raw-probe", "gateway.car-probe");
            default -> Set.of();
        };
    }

    @Test
    void every_check_passes_on_the_correct_server_and_none_is_skipped_without_need() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            Report report = Conformance.run(TestSettings.of(server, state), RunListener.SILENT);
            assertThat(report.results()).hasSameSizeAs(Catalog.all());
            assertThat(report.results().stream()
                            .filter(r -> r.verdict() != Verdict.PASS)
                            .map(r -> r.check().id() + " " + r.verdict() + " " + r.reason() + r.findings()))
                    .singleElement()
                    .asString()
                    .startsWith("limits.429-complete SKIP");
        }
    }

    @Test
    void the_rate_limit_check_passes_on_a_server_that_limits_correctly() {
        try (ReferencePsa server = ReferencePsa.start(Set.of(), Set.of(Behaviour.LIMITS_RATE))) {
            Report report = Conformance.run(
                    TestSettings.of(server, state)
                            .edit()
                            .only(Set.of("limits.429-complete"))
                            .build(),
                    RunListener.SILENT);
            assertThat(report.results())
                    .singleElement()
                    .satisfies(r -> assertThat(r.verdict()).isEqualTo(Verdict.PASS));
        }
    }

    @Test
    void every_check_has_a_defect_on_which_it_fails() {
        Set<String> covered = Arrays.stream(Defect.values())
                .flatMap(d -> java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(d.check()), d.alsoCaughtBy().stream()))
                .collect(Collectors.toSet());
        assertThat(Catalog.all().stream().map(Check::id)).isSubsetOf(covered);
        assertThat(covered).isSubsetOf(Catalog.all().stream().map(Check::id).toList());
    }

    @Test
    void seventeen_defects_at_once_that_the_former_official_suite_passes_are_all_named() {
        Set<Defect> together = Set.of(
                Defect.META_NOT_STORED,
                Defect.CID_IGNORED,
                Defect.META_IGNORED,
                Defect.AFTER_IGNORED,
                Defect.LIMIT_UNCHECKED,
                Defect.CID_UNCHECKED,
                Defect.NAME_UNBOUNDED,
                Defect.DELETE_UNKNOWN_202,
                Defect.REPLACE_200,
                Defect.REPLACE_KEEPS_CREATED,
                Defect.NOT_FOUND_BARE,
                Defect.COUNT_IGNORES_BEFORE,
                Defect.PARTIAL_IGNORES_CASE,
                Defect.ASCII_FOLDING,
                Defect.CORS_ABSENT,
                Defect.TEXT_PLAIN,
                Defect.DELEGATES_JUNK);
        try (ReferencePsa server = ReferencePsa.start(together, Set.of(Behaviour.PINS_AT_ONCE))) {
            Report report = Conformance.run(TestSettings.of(server, state), RunListener.SILENT);
            assertThat(report.finished()).as(report.reason()).isTrue();
            assertThat(report.results().stream()
                            .filter(CheckResult::failed)
                            .map(r -> r.check().id()))
                    .containsAll(together.stream().map(Defect::check).toList());
        }
    }
}
