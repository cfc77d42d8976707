package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Block;
import dev.pinfold.content.unixfs.TreeWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.GatewayManner;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.ScriptedPsa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers find out about copies reaches the books, the pins and the operator. */
class ReadingFlowTest {
    @TempDir
    Path folder;

    private final Companies companies = new Companies();
    private final ScriptedPsa doubtful = companies.open("a-doubtful");
    private final ScriptedPsa honest = companies.open("b-honest");

    @AfterEach
    void stop() {
        companies.close();
    }

    private BrokerUnderTest broker() {
        return BrokerUnderTest.in(folder)
                .set("reconcile.auditEvery", "1h")
                .set("reconcile.retryMax", "1h")
                .set("storage.cacheCapacity", "0")
                .copies(2, 2, 2)
                .upstream(doubtful)
                .upstream(honest)
                .start();
    }

    /** Reads until the event is there: now and then the other copy is asked first. */
    private void readUntil(BrokerUnderTest broker, Dag dag, String id, String event) {
        for (int reads = 0; reads < 200; reads++) {
            assertThat(Dag.readCar(broker.client().car(dag.root()))).isEqualTo(dag);
            if (broker.client().events(id).contains(event)) {
                return;
            }
        }
        assertThat(broker.client().events(id)).contains(event);
    }

    @Test
    void wrong_bytes_cost_the_copy_its_standing_at_once_and_the_reader_nothing() {
        Dag dag = companies.offered();
        try (BrokerUnderTest broker = broker()) {
            PinClient client = broker.client();
            String id = client.pin(dag.root());
            client.awaitStatus(id, "pinned");
            doubtful.gatewayManner(GatewayManner.SERVES_WRONG_BYTES);
            readUntil(broker, dag, id, "replica.quarantined a-doubtful");
            JsonNode copy = client.replica(id, "a-doubtful");
            assertThat(copy.get("state").textValue()).isEqualTo("lost");
            assertThat(copy.get("failure").textValue()).isEqualTo("wrong-bytes");
            assertThat(copy.get("evidence").textValue()).contains("read:").contains("sha2-256");
            assertThat(client.replica(id, "b-honest").get("state").textValue()).isEqualTo("verified");
            assertThat(story(broker, dag)).contains("quarantined");
        }
    }

    @Test
    void a_copy_that_lacks_a_block_is_checked_and_repaired() {
        Dag dag = companies.offered();
        try (BrokerUnderTest broker = broker()) {
            PinClient client = broker.client();
            String id = client.pin(dag.root());
            client.awaitStatus(id, "pinned");
            doubtful.gatewayManner(GatewayManner.SERVES_NOTHING);
            readUntil(broker, dag, id, "replica.doubted a-doubtful");
            Eventually.see(
                    "the check finds that it is gone",
                    PinClient.PATIENCE,
                    () -> client.replica(id, "a-doubtful"),
                    copy -> !copy.path("failure").asText("").isEmpty());
        }
    }

    @Test
    void a_gateway_that_ignores_the_format_is_no_reason_to_doubt_its_copy() {
        Dag dag = companies.offered();
        try (BrokerUnderTest broker = broker()) {
            PinClient client = broker.client();
            String id = client.pin(dag.root());
            client.awaitStatus(id, "pinned");
            doubtful.gatewayManner(GatewayManner.IGNORES_FORMAT);
            String stories = "";
            for (int reads = 0; reads < 200 && !stories.contains("it ignores format="); reads++) {
                assertThat(Dag.readCar(client.car(dag.root()))).isEqualTo(dag);
                stories = client.retrievals(dag.root().toString()).toString();
            }
            assertThat(stories).contains("it ignores format=").doesNotContain("doubted");
            assertThat(client.events(id)).doesNotContain("replica.doubted a-doubtful");
            assertThat(client.replica(id, "a-doubtful").get("state").textValue())
                    .isEqualTo("verified");
        }
    }

    /** A root, three names, and the two chunks of a file: six blocks. */
    @Test
    void a_file_behind_a_path_is_one_call_of_its_company_and_comes_also_from_one_that_serves_no_cars()
            throws IOException {
        List<Block> blocks = new ArrayList<>();
        TreeWriter tree = new TreeWriter(blocks::addFirst, new UnixFsOptions(1000, 174, 256 << 10, 256));
        byte[] content = "0123456789".repeat(200).getBytes(StandardCharsets.UTF_8);
        content[1500] = 'x';
        tree.addFile("a/b/c.txt", new ByteArrayInputStream(content));
        Dag dag = new Dag(tree.finish().cid(), blocks);
        companies.network().offer(dag);
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .set("reconcile.auditEvery", "1h")
                .set("storage.cacheCapacity", "0")
                .copies(1, 1, 1)
                .upstream(honest)
                .start()) {
            PinClient client = broker.client();
            client.awaitStatus(client.pin(dag.root()), "pinned");
            String url = "/ipfs/" + dag.root() + "/a/b/c.txt";
            honest.calls().clear();
            assertThat(client.expect(200, "GET", url, null).bytes()).isEqualTo(content);
            assertThat(honest.calls().count(PsaOperation.CAR)).isEqualTo(1);
            assertThat(honest.calls().count(PsaOperation.BLOCK)).isZero();
            assertThat(client.expect(404, "GET", url + ".not", null).text()).contains("c.txt.not");
            honest.faults().always(PsaOperation.CAR, PsaFault.status(406, "no CARs here"));
            assertThat(client.expect(200, "GET", url, null).bytes()).isEqualTo(content);
            assertThat(client.retrievals(dag.root().toString()).toString()).doesNotContain("doubted");
        }
    }

    @Test
    void a_company_that_lied_about_three_contents_is_not_read_from_at_all() {
        List<Dag> dags = List.of(companies.offered(), companies.offered(), companies.offered(), companies.offered());
        try (BrokerUnderTest broker = broker()) {
            PinClient client = broker.client();
            List<String> ids = dags.stream().map(dag -> client.pin(dag.root())).toList();
            ids.forEach(id -> client.awaitStatus(id, "pinned"));
            doubtful.gatewayManner(GatewayManner.SERVES_WRONG_BYTES);
            for (int i = 0; i < 3; i++) {
                readUntil(broker, dags.get(i), ids.get(i), "replica.quarantined a-doubtful");
            }
            Dag untouched = dags.get(3);
            assertThat(Dag.readCar(client.car(untouched.root()))).isEqualTo(untouched);
            JsonNode newest = client.retrievals(untouched.root().toString())
                    .path("retrievals")
                    .get(0);
            assertThat(newest.toString()).contains("passed-over").contains("wrong bytes for three contents");
            assertThat(newest.toString()).doesNotContain("quarantined");
            assertThat(client.replica(ids.get(3), "a-doubtful").get("state").textValue())
                    .as("its other copies keep their standing until they are checked")
                    .isEqualTo("verified");
        }
    }

    @Test
    void the_class_of_a_content_says_how_its_readers_race() {
        Dag eager = companies.offered();
        Dag patient = companies.offered();
        String policy = """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: test, revision: 1}
                classes:
                  eager:
                    hot: {replicas: {min: 2, target: 2}, ack: {pinnedAt: 2, by: verified}}
                    retrieval: {race: {hot: 2, hedgeAfter: 1ms}}
                  patient:
                    hot: {replicas: {min: 2, target: 2}, ack: {pinnedAt: 2, by: verified}}
                    retrieval: {race: {hot: 1}}
                rules:
                  - {name: quick, match: {name: {glob: "eager/*"}}, class: eager}
                  - {name: others, match: {}, class: patient}
                """;
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .set("storage.cacheCapacity", "0")
                .policy(policy)
                .upstream(doubtful)
                .upstream(honest)
                .start()) {
            PinClient client = broker.client();
            client.awaitStatus(client.pin(eager.root(), "eager/one"), "pinned");
            client.awaitStatus(client.pin(patient.root(), "two"), "pinned");
            for (int reads = 0; reads < 20; reads++) {
                assertThat(Dag.readCar(client.car(eager.root()))).isEqualTo(eager);
                assertThat(Dag.readCar(client.car(patient.root()))).isEqualTo(patient);
            }
            assertThat(client.retrievals(eager.root().toString()).findValuesAsText("why"))
                    .contains("hedge");
            assertThat(client.retrievals(patient.root().toString()).findValuesAsText("why"))
                    .isNotEmpty()
                    .doesNotContain("hedge");
        }
    }

    private String story(BrokerUnderTest broker, Dag dag) {
        StringBuilder words = new StringBuilder();
        JsonNode answer = broker.client().retrievals(dag.root().toString());
        answer.path("retrievals")
                .forEach(story -> story.path("events")
                        .forEach(event ->
                                words.append(event.path("event").asText()).append(' ')));
        assertThat(answer.toString()).contains("a-doubtful");
        return words.toString();
    }
}
