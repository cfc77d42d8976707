package dev.pinfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Ticks;
import dev.pinfold.conformance.probe.Probes;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.session.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The grades beyond the specification, with servers that deserve them and servers that do not. */
final class ProbeTest {
    private static final Probes WATCH = new Probes(Duration.ofSeconds(20), 0, 0, Duration.ZERO);
    private static final Probes SAMPLE = new Probes(Duration.ZERO, 10, 0, Duration.ZERO);
    private static final Probes LOAD = new Probes(Duration.ZERO, 0, 50, Duration.ofSeconds(1));

    @TempDir
    private Path state;

    private Settings settings(ReferencePsa server) {
        return TestSettings.of(server, state)
                .edit()
                .only(Set.of("get.200-schema"))
                .build();
    }

    private static Report.Grade grade(Settings settings, Probes probes, String id) {
        Report report = new Conformance(settings, RunListener.SILENT).run(probes::run);
        assertThat(report.finished()).as(report.reason()).isTrue();
        return report.grades().stream()
                .filter(grade -> grade.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Time that is over at once; at the tenth pause something happens to the server. */
    private Settings withEvent(ReferencePsa server, Runnable event) {
        Settings calm = settings(server);
        return calm.edit()
                .ticks(new Ticks() {
                    private int pauses;

                    @Override
                    public long nanos() {
                        return calm.ticks().nanos();
                    }

                    @Override
                    public void sleep(Duration duration) throws InterruptedException {
                        calm.ticks().sleep(duration);
                        if (++pauses == 10) {
                            event.run();
                        }
                    }
                })
                .build();
    }

    @Test
    void a_good_server_gets_good_grades() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            server.claim(server.knownCid());
            Probes all = new Probes(Duration.ofSeconds(20), 10, 50, Duration.ofSeconds(1));
            Report report = new Conformance(settings(server), RunListener.SILENT).run(all::run);
            assertThat(report.grades())
                    .extracting(Report.Grade::id)
                    .containsExactly("durability", "latency", "silent-loss", "load");
            assertThat(report.grades()).allMatch(Report.Grade::good);
            assertThat(report.grades().getFirst().value()).contains("20 looks in 20 s: missing 0 times");
            assertThat(report.grades().get(2).value()).contains("0 of 1 pinned contents");
            assertThat(report.grades().getLast().value()).contains("50 reads").contains("0 errors");
            assertThat(report.leftovers()).isZero();
        }
    }

    @Test
    void a_pin_that_vanishes_while_it_is_watched_is_noticed() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            Report.Grade grade = grade(withEvent(server, server::forget), WATCH, "durability");
            assertThat(grade.good()).isFalse();
            assertThat(grade.value()).containsPattern("missing [1-9]\\d* times");
        }
    }

    @Test
    void a_pin_that_is_not_pinned_any_more_is_noticed() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            Report.Grade grade = grade(withEvent(server, server::unpin), WATCH, "durability");
            assertThat(grade.good()).isFalse();
            assertThat(grade.value()).containsPattern("missing 0 times, not pinned any more [1-9]\\d* times");
        }
    }

    @Test
    void content_that_is_called_pinned_and_is_not_there_is_noticed() {
        String nowhere = Cids.v1(Cids.RAW, "lost for ever".getBytes(StandardCharsets.UTF_8));
        try (ReferencePsa server = ReferencePsa.correct()) {
            server.claim(server.knownCid());
            server.claim(nowhere);
            Report.Grade grade = grade(settings(server), SAMPLE, "silent-loss");
            assertThat(grade.good()).isFalse();
            assertThat(grade.value()).contains("1 of 2 pinned contents", nowhere);
        }
    }

    @Test
    void content_whose_root_is_there_and_whose_leaves_are_not_is_noticed() {
        try (ReferencePsa server =
                ReferencePsa.start(Set.of(Defect.GATEWAY_WRONG_LEAVES), Set.of(Behaviour.PINS_AT_ONCE))) {
            server.claim(server.knownCid());
            Report.Grade grade = grade(settings(server), SAMPLE, "silent-loss");
            assertThat(grade.good()).isFalse();
            assertThat(grade.value()).contains("1 of 1 pinned contents");
        }
    }

    @Test
    void without_a_gateway_loss_is_not_measured_and_says_so() {
        try (ReferencePsa server = ReferencePsa.correct()) {
            Settings settings = Settings.forEndpoint(server.uri(), ReferencePsa.TOKEN)
                    .edit()
                    .only(Set.of("get.200-schema"))
                    .stateDir(state)
                    .build();
            assertThat(grade(settings, SAMPLE, "silent-loss").value()).contains("no gateway was given");
        }
    }

    @Test
    void a_server_that_fails_under_load_is_noticed_and_one_that_limits_is_not_blamed() {
        try (ReferencePsa failing = ReferencePsa.start(Set.of(Defect.CONCURRENT_500), Set.of(Behaviour.PINS_AT_ONCE))) {
            Settings settings =
                    settings(failing).edit().only(Set.of("gateway.nosniff")).build();
            assertThat(grade(settings, LOAD, "load"))
                    .satisfies(grade -> assertThat(grade.good()).isFalse())
                    .satisfies(grade -> assertThat(grade.value()).containsPattern("[1-9]\\d* errors"));
        }
        try (ReferencePsa limiting = ReferencePsa.start(Set.of(), Set.of(Behaviour.LIMITS_RATE))) {
            assertThat(grade(settings(limiting), LOAD, "load"))
                    .satisfies(grade -> assertThat(grade.good()).isTrue())
                    .satisfies(grade -> assertThat(grade.value()).containsPattern("0 errors, [1-9]\\d* answers 429"));
        }
    }
}
