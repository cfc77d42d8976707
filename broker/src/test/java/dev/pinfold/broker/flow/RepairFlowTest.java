package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.Dag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store vanishes: the pin says so, the copy is made elsewhere or waited for, and the bytes stay the same. */
class RepairFlowTest {
    @TempDir
    Path folder;

    @Test
    void a_copy_that_vanished_is_made_at_another_store() throws IOException {
        Dag dag = Dag.file(7, 20, 10_000);
        try (BrokerUnderTest broker = stores("one", "two", "three", "four").start()) {
            PinClient client = broker.client();
            String id = client.upload(dag);
            client.awaitReplicas(id, "verified", 3);
            client.await(
                    id,
                    "all copies show",
                    pin -> pin.path("info").path("pinfold_replicas").asText().equals("3 of 3"));
            List<String> holders = client.providersIn(id, "verified");
            String victim = holders.getFirst();
            Path aside = folder.resolve("aside");
            Files.move(broker.store(victim), aside);
            client.await(id, "the copy is made elsewhere", pin -> {
                List<String> now = client.providersIn(id, "verified");
                return now.size() == 3 && !now.contains(victim);
            });
            assertThat(client.events(id)).contains("replica.lost " + victim);
            client.await(
                    id,
                    "full again",
                    pin -> pin.path("info").path("pinfold_replicas").asText().equals("3 of 3")
                            && !pin.path("info").has("status_details"));
            assertThat(client.status(id)).isEqualTo("pinned");
            assertThat(client.car(dag.root())).isEqualTo(dag.car());
        }
    }

    @Test
    void without_another_store_the_loss_is_explained_and_made_good_when_the_store_is_back() throws IOException {
        Dag dag = Dag.file(8, 20, 10_000);
        try (BrokerUnderTest broker = stores("one", "two", "three").start()) {
            PinClient client = broker.client();
            String id = client.upload(dag);
            client.awaitReplicas(id, "verified", 3);
            Path aside = folder.resolve("aside");
            Files.move(broker.store("two"), aside);
            client.await(
                    id,
                    "degraded, with the reason",
                    pin -> pin.get("status").asText().equals("pinned")
                            && pin.path("info").path("status_details").asText().startsWith("degraded: 2 of 3")
                            && pin.path("info").path("status_details").asText().contains("two"));
            assertThat(client.car(dag.root())).isEqualTo(dag.car());
            deleteIfThere(broker.store("two"));
            Files.move(aside, broker.store("two"));
            client.await(
                    id,
                    "full again",
                    pin -> pin.path("info").path("pinfold_replicas").asText().equals("3 of 3"));
            assertThat(client.providersIn(id, "verified")).containsExactlyInAnyOrder("one", "two", "three");
        }
    }

    private static void deleteIfThere(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private BrokerUnderTest.Builder stores(String... ids) {
        BrokerUnderTest.Builder builder = BrokerUnderTest.in(folder).copies(2, 3, 2);
        for (String id : ids) {
            builder.local(id);
        }
        return builder;
    }
}
