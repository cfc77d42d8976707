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

/** A provider's life: cordoned it takes nothing new, drained it is left, audited it is looked at. */
class DrainFlowTest {
    @TempDir
    Path folder;

    private final Companies companies = new Companies();

    @AfterEach
    void stop() {
        companies.close();
    }

    private static JsonNode drain(PinClient client, String provider) {
        return client.expect(200, "GET", "/api/v1/drains/" + provider, null).json();
    }

    @Test
    void a_drained_provider_is_left_and_every_copy_is_made_elsewhere_before() {
        ScriptedPsa dying = companies.open("dying");
        ScriptedPsa sound = companies.open("sound");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(dying, "price: {storagePerGiBMonth: 0.01}")
                .upstream(sound, "price: {storagePerGiBMonth: 0.02}")
                .start()) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered(20);
            List<String> ids = roots.stream().map(client::pin).toList();
            ids.forEach(id -> client.awaitStatus(id, "pinned"));
            assertThat(dying.pins()).hasSize(20);
            JsonNode begun = client.expect(
                            202,
                            "POST",
                            "/api/v1/drains",
                            "{\"provider\":\"dying\",\"reason\":\"it ends\",\"mustFinishBy\":\"2099-01-01T00:00:00Z\"}")
                    .json();
            assertThat(begun.path("copiesBefore").asInt()).isEqualTo(20);
            Eventually.see("the drain ends", PinClient.PATIENCE, () -> drain(client, "dying"), d -> {
                for (Cid root : roots) {
                    assertThat(dying.pinsOf(root).size() + sound.pinsOf(root).size())
                            .as("copies of %s", root)
                            .isPositive();
                }
                return d.path("done").asBoolean()
                        && !d.path("finishedAt").asText("").isEmpty();
            });
            assertThat(dying.pins()).isEmpty();
            assertThat(sound.pins()).hasSize(20);
            assertThat(drain(client, "dying").path("missesDeadline").asBoolean())
                    .isFalse();
            ids.forEach(id -> assertThat(client.status(id)).isEqualTo("pinned"));
            String later = client.pin(companies.offered().root());
            client.awaitStatus(later, "pinned");
            assertThat(dying.pins()).isEmpty();
            assertThat(client.provider("dying").path("state").asText()).isEqualTo("draining");
        }
    }

    @Test
    void a_drain_that_has_nowhere_to_go_keeps_the_copies_and_says_why() {
        ScriptedPsa only = companies.open("only");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder).upstream(only).start()) {
            PinClient client = broker.client();
            String id = client.pin(companies.offered().root());
            client.awaitStatus(id, "pinned");
            client.expect(202, "POST", "/api/v1/drains", "{\"provider\":\"only\"}");
            JsonNode blocked = Eventually.see(
                    "it is blocked",
                    PinClient.PATIENCE,
                    () -> drain(client, "only"),
                    d -> d.path("blocked").asInt() == 1);
            assertThat(blocked.path("blockedBy").asText()).contains("cannot be placed");
            assertThat(only.pins()).hasSize(1);
            assertThat(client.status(id)).isEqualTo("pinned");
            client.expect(200, "DELETE", "/api/v1/drains/only", null);
            assertThat(client.provider("only").path("state").asText()).isEqualTo("active");
        }
    }

    @Test
    void a_cordoned_provider_keeps_what_it_has_and_takes_nothing_new() {
        ScriptedPsa cheap = companies.open("cheap");
        ScriptedPsa dear = companies.open("dear");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(cheap, "price: {storagePerGiBMonth: 0.01}")
                .upstream(dear, "price: {storagePerGiBMonth: 9}")
                .start()) {
            PinClient client = broker.client();
            client.awaitStatus(client.pin(companies.offered().root()), "pinned");
            client.expect(
                    200, "PUT", "/api/v1/providers/cheap/state", "{\"state\":\"cordoned\",\"reason\":\"a look\"}");
            String next = client.pin(companies.offered().root());
            client.awaitStatus(next, "pinned");
            assertThat(cheap.pins()).hasSize(1);
            assertThat(dear.pins()).hasSize(1);
            assertThat(client.placement(next)
                            .path("placement")
                            .path("filters")
                            .path("state")
                            .asInt())
                    .isEqualTo(1);
            client.expect(200, "PUT", "/api/v1/providers/cheap/state", "{\"state\":\"active\"}");
            client.awaitStatus(client.pin(companies.offered().root()), "pinned");
            assertThat(cheap.pins()).hasSize(2);
            assertThat(client.send("PUT", "/api/v1/providers/nobody/state", "{\"state\":\"active\"}")
                            .status())
                    .isEqualTo(404);
            assertThat(client.send("PUT", "/api/v1/providers/cheap/state", "{\"state\":\"gone\"}")
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void an_audit_on_demand_finds_what_a_provider_lost_in_silence() {
        ScriptedPsa company = companies.open("company");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .set("reconcile.auditEvery", "1h")
                .set("reconcile.lostAfter", "1")
                .upstream(company)
                .start()) {
            PinClient client = broker.client();
            List<String> ids = companies.offered(5).stream().map(client::pin).toList();
            ids.forEach(id -> client.awaitStatus(id, "pinned"));
            company.lose(company.pins().getFirst().requestId());
            client.expect(202, "POST", "/api/v1/audits", "{\"provider\":\"company\"}");
            JsonNode audit = Eventually.see(
                    "the audit is done",
                    PinClient.PATIENCE,
                    () -> client.expect(200, "GET", "/api/v1/audits", null)
                            .json()
                            .path("audits")
                            .get(0),
                    a -> a.path("done").asBoolean());
            assertThat(audit.path("copies").asInt()).isEqualTo(5);
            assertThat(audit.path("lost").asInt()).isEqualTo(1);
        }
    }
}
