package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.flow.PinClient.Answer;
import dev.pinfold.kit.Dag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies in the running broker: another one, a broken one, an earlier one back, from the file and over the API. */
class PolicyFlowTest {
    @TempDir
    Path folder;

    private static String copies(long revision, int target) {
        return PolicyTexts.policy(revision, PolicyTexts.copies(target), "");
    }

    private static long inForce(PinClient client) {
        return policies(client).path("inForce").path("revision").asLong();
    }

    private static JsonNode policies(PinClient client) {
        return client.expect(200, "GET", "/api/v1/policies", null).json();
    }

    private static Answer put(PinClient client, String text) {
        return client.send("PUT", "/api/v1/policies", text);
    }

    @Test
    void a_policy_is_put_in_force_kept_with_its_history_and_an_earlier_one_comes_back() {
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("one")
                .local("two")
                .policy(copies(1, 1))
                .start()) {
            PinClient client = broker.client();
            assertThat(policies(client).path("inForce").path("source").asText()).isEqualTo("file");
            assertThat(put(client, copies(2, 2)).json().path("before").asLong()).isEqualTo(1);
            String two = client.upload(Dag.text("two copies"));
            client.awaitReplicas(two, "verified", 2);
            assertThat(client.placement(two)
                            .path("placement")
                            .path("policyRevision")
                            .asLong())
                    .isEqualTo(2);

            Answer stale = put(client, copies(2, 1));
            assertThat(stale.status()).isEqualTo(409);
            assertThat(stale.text()).contains("revision 2 is not above 2", "set metadata.revision to 3");

            assertThat(client.expect(200, "POST", "/api/v1/policies/1/rollback", null)
                            .json()
                            .path("revision")
                            .asLong())
                    .isEqualTo(3);
            JsonNode history = policies(client).path("history");
            assertThat(history.findValuesAsText("revision")).containsExactly("3", "2", "1");
            assertThat(history.findValuesAsText("source")).containsExactly("rollback", "api", "file");
            assertThat(history.get(0).path("restores").asLong()).isEqualTo(1);
            assertThat(client.expect(200, "GET", "/api/v1/policies/3", null).text())
                    .isEqualTo(copies(3, 1));
            assertThat(client.send("GET", "/api/v1/policies/9", null).status()).isEqualTo(404);
            assertThat(client.send("POST", "/api/v1/policies/9/rollback", null).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void keys_that_a_running_broker_takes_from_its_configuration_are_told() {
        try (BrokerUnderTest broker =
                BrokerUnderTest.in(folder).local("one").policy(copies(1, 1)).start()) {
            PinClient client = broker.client();
            assertThat(policies(client).path("notFollowed").isEmpty()).isTrue();
            String text = copies(2, 1) + """
                    repair: {reconcileEvery: 1h, confirmLoss: {observations: 7}, overReplicated: {removeAfter: 3d}}
                    audit: {blocksPerReplica: {perDay: 9}}
                    """;
            String[] keys = {"repair.reconcileEvery", "repair.confirmLoss", "repair.overReplicated", "audit"};
            Answer put = put(client, text);
            assertThat(put.json().path("notFollowed"))
                    .extracting(JsonNode::asText)
                    .containsExactly(keys);
            assertThat(policies(client).path("notFollowed"))
                    .extracting(JsonNode::asText)
                    .containsExactly(keys);
        }
    }

    @Test
    void every_error_of_a_broken_policy_comes_with_its_place_and_the_old_one_stays() {
        try (BrokerUnderTest broker =
                BrokerUnderTest.in(folder).local("one").policy(copies(1, 1)).start()) {
            PinClient client = broker.client();
            Answer broken =
                    put(client, copies(2, 1).replace("replicas", "replicaz").replace("match", "mach"));
            assertThat(broken.status()).isEqualTo(400);
            JsonNode problems = broken.json().path("problems");
            assertThat(problems.size()).isGreaterThan(1);
            assertThat(problems.findValuesAsText("line")).contains("7", "10");
            assertThat(problems.get(0).path("column").asInt()).isPositive();
            assertThat(broken.text()).contains("did you mean 'replicas'");
            assertThat(inForce(client)).isEqualTo(1);
            assertThat(put(client, "").status()).isEqualTo(400);
        }
    }

    @Test
    void the_file_is_followed_and_a_broken_one_leaves_the_old_policy_in_force() throws IOException {
        try (BrokerUnderTest broker =
                BrokerUnderTest.in(folder).local("one").policy(copies(1, 1)).start()) {
            PinClient client = broker.client();
            Files.writeString(broker.policyFile(), copies(2, 1).replace("target", "targett"));
            JsonNode file = Eventually.see(
                    "the broken file is told",
                    PinClient.PATIENCE,
                    () -> policies(client).path("file"),
                    f -> f.path("state").asText().equals("refused"));
            JsonNode problem = file.path("problems").get(0);
            assertThat(problem.path("line").asInt()).isEqualTo(7);
            assertThat(problem.path("message").asText()).contains("target");
            assertThat(inForce(client)).isEqualTo(1);
            String still = client.upload(Dag.text("placed by the old policy"));
            client.awaitStatus(still, "pinned");

            Files.writeString(broker.policyFile(), copies(2, 1));
            Eventually.holds("the file is in force", PinClient.PATIENCE, () -> inForce(client) == 2);
            assertThat(policies(client).path("file").path("state").asText()).isEqualTo("in-force");
            Files.writeString(broker.policyFile(), copies(2, 1) + "# changed\n");
            Eventually.holds(
                    "a change without a new revision is refused",
                    PinClient.PATIENCE,
                    () -> policies(client).path("file").path("state").asText().equals("refused"));
            assertThat(policies(client).path("file").toString()).contains("set metadata.revision to 3");
        }
    }

    @Test
    void a_broker_that_starts_with_a_broken_file_goes_on_with_the_policy_it_had() throws IOException {
        try (BrokerUnderTest broker =
                BrokerUnderTest.in(folder).local("one").policy(copies(1, 1)).start()) {
            assertThat(put(broker.client(), copies(5, 1)).status()).isEqualTo(200);
            broker.stop();
            Files.writeString(broker.policyFile(), "kind: [");
            broker.start();
            assertThat(inForce(broker.client())).isEqualTo(5);
            assertThat(policies(broker.client()).path("file").path("state").asText())
                    .isEqualTo("refused");
        }
    }

    @Test
    void brokers_of_one_database_follow_the_same_policy() {
        String database = SharedPostgres.freshDatabase();
        try (BrokerUnderTest first = BrokerUnderTest.in(folder.resolve("first"))
                        .local("one")
                        .policy(copies(1, 1))
                        .database(database)
                        .start();
                BrokerUnderTest second = BrokerUnderTest.in(folder.resolve("second"))
                        .local("one")
                        .policy(copies(1, 1))
                        .database(database)
                        .start()) {
            assertThat(put(first.client(), copies(7, 1)).status()).isEqualTo(200);
            Eventually.holds("the other follows", PinClient.PATIENCE, () -> inForce(second.tenant("second")) == 7);
        }
    }
}
