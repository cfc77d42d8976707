package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Archives that attack their readers, through a gateway with 256 MiB of memory; see {@link HostileRun}. */
class HostileFixturesTest {
    @Test
    void every_hostile_archive_is_refused_and_no_byte_leaves_unproven() throws Exception {
        Path shared = Shared.require("fixtures/hostile.json");
        List<String> lines = run("256m", HostileRun.class);
        System.out.println(String.join("\n", lines));
        assertThat(lines).last().isEqualTo("end");
        assertThat(lines).filteredOn(line -> line.startsWith("wrong")).isEmpty();
        assertThat(lines).filteredOn(line -> line.startsWith("ok ")).hasSizeGreaterThanOrEqualTo(20);
        assertThat(shared).exists();
    }

    /** Runs a main method in a JVM of its own and returns what it prints on standard output. */
    static List<String> run(String heap, Class<?> main, String... arguments) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(
                java,
                "-Xmx" + heap,
                "--enable-native-access=ALL-UNNAMED",
                "-Dpinfold.root=" + System.getProperty("pinfold.root", ".."),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor()).as(out).isZero();
            return out.lines()
                    .filter(line -> line.matches("(ok|wrong|end|read).*"))
                    .toList();
        } finally {
            child.destroyForcibly();
        }
    }
}
