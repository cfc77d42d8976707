package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** When copies at several providers are lost at once, repair stops and tells the operator, until that is over. */
class BrakeFlowTest {
    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    private static String policy(long revision, String delay) {
        return PolicyTexts.policy(
                revision,
                PolicyTexts.copies(2),
                "repair: {delay: {underMin: " + delay + ", underTarget: " + delay + "}}");
    }

    /** Pins with a name of their own get one copy. */
    private static String withSingles(String policy) {
        return policy.replace("rules:\n", """
                  single: {hot: {replicas: {min: 1, target: 1}, ack: {pinnedAt: 1, by: verified}}}
                rules:
                  - {name: single, match: {name: {glob: "single/*"}}, class: single}
                """);
    }

    private static void state(PinClient client, String provider, String state) {
        client.expect(200, "PUT", "/api/v1/providers/" + provider + "/state", "{\"state\":\"" + state + "\"}");
    }

    private static JsonNode alerts(PinClient client) {
        return client.expect(200, "GET", "/api/v1/alerts", null).json().path("alerts");
    }

    @Test
    void losses_at_two_providers_at_once_stop_repair_until_one_is_back() {
        ScriptedPsa one = companies.open("one");
        ScriptedPsa two = companies.open("two");
        ScriptedPsa spare = companies.open("spare");
        ScriptedPsa fussy = companies.open("fussy");
        fussy.faults().always(PsaOperation.ADD, PsaFault.status(400, "BAD_REQUEST"));
        // The delay keeps the losses at the first of them from being repaired before those at the second are seen.
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(one, "price: {storagePerGiBMonth: 0.01}")
                .upstream(two, "price: {storagePerGiBMonth: 0.02}")
                .upstream(spare, "price: {storagePerGiBMonth: 9}")
                .upstream(fussy, "price: {storagePerGiBMonth: 0.001}")
                .policy(policy(1, "1h"))
                .start()) {
            PinClient client = broker.client();
            state(client, "fussy", "cordoned");
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

            client.expect(200, "PUT", "/api/v1/policies", withSingles(policy(2, "0s")));
            state(client, "one", "cordoned");
            state(client, "two", "cordoned");
            state(client, "fussy", "active");
            Cid fresh = companies.offered().root();
            String later = client.pin(fresh, "single/a");
            client.awaitStatus(later, "pinned");
            assertThat(fussy.calls().count(PsaOperation.ADD))
                    .as("the cheapest was asked first, and refused")
                    .isPositive();
            assertThat(spare.pinsOf(fresh)).as("a new pin is placed elsewhere").hasSize(1);
            assertThat(alerts(client)).as("the brake is on").hasSize(1);
            state(client, "fussy", "cordoned");
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
