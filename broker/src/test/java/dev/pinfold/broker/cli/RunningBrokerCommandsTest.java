package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.flow.BrokerUnderTest;
import dev.pinfold.broker.flow.Companies;
import dev.pinfold.broker.flow.Eventually;
import dev.pinfold.broker.flow.PinClient;
import dev.pinfold.kit.Dag;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that change a running broker: policies, plans, providers' life. */
class RunningBrokerCommandsTest {
    @TempDir
    Path folder;

    private Path policy(long revision, String rule) throws IOException {
        return Files.writeString(folder.resolve("policy-" + revision + ".yaml"), """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: test, revision: %d}
                classes:
                  all:
                    hot:
                      replicas: {min: 1, target: 1}
                      ack: {pinnedAt: 1, by: verified}
                      %s
                rules:
                  - {name: everything, match: {}, class: all}
                """.formatted(revision, rule));
    }

    @Test
    void a_change_is_put_planned_applied_and_rolled_back_by_commands() throws IOException {
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("one", "price: {storagePerGiBMonth: 0.01}")
                .local("two", "price: {storagePerGiBMonth: 0.02}")
                .start()) {
            PinClient client = broker.client();
            ClientFile.write(folder, URI.create(broker.endpoint()), client.token());
            String id = client.upload(Dag.text("moves"));
            client.awaitStatus(id, "pinned");

            Ran broken = Ran.at(folder, "policy", "put", policy(2, "oops: 1").toString());
            assertThat(broken.code()).isEqualTo(2);
            assertThat(broken.err()).contains("policy-2.yaml:9:", "oops");

            Path without = policy(3, "constraints: [{name: not-one, exclude: {providers: [one]}}]");
            Ran plan = Ran.at(folder, "plan", "create", without.toString(), "--json");
            assertThat(plan.code()).as(plan.toString()).isZero();
            String planId = plan.json().path("id").asText();
            assertThat(plan.json().path("summary").path("moves").asInt()).isEqualTo(1);
            assertThat(Ran.at(folder, "plan", "show", planId).out()).contains("1 of 1 pins move");
            Ran applied = Ran.at(folder, "plan", "apply", planId, "--follow");
            assertThat(applied.code()).as(applied.toString()).isZero();
            assertThat(applied.out()).contains("applied", "moved 1");
            assertThat(Ran.at(folder, "plan", "apply", planId).code()).isEqualTo(1);
            assertThat(Ran.at(folder, "plan", "ls").out()).contains(planId);
            assertThat(client.providersIn(id, "verified")).contains("two");
            assertThat(Ran.at(folder, "pin", "explain", id).out()).contains("kept out by not-one 1");

            assertThat(Ran.at(folder, "policy", "rollback", "1").out()).contains("revision 4 is in force");
            assertThat(Ran.at(folder, "policy", "ls").out()).contains("rollback", "plan", "file");
            assertThat(Ran.at(folder, "policy", "show").out()).contains("revision: 4");
            Ran stale = Ran.at(folder, "policy", "put", without.toString());
            assertThat(stale.code()).isEqualTo(1);
            assertThat(stale.err()).contains("set metadata.revision to 5");
        }
    }

    @Test
    void a_read_tells_who_raced_and_who_won() throws IOException {
        try (Companies companies = new Companies();
                BrokerUnderTest broker = BrokerUnderTest.in(folder)
                        .upstream(companies.open("aurora"))
                        .start()) {
            PinClient client = broker.client();
            ClientFile.write(folder, URI.create(broker.endpoint()), client.token());
            Dag dag = companies.offered();
            client.awaitStatus(client.pin(dag.root()), "pinned");
            String cid = dag.root().toString();
            Path output = folder.resolve("content");
            Ran read = Ran.at(folder, "get", cid, "-o", output.toString(), "--verbose");
            assertThat(read.code()).as(read.toString()).isZero();
            assertThat(read.err())
                    .contains("of " + cid + ": ", " bytes from hot")
                    .containsPattern("ms  started +aurora first")
                    .containsPattern("ms  verified +aurora after");
            Path again = folder.resolve("again");
            Ran cached = Ran.at(folder, "get", cid, "-o", again.toString(), "--verbose");
            assertThat(cached.err()).contains(" bytes from cache");
            assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(output));
        }
    }

    @Test
    void a_provider_is_cordoned_audited_and_drained_by_commands() throws IOException {
        try (BrokerUnderTest broker =
                BrokerUnderTest.in(folder).local("one").local("two").start()) {
            PinClient client = broker.client();
            ClientFile.write(folder, URI.create(broker.endpoint()), client.token());
            client.awaitStatus(client.upload(Dag.text("stays safe")), "pinned");
            assertThat(Ran.at(folder, "provider", "cordon", "one").out()).contains("one is cordoned");
            assertThat(Ran.at(folder, "provider", "ls").out()).contains("cordoned");
            assertThat(Ran.at(folder, "provider", "uncordon", "one").code()).isZero();
            Ran audit = Ran.at(folder, "provider", "audit", "one", "--follow", "--json");
            assertThat(audit.code()).as(audit.toString()).isZero();
            assertThat(audit.json().path("lost").asInt()).isZero();
            Ran drain = Ran.at(folder, "provider", "drain", "one", "--by", "2099-01-01T00:00:00Z", "--follow");
            assertThat(drain.code()).as(drain.toString()).isZero();
            assertThat(drain.out()).contains("0 of");
            assertThat(Ran.at(folder, "provider", "drains").out()).contains("one: 0 of");
            assertThat(Ran.at(folder, "provider", "drain", "nobody").code()).isEqualTo(1);
            assertThat(Ran.at(folder, "provider", "drain", "one", "--by", "soon")
                            .code())
                    .isEqualTo(2);
        }
    }

    @Test
    void an_alert_is_listed_and_cleared_by_commands() throws IOException {
        Path policy = policy(1, "");
        String budget = "budgets:\n  - {name: all, scope: {}, monthly: 1, warnAt: [\"1%\"]}\n";
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("one", "price: {storagePerGiBMonth: 0, perPin: 0.5}")
                .policy(Files.readString(policy) + budget)
                .start()) {
            PinClient client = broker.client();
            ClientFile.write(folder, URI.create(broker.endpoint()), client.token());
            assertThat(Ran.at(folder, "alert", "ls").code()).isZero();
            client.awaitStatus(client.upload(Dag.text("dear")), "pinned");
            Ran[] listed = new Ran[1];
            Eventually.holds("the alert is listed", PinClient.PATIENCE, () -> {
                listed[0] = Ran.at(folder, "alert", "ls", "--json");
                return !listed[0].json().path("alerts").isEmpty();
            });
            String id = listed[0].json().path("alerts").get(0).path("id").asText();
            assertThat(Ran.at(folder, "alert", "ls").out()).contains("budget.warning", "0.5 of 1");
            assertThat(Ran.at(folder, "alert", "clear", id).out()).contains("cleared budget.warning all ");
            assertThat(Ran.at(folder, "alert", "ls").out()).doesNotContain("budget.warning");
            assertThat(Ran.at(folder, "alert", "ls", "--all").out()).contains("budget.warning", "cleared");
            assertThat(Ran.at(folder, "alert", "clear", "999999").code()).isEqualTo(1);
            assertThat(Ran.at(folder, "alert", "clear", "none").code()).isEqualTo(2);
            assertThat(client.send("GET", "/api/v1/alerts?state=shut", null).status())
                    .isEqualTo(400);
            assertThat(client.send("DELETE", "/api/v1/alerts/x", null).status()).isEqualTo(400);
        }
    }
}
