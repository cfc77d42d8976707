package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.Dag;
import dev.pinfold.kit.Network;
import dev.pinfold.kit.PinTruth;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pin's life from the request to the last copy's release, looked at where the copies are. */
class PinningFlowTest {
    @TempDir
    Path folder;

    private final Network network = new Network();
    private final ScriptedPsa alpha =
            ScriptedPsa.builder().name("alpha").network(network).start();
    private final ScriptedPsa beta =
            ScriptedPsa.builder().name("beta").network(network).start();

    @AfterEach
    void stop() {
        alpha.close();
        beta.close();
    }

    @Test
    void a_pin_gets_its_copies_and_deleting_it_releases_them() {
        Dag dag = Dag.file(1, 5, 1000);
        network.offer(dag);
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(alpha)
                .upstream(beta)
                .copies(2, 2, 2)
                .start()) {
            PinClient client = broker.client();
            String id = client.pin(dag.root());
            client.awaitStatus(id, "pinned");
            assertThat(alpha.pinsOf(dag.root())).hasSize(1);
            assertThat(beta.pinsOf(dag.root())).hasSize(1);
            client.delete(id);
            Eventually.holds(
                    "nothing is left upstream",
                    PinClient.PATIENCE,
                    () -> alpha.pins().isEmpty() && beta.pins().isEmpty());
        }
    }

    @Test
    void content_that_two_tenants_pinned_stays_until_the_last_of_them_lets_go() {
        Dag dag = Dag.file(2, 5, 1000);
        network.offer(dag);
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder).upstream(alpha).start()) {
            PinClient one = broker.tenant("one");
            PinClient two = broker.tenant("two");
            String first = one.pin(dag.root());
            String second = two.pin(dag.root());
            one.awaitStatus(first, "pinned");
            two.awaitStatus(second, "pinned");
            assertThat(alpha.everCreated()).hasSize(1);
            one.delete(first);
            Eventually.alwaysFor(
                    "the other tenant's copy is there",
                    Duration.ofSeconds(2),
                    () -> alpha.pinsOf(dag.root()).size() == 1);
            assertThat(two.status(second)).isEqualTo("pinned");
            two.delete(second);
            Eventually.holds(
                    "nothing is left upstream",
                    PinClient.PATIENCE,
                    () -> alpha.pins().isEmpty());
            assertThat(alpha.everCreated()).extracting(PinTruth::removed).containsExactly(true);
        }
    }
}
