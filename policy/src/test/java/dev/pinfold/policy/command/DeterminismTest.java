package dev.pinfold.policy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.Root;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The same inputs give the byte-identical decision, also in another JVM with other hash seeds and another compiler. */
class DeterminismTest {
    /** Prints the explanation of some pins under every worked policy; also run as a program of its own. */
    public static void main(String[] args) {
        byte[] bytes = decisions().getBytes(StandardCharsets.UTF_8);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }

    private static String decisions() {
        PolicyCommands commands = new PolicyCommands();
        Text fleet = new Text("fleet.json", Root.read(Root.path("config/policies/fixtures/fleet.json")));
        StringBuilder all = new StringBuilder();
        for (Path policy : Root.workedPolicies()) {
            for (int i = 0; i < 5; i++) {
                Text request = new Text(
                        "r",
                        "{\"cid\":\"bafy" + i + "\",\"sizeBytes\":" + (1L << (20 + 3 * i))
                                + ",\"existing\":[\"filebase\",\"f9\"],\"meta\":{\"b\":\"1\",\"a\":\"2\"}}");
                all.append(commands.explain(new Text("p", Root.read(policy)), fleet, request)
                        .json());
            }
        }
        return all.toString();
    }

    @Test
    void two_runs_in_one_jvm_give_the_same_bytes() {
        assertThat(decisions()).isEqualTo(decisions());
    }

    @Test
    void another_jvm_gives_the_same_bytes() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Duser.language=tr",
                        "-Duser.timezone=Asia/Tokyo",
                        "-Dpinfold.root=" + Root.path(""),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DeterminismTest.class.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String theirs = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(other.exitValue()).isZero();
            assertThat(theirs).isNotEmpty().isEqualTo(decisions());
        } finally {
            other.destroyForcibly();
        }
    }
}
