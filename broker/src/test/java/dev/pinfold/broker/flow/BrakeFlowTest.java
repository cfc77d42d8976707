package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When copies at several providers are lost at once, repair stops and tells the operator, until that is over. */
class BrakeFlowTest {
    @TempDir
    Path folder;

    private final Companies companies = new Companies();

    @AfterEach
    void stop() {
        companies.close();
    }

    private static String policy(long revision, String delay) {
        return PolicyTexts.policy(
                revision,
                PolicyTexts.copies(2),
                "repair: {delay: {underMin: " + delay + ", underTarget: " + delay + "}}");
    }

    private static JsonNode alerts(PinClient client) {
        return client.expect(200, "GET", "/api/v1/alerts", null).json().path("alerts");
    }

    @Test
    void losses_at_two_providers_at_once_stop_repair_until_one_is_back() {
        ScriptedPsa one = companies.open("one");
        ScriptedPsa two = companies.open("two");
        ScriptedPsa spare = companies.open("spare");
        // The delay keeps the losses at the first of them from being repaired before those at the second are seen.
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(one, "price: {storagePerGiBMonth: 0.01}")
                .upstream(two, "price: {storagePerGiBMonth: 0.02}")
                .upstream(spare, "price: {storagePerGiBMonth: 9}")
                .policy(policy(1, "1h"))
                .start()) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered(4);
            List<String> ids = roots.stream().map(client::pin).toList();
            ids.forEach(id -> client.awaitReplicas(id, "verified", 2));
            one.down();
            two.down();
            ids.forEach(id -> client.await(
                    id,
                    "repair is stopped",
                    pin -> client.info(id, "status_details").contains("repair and moves are stopped")));
            JsonNode alert = Eventually.see(
                            "the alert", PinClient.PATIENCE, () -> alerts(client), all -> !all.isEmpty())
                    .get(0);
            assertThat(alert.path("kind").asText()).isEqualTo("repair.stopped");
            assertThat(alert.path("severity").asText()).isEqualTo("critical");

            client.expect(200, "PUT", "/api/v1/policies", policy(2, "0s"));
            String later = client.pin(companies.offered().root());
            client.await(
                    later,
                    "something was decided under the new policy",
                    pin -> !client.info(later, "pinfold_replicas").isEmpty());
            assertThat(roots)
                    .as("nothing is repaired")
                    .allMatch(root -> spare.pinsOf(root).isEmpty());

            one.up();
            ids.forEach(id -> client.await(
                    id, "repaired", pin -> client.providersIn(id, "verified").containsAll(List.of("one", "spare"))));
            Eventually.holds(
                    "the alert is over",
                    PinClient.PATIENCE,
                    () -> alerts(client).isEmpty());
        }
    }
}
