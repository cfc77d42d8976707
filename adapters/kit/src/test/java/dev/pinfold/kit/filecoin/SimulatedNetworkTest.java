package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The network as a whole: what it calls itself, its own clock, and what it needs. */
class SimulatedNetworkTest {
    @Test
    void whatever_a_person_may_read_says_simulated() throws Exception {
        try (SimulatedNetwork network =
                SimulatedNetwork.builder().nodes(LotusAge.V1_5, LotusAge.V1_36).start()) {
            assertThat(network.toString()).contains("SIMULATED");
            for (SimulatedLotus node : network.nodes()) {
                Client client = Client.admin(node);
                assertThat(client.object("Version").getString("Version")).contains("SIMULATED");
                assertThat(client.call("StateNetworkName")).asString().contains("SIMULATED");
            }
            for (SimulatedProvider provider : network.providers()) {
                assertThat(provider.name()).contains("SIMULATED").contains(provider.country());
                var answer = Client.get(provider.endpoint() + "/");
                assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("SIMULATED");
                assertThat(answer.headers().firstValue("Server")).contains("SIMULATED");
            }
        }
    }

    @Test
    void chain_time_can_follow_real_time() {
        try (SimulatedNetwork network =
                SimulatedNetwork.builder().epochEvery(Duration.ofMillis(5)).start()) {
            boolean moved = network.chain()
                    .locked(() -> network.chain()
                            .awaitFor(
                                    () -> network.chain().head() > SimulatedChain.FIRST_HEAD + 3,
                                    Duration.ofMinutes(1)));
            assertThat(moved).isTrue();
        }
    }

    /** So that it can be started where no test library is. */
    @Test
    void the_network_needs_no_test_library() throws IOException {
        Path sources = Path.of(System.getProperty("pinfold.root", "../.."))
                .resolve("adapters/kit/src/main/java/dev/pinfold/kit/filecoin");
        try (Stream<Path> files = Files.list(sources)) {
            List<Path> all = files.toList();
            assertThat(all).hasSizeGreaterThan(40);
            for (Path each : all) {
                assertThat(Files.readString(each)).as(each.toString()).doesNotContain("org.junit", "org.assertj");
            }
        }
    }
}
