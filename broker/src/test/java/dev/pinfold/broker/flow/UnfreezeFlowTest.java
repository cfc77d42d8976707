package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.Dag;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content that is left in a piece only is read from it, and becomes hot again when it is read often. */
class UnfreezeFlowTest {
    @TempDir
    Path folder;

    private final Dag dag = Dag.file(11, 20, 3000);

    /** What is lost is tried again after an hour: nothing within the time of a test but unfreezing brings it back. */
    private BrokerUnderTest broker(String unfreeze) {
        return BrokerUnderTest.in(folder)
                .set("reconcile.retryMin", "1h")
                .set("reconcile.retryMax", "1h")
                .set("reconcile.lostAfter", "1")
                .set("reconcile.auditEvery", "1s")
                .set("storage.cacheCapacity", "0")
                .local("disk")
                .local("vault", "tier: cold")
                .policy("""
                        apiVersion: pinfold/v1
                        kind: PolicySet
                        metadata: {name: test, revision: 1}
                        classes:
                          archive:
                            hot:
                              replicas: {min: 1, target: 1}
                              ack: {pinnedAt: 1, by: verified}
                            cold:
                              backend: lotus
                              replicas: {min: 1, target: 1}
                              aggregate: {minBytes: 1B, targetBytes: 1MiB, maxWait: 1s}
                              unfreeze: %s
                        rules:
                          - {name: everything, match: {}, class: archive}
                        """.formatted(unfreeze))
                .start();
    }

    /** Pins a content, has it written into a piece, and takes the disk with the hot copy away. */
    private String freeze(BrokerUnderTest broker) throws IOException {
        PinClient client = broker.client();
        String id = client.upload(dag);
        client.awaitReplicas(id, "verified", 1);
        Eventually.holds(
                "it is in a piece", PinClient.PATIENCE, () -> pieces(client).contains("sealed"));
        broker.stop();
        remove(broker.config().dataDirectory().resolve("staging"));
        Files.move(broker.store("disk"), broker.store("away"));
        broker.start();
        Eventually.holds(
                "the hot copy is lost",
                PinClient.PATIENCE,
                () -> client.replica(id, "disk").path("state").asText().equals("lost"));
        return id;
    }

    @Test
    void popular_content_that_only_a_piece_has_gets_its_hot_copy_back_at_once() throws Exception {
        try (BrokerUnderTest broker = broker("{allowed: true, maxPrice: 0.05, pinHotFor: 30d}")) {
            PinClient client = broker.client();
            String id = freeze(broker);
            remove(broker.store("disk"));
            Files.move(broker.store("away"), broker.store("disk"));
            for (int reads = 0; reads < 2; reads++) {
                assertThat(Dag.readCar(client.car(dag.root()))).isEqualTo(dag);
            }
            assertThat(client.retrievals(dag.root().toString()).toString()).contains("pieces");
            assertThat(client.events(id)).doesNotContain("content.unfrozen");
            assertThat(client.replica(id, "disk").path("state").asText()).isEqualTo("lost");
            assertThat(Dag.readCar(client.car(dag.root()))).isEqualTo(dag);
            client.awaitReplicas(id, "verified", 1);
            assertThat(client.send("GET", "/api/v1/pins/" + id + "/events", null)
                            .text())
                    .contains("content.unfrozen")
                    .contains("read 3 times within a day");
            assertThat(metrics(broker)).contains("pinfold_retrieval_unfreeze_total{decision=\"hot\"} 1.0");
        }
    }

    @Test
    void content_whose_class_forbids_it_stays_cold_and_is_read_from_its_piece() throws Exception {
        try (BrokerUnderTest broker = broker("{allowed: false}")) {
            PinClient client = broker.client();
            String id = freeze(broker);
            for (int reads = 0; reads < 5; reads++) {
                assertThat(Dag.readCar(client.car(dag.root()))).isEqualTo(dag);
            }
            Eventually.holds(
                    "it was decided upon",
                    PinClient.PATIENCE,
                    () -> metrics(broker).contains("decision=\"cold\"} 1.0"));
            assertThat(client.events(id)).doesNotContain("content.unfrozen");
            assertThat(client.replica(id, "disk").path("state").asText()).isEqualTo("lost");
            assertThat(pieces(client)).as("the last copy is kept").containsExactly("sealed");
        }
    }

    private static List<String> pieces(PinClient client) {
        return client.send("GET", "/api/v1/pieces", null).json().path("pieces").findValuesAsText("state");
    }

    private static String metrics(BrokerUnderTest broker) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(broker.managementEndpoint() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void remove(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : all) {
                Files.delete(file);
            }
        }
    }
}
