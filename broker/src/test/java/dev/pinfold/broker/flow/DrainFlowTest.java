package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A provider's life: cordoned it takes nothing new, drained it is left, audited it is looked at. */
class DrainFlowTest {
    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

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
            assertThat(alerts(client)).as("without a deadline nothing is late").isEmpty();
            String since = blocked.path("since").asText();
            client.expect(
                    202,
                    "POST",
                    "/api/v1/drains",
                    "{\"provider\":\"only\",\"mustFinishBy\":\"" + Instant.now() + "\"}");
            JsonNode alert = Eventually.see(
                            "the alert", PinClient.PATIENCE, () -> alerts(client), all -> !all.isEmpty())
                    .get(0);
            assertThat(alert.path("kind").asText()).isEqualTo("drain.late");
            assertThat(alert.path("subject").asText()).isEqualTo("only");
            assertThat(alert.path("message").asText())
                    .contains("1 of 1 copies", "and that has passed", "1 have nowhere to go: cannot be placed");
            assertThat(drain(client, "only").path("pastDeadline").asBoolean()).isTrue();
            assertThat(drain(client, "only").path("since").asText())
                    .as("it goes on with another deadline")
                    .isEqualTo(since);
            assertThat(drain(client, "only").path("certificate").isNull()).isTrue();
            assertThat(PinClient.metrics(broker.managementEndpoint()))
                    .contains("pinfold_drain_copies{provider=\"only\"} 1");
            assertThat(only.pins()).hasSize(1);
            assertThat(client.status(id)).isEqualTo("pinned");
            client.expect(200, "DELETE", "/api/v1/drains/only", null);
            assertThat(client.provider("only").path("state").asText()).isEqualTo("active");
            Eventually.holds(
                    "the alert is over",
                    PinClient.PATIENCE,
                    () -> alerts(client).isEmpty());
        }
    }

    private static JsonNode alerts(PinClient client) {
        return client.expect(200, "GET", "/api/v1/alerts", null).json().path("alerts");
    }

    private static String keeping(String held, String graced) {
        return """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: test, revision: 1}
                classes:
                  all: {hot: {replicas: {min: 1, target: 1}, ack: {pinnedAt: 1, by: verified}}}
                rules:
                  - {name: held, match: {name: {glob: "held/*"}}, class: all, retention: {mode: untilDeleted, %s}}
                  - {name: graced, match: {name: {glob: "graced/*"}}, class: all, retention: {mode: untilDeleted, %s}}
                  - {name: everything, match: {}, class: all}
                """.formatted(held, graced);
    }

    @Test
    void copies_that_only_deleted_pins_keep_are_made_elsewhere_too_unless_their_grace_ends_before_the_deadline() {
        ScriptedPsa dying = companies.open("dying");
        ScriptedPsa sound = companies.open("sound");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(dying, "price: {storagePerGiBMonth: 0.01}")
                .upstream(sound, "price: {storagePerGiBMonth: 0.02}")
                .policy(keeping("legalHold: true", "deleteGrace: 1h"))
                .start()) {
            PinClient client = broker.client();
            Cid held = companies.offered().root();
            Cid graced = companies.offered().root();
            List<String> ids = List.of(client.pin(held, "held/a"), client.pin(graced, "graced/a"));
            ids.forEach(id -> client.awaitStatus(id, "pinned"));
            ids.forEach(client::delete);
            String inTwoHours = "{\"provider\":\"dying\",\"mustFinishBy\":\""
                    + Instant.now().plus(2, ChronoUnit.HOURS) + "\"}";
            client.expect(202, "POST", "/api/v1/drains", inTwoHours);
            Eventually.holds("the held copy is moved", PinClient.PATIENCE, () -> {
                assertThat(dying.pinsOf(held).size() + sound.pinsOf(held).size())
                        .as("copies that a legal hold keeps")
                        .isPositive();
                return dying.pinsOf(held).isEmpty();
            });
            assertThat(sound.pinsOf(held)).hasSize(1);
            assertThat(dying.pinsOf(graced)).as("its grace ends before").hasSize(1);
            assertThat(sound.pinsOf(graced)).isEmpty();
            JsonNode waits = drain(client, "dying");
            assertThat(waits.path("keptForDeletedPins").asInt()).isEqualTo(1);
            assertThat(waits.path("blocked").asInt()).isZero();

            client.expect(
                    202,
                    "POST",
                    "/api/v1/drains",
                    inTwoHours.replaceFirst(
                            "2[0-9]{3}-.*Z",
                            Instant.now().plus(30, ChronoUnit.MINUTES).toString()));
            JsonNode done = Eventually.see(
                    "the certificate",
                    PinClient.PATIENCE,
                    () -> drain(client, "dying"),
                    d -> !d.path("certificate").isNull());
            assertThat(done.path("certificate").path("movedCopies").asInt()).isEqualTo(2);
            assertThat(dying.pins()).isEmpty();
            assertThat(sound.pinsOf(graced)).hasSize(1);
            String again = client.pin(held);
            client.awaitStatus(again, "pinned");
            assertThat(sound.everCreated()).as("a new pin uses what was kept").hasSize(2);
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
