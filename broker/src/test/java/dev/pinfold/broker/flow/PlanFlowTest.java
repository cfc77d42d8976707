package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.flow.PinClient.Answer;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.PinTruth;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change of policy over pins that exist: planned, applied in two steps, rolled back, refused when the world moved. */
class PlanFlowTest {
    private static final String FAST = "rebalance: {hysteresis: {cooldown: 0s, maxMovePerDay: 100%}}\n";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final Companies companies = new Companies();
    private final Map<String, ScriptedPsa> all = new HashMap<>();

    @AfterEach
    void stop() {
        companies.close();
    }

    private BrokerUnderTest fleet(String policy) {
        BrokerUnderTest.Builder broker = BrokerUnderTest.in(folder).policy(policy);
        provider(broker, "eu-a", "EU", "0.05");
        provider(broker, "eu-b", "EU", "0.05");
        provider(broker, "eu-c", "EU", "0.09");
        provider(broker, "us-a", "US", "0.01");
        provider(broker, "us-b", "US", "0.01");
        return broker.start();
    }

    private void provider(BrokerUnderTest.Builder broker, String name, String jurisdiction, String price) {
        ScriptedPsa company = companies.open(name);
        all.put(name, company);
        broker.upstream(
                company,
                "labels: {region: region-" + name + ", org: org-" + name + ", jurisdiction: " + jurisdiction + "}",
                "price: {storagePerGiBMonth: " + price + ", asOf: 2026-11-01}");
    }

    private static JsonNode plan(PinClient client, @Nullable String policy, @Nullable String canary) {
        ObjectNode body = JSON.createObjectNode();
        if (policy != null) {
            body.put("policy", policy);
        }
        if (canary != null) {
            body.put("canary", canary);
        }
        String id = client.expect(202, "POST", "/api/v1/plans", body.toString())
                .json()
                .path("id")
                .asText();
        return awaitPlan(client, id, "planned");
    }

    private static JsonNode awaitPlan(PinClient client, String id, String state) {
        return Eventually.see(
                "plan " + state,
                PinClient.PATIENCE,
                () -> client.expect(200, "GET", "/api/v1/plans/" + id + "?moves=1000", null)
                        .json(),
                plan -> plan.path("state").asText().equals(state));
    }

    private static Answer apply(PinClient client, JsonNode plan) {
        return client.send("POST", "/api/v1/plans/" + plan.path("id").asText() + "/apply", null);
    }

    private static final String EU = PolicyTexts.policy(1, PolicyTexts.copiesIn(2, "EU"), FAST);

    private static String leaveEuA(long revision) {
        return PolicyTexts.policy(
                revision, PolicyTexts.copiesIn(2, "EU") + "\n  - {name: not-eu-a, exclude: {providers: [eu-a]}}", FAST);
    }

    /** Looks at the companies themselves, all the time, until it is closed. */
    private final class Watch implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicReference<String> wrong = new AtomicReference<>();
        private final Thread thread;

        Watch(List<Cid> contents, List<String> allowed) {
            thread = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    for (Cid content : contents) {
                        long held = allowed.stream()
                                .filter(name -> company(name).pinsOf(content).stream()
                                        .anyMatch(pin -> pin.status().equals("pinned")))
                                .count();
                        if (held < 2) {
                            wrong.compareAndSet(null, content + " has only " + held + " copies");
                        }
                    }
                    for (Map.Entry<String, ScriptedPsa> each : all.entrySet()) {
                        if (!allowed.contains(each.getKey())
                                && !each.getValue().everCreated().isEmpty()) {
                            wrong.compareAndSet(null, each.getKey() + " was asked to hold content");
                        }
                    }
                    LockSupport.parkNanos(1_000_000);
                }
            });
        }

        boolean looks() {
            return thread.isAlive();
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(wrong.get()).as("seen at the companies").isNull();
        }
    }

    private ScriptedPsa company(String name) {
        ScriptedPsa company = all.get(name);
        if (company == null) {
            throw new AssertionError(name);
        }
        return company;
    }

    private Set<String> heldBy(String name) {
        Set<String> held = new HashSet<>();
        company(name).pins().stream().map(PinTruth::cid).forEach(held::add);
        return held;
    }

    @Test
    void a_change_is_planned_applied_and_rolled_back_and_residency_holds_at_every_instant() {
        try (BrokerUnderTest broker = fleet(EU)) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered(12);
            List<String> ids = roots.stream().map(client::pin).toList();
            ids.forEach(id -> client.awaitReplicas(id, "verified", 2));
            assertThat(heldBy("eu-a")).hasSize(12);
            try (Watch watch = new Watch(roots, List.of("eu-a", "eu-b", "eu-c"))) {
                assertThat(watch.looks()).isTrue();
                JsonNode plan = plan(client, leaveEuA(2), "30%");
                JsonNode summary = plan.path("summary");
                assertThat(summary.path("pins").asInt()).isEqualTo(12);
                assertThat(summary.path("moves").asInt()).isEqualTo(12);
                assertThat(summary.path("providers")
                                .path("eu-a")
                                .path("removed")
                                .asInt())
                        .isEqualTo(12);
                assertThat(summary.path("providers").path("eu-c").path("added").asInt())
                        .isEqualTo(12);
                assertThat(summary.path("costAfter").decimalValue().doubleValue())
                        .isGreaterThanOrEqualTo(0);
                assertThat(client.expect(200, "GET", "/api/v1/policies", null)
                                .json()
                                .path("inForce")
                                .path("revision")
                                .asLong())
                        .as("a plan changes nothing")
                        .isEqualTo(1);

                int first = plan.path("canaryMoves").asInt();
                assertThat(first).isBetween(1, 11);
                assertThat(apply(client, plan).status()).isEqualTo(202);
                JsonNode canary = awaitPlan(client, plan.path("id").asText(), "canary");
                assertThat(canary.path("progress").path("moved").asInt()).isEqualTo(first);
                assertThat(canary.path("progress").path("waiting").asInt()).isEqualTo(12 - first);
                assertThat(apply(client, plan).status()).isEqualTo(202);
                JsonNode done = awaitPlan(client, plan.path("id").asText(), "applied");
                assertThat(done.path("progress").path("moved").asInt()).isEqualTo(12);
                Eventually.holds(
                        "eu-a is empty",
                        PinClient.PATIENCE,
                        () -> heldBy("eu-a").isEmpty());
                assertThat(client.events(ids.getFirst())).contains("pin.moved");
                assertThat(apply(client, plan).status()).as("only once").isEqualTo(409);

                client.expect(200, "POST", "/api/v1/policies/1/rollback", null);
                JsonNode back = plan(client, null, null);
                assertThat(back.path("summary").path("moves").asInt())
                        .as("the way back saves more than the hysteresis asks")
                        .isEqualTo(12);
                assertThat(apply(client, back).status()).isEqualTo(202);
                awaitPlan(client, back.path("id").asText(), "applied");
                Eventually.holds(
                        "all is back", PinClient.PATIENCE, () -> heldBy("eu-c").isEmpty());
                assertThat(heldBy("eu-a")).hasSize(12);
            }
        }
    }

    @Test
    void a_plan_is_refused_when_policy_providers_or_pins_changed_underneath() {
        try (BrokerUnderTest broker = fleet(EU)) {
            PinClient client = broker.client();
            List<String> ids = companies.offered(3).stream().map(client::pin).toList();
            ids.forEach(id -> client.awaitReplicas(id, "verified", 2));
            JsonNode pins = plan(client, leaveEuA(2), null);
            client.delete(ids.getFirst());
            assertThat(apply(client, pins).text()).contains("CONFLICT", "gone or placed elsewhere");

            JsonNode world = plan(client, leaveEuA(2), null);
            client.expect(200, "PUT", "/api/v1/providers/us-a/state", "{\"state\":\"cordoned\"}");
            assertThat(apply(client, world).text()).contains("CONFLICT", "their states changed");

            JsonNode revision = plan(client, leaveEuA(2), null);
            client.expect(200, "PUT", "/api/v1/policies", EU.replace("revision: 1", "revision: 9"));
            assertThat(apply(client, revision).text()).contains("CONFLICT", "9 is in force");
            assertThat(heldBy("eu-c")).isEmpty();

            Answer broken = client.send(
                    "POST",
                    "/api/v1/plans",
                    JSON.createObjectNode().put("policy", "kind: [").toString());
            assertThat(broken.status()).isEqualTo(400);
            assertThat(broken.json().path("problems").size()).isPositive();
            assertThat(client.send("POST", "/api/v1/plans", "{\"canary\": 7}").status())
                    .isEqualTo(400);
        }
    }

    @Test
    void a_new_rule_of_residency_moves_what_lies_outside_only_when_its_plan_is_applied() {
        try (BrokerUnderTest broker = fleet(PolicyTexts.policy(1, PolicyTexts.copies(2), ""))) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered(4);
            List<String> ids = roots.stream().map(client::pin).toList();
            ids.forEach(id -> client.awaitReplicas(id, "verified", 2));
            assertThat(heldBy("us-a")).hasSize(4);
            client.expect(200, "PUT", "/api/v1/policies", EU.replace("revision: 1", "revision: 2"));
            JsonNode plan = plan(client, null, null);
            assertThat(plan.path("summary")
                            .path("residency")
                            .path("outsideBefore")
                            .asInt())
                    .isEqualTo(4);
            assertThat(plan.path("summary")
                            .path("residency")
                            .path("outsideAfter")
                            .asInt())
                    .isZero();
            assertThat(heldBy("us-a")).hasSize(4);
            assertThat(apply(client, plan).status()).isEqualTo(202);
            awaitPlan(client, plan.path("id").asText(), "applied");
            Eventually.holds(
                    "nothing is left outside",
                    PinClient.PATIENCE,
                    () -> heldBy("us-a").isEmpty() && heldBy("us-b").isEmpty());
            ids.forEach(id -> assertThat(client.status(id)).isEqualTo("pinned"));
        }
    }
}
