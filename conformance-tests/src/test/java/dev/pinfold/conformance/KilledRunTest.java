package dev.pinfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.conformance.cli.Main;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.ReferencePsa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own that is ended from outside. */
@Timeout(120)
final class KilledRunTest {
    private static final int ENOUGH = 60;

    @TempDir
    private Path state;

    private Process command(ReferencePsa server, String... words) throws IOException {
        String classes =
                System.getProperty("surefire.test.class.path", String.valueOf(System.getProperty("java.class.path")));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                Main.class.getName()));
        command.addAll(List.of(words));
        command.addAll(
                List.of(server.uri().toString(), "--token-env", "KILLED_RUN_TOKEN", "--state", state.toString()));
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.redirectOutput(
                state.resolveSibling(state.getFileName() + ".out").toFile());
        process.environment().put("KILLED_RUN_TOKEN", ReferencePsa.TOKEN);
        return process.start();
    }

    /** Starts a run and returns when it has made many pins. */
    private Process underWay(ReferencePsa server) throws Exception {
        int before = server.names().size();
        Process run = command(server, "run");
        while (server.names().size() < before + ENOUGH) {
            assertThat(run.isAlive()).as("the run is still going on").isTrue();
            Thread.onSpinWait();
        }
        return run;
    }

    @Test
    void after_a_kill_clean_removes_every_pin_and_the_record() throws Exception {
        try (ReferencePsa server = ReferencePsa.start(Set.of(), Set.of(Behaviour.PINS_AT_ONCE))) {
            List<String> before = server.names();
            Process run = underWay(server);
            run.destroyForcibly();
            assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.names()).hasSizeGreaterThanOrEqualTo(before.size() + ENOUGH);
            assertThat(records()).isEqualTo(1);
            Process clean = command(server, "clean");
            assertThat(clean.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(clean.exitValue()).isZero();
            assertThat(server.names()).isEqualTo(before);
            assertThat(records()).isZero();
        }
    }

    /** SIGTERM and the SIGINT of Ctrl-C end a Java process in the same way. */
    @Test
    void a_run_that_is_asked_to_end_takes_its_pins_away_first() throws Exception {
        try (ReferencePsa server = ReferencePsa.start(Set.of(), Set.of(Behaviour.PINS_AT_ONCE))) {
            List<String> before = server.names();
            Process run = underWay(server);
            run.destroy();
            assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(run.exitValue()).isNotZero();
            assertThat(server.names()).isEqualTo(before);
            assertThat(records()).isZero();
        }
    }

    private long records() throws IOException {
        try (Stream<Path> files = Files.list(state)) {
            return files.count();
        }
    }
}
