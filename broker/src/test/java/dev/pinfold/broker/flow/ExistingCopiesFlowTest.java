package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.ScriptedPsa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Copies that were there: lost ones have time to come back, and those of deleted pins stay as long as their rule says. */
class ExistingCopiesFlowTest {
    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    private static String twoCopies(long revision, String delay) {
        return PolicyTexts.policy(revision, PolicyTexts.copies(2), "repair: {delay: {" + delay + "}}");
    }

    private static String details(PinClient client, String id) {
        return client.info(id, "status_details");
    }

    @Test
    void a_lost_copy_has_time_to_come_back_also_over_a_restart_and_is_made_elsewhere_when_that_is_over() {
        ScriptedPsa one = companies.open("one");
        ScriptedPsa two = companies.open("two");
        ScriptedPsa spare = companies.open("spare");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(one, "price: {storagePerGiBMonth: 0.01}")
                .upstream(two, "price: {storagePerGiBMonth: 0.02}")
                .upstream(spare, "price: {storagePerGiBMonth: 9}")
                .policy(twoCopies(1, "underMin: 0s, underTarget: 1h"))
                .start()) {
            PinClient client = broker.client();
            String id = client.pin(companies.offered().root());
            client.awaitReplicas(id, "verified", 2);
            two.down();
            client.await(id, "waits", pin -> details(client, id).contains("made elsewhere at"));
            assertThat(details(client, id))
                    .startsWith("degraded: 1 of 2 copies")
                    .contains("two");
            String told = details(client, id).replaceFirst(".*(made elsewhere at \\S+) .*", "$1");
            broker.stop();
            broker.start();
            client.await(
                    id, "waits as long as before", pin -> details(client, id).contains(told));
            assertThat(client.providersIn(id, "verified")).containsExactly("one");
            assertThat(spare.everCreated()).isEmpty();

            client.expect(200, "PUT", "/api/v1/policies", twoCopies(2, "underMin: 0s, underTarget: 1ms"));
            client.await(
                    id,
                    "made elsewhere",
                    pin -> client.providersIn(id, "verified").containsAll(List.of("one", "spare")));
        }
    }

    @Test
    void below_min_a_lost_copy_is_made_elsewhere_at_once_whatever_time_it_has_below_target() throws IOException {
        String policy = twoCopies(1, "underMin: 0s, underTarget: 1h").replace("min: 1", "min: 2");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("one")
                .local("two")
                .local("three")
                .policy(policy)
                .start()) {
            PinClient client = broker.client();
            String id = client.upload(Dag.file(4, 3, 1_000));
            client.awaitReplicas(id, "verified", 2);
            String victim = client.providersIn(id, "verified").getFirst();
            Files.move(broker.store(victim), folder.resolve("aside"));
            client.await(id, "made elsewhere", pin -> {
                List<String> now = client.providersIn(id, "verified");
                return now.size() == 2 && !now.contains(victim);
            });
        }
    }

    private static String retention(long revision, String held, String graced) {
        return """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: test, revision: %d}
                classes:
                  all: {hot: {replicas: {min: 1, target: 1}, ack: {pinnedAt: 1, by: verified}}}
                rules:
                  - {name: held, match: {name: {glob: "held/*"}}, class: all, retention: {mode: untilDeleted, %s}}
                  - {name: graced, match: {name: {glob: "graced/*"}}, class: all, retention: {mode: untilDeleted, %s}}
                  - {name: everything, match: {}, class: all}
                """.formatted(revision, held, graced);
    }

    @Test
    void copies_of_deleted_pins_stay_for_a_grace_or_a_legal_hold_and_go_when_the_policy_lets_them() {
        ScriptedPsa company = companies.open("company");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(company)
                .policy(retention(1, "legalHold: true", "deleteGrace: 1h"))
                .start()) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered(3);
            List<String> ids = List.of(
                    client.pin(roots.get(0), "held/a"),
                    client.pin(roots.get(1), "graced/a"),
                    client.pin(roots.get(2), "plain/a"));
            ids.forEach(id -> client.awaitStatus(id, "pinned"));
            ids.forEach(client::delete);
            Eventually.holds(
                    "what nothing keeps is let go",
                    PinClient.PATIENCE,
                    () -> company.pinsOf(roots.get(2)).isEmpty());
            broker.stop();
            broker.start();
            // Copies are settled in order: when this one is let go too, the others have been looked at after the
            // restart.
            String later = client.pin(companies.offered().root(), "plain/b");
            client.awaitStatus(later, "pinned");
            client.delete(later);
            Eventually.holds(
                    "the later one is let go",
                    PinClient.PATIENCE,
                    () -> company.pins().size() == 2);
            assertThat(company.pinsOf(roots.get(0))).hasSize(1);
            assertThat(company.pinsOf(roots.get(1))).hasSize(1);

            client.expect(200, "PUT", "/api/v1/policies", retention(2, "legalHold: true", "deleteGrace: 0s"));
            Eventually.holds(
                    "the grace is over",
                    PinClient.PATIENCE,
                    () -> company.pinsOf(roots.get(1)).isEmpty());
            assertThat(company.pinsOf(roots.get(0))).hasSize(1);
            client.expect(200, "PUT", "/api/v1/policies", retention(3, "legalHold: false", "deleteGrace: 0s"));
            Eventually.holds(
                    "the hold is over",
                    PinClient.PATIENCE,
                    () -> company.pinsOf(roots.get(0)).isEmpty());
            assertThat(company.everCreated()).hasSize(4);
        }
    }
}
