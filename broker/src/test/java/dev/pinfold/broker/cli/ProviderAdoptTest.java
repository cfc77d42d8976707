package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.flow.BrokerUnderTest;
import dev.pinfold.broker.flow.Companies;
import dev.pinfold.broker.flow.PinClient;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.ScriptedPsa;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Taking over what a provider has: looked at first, then owned, never asked for again, by the provider's own truth. */
class ProviderAdoptTest {
    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    @Test
    void pins_of_an_earlier_life_are_taken_over_without_asking_for_them_again_and_belong_to_us_then()
            throws IOException {
        ScriptedPsa old = companies.open("old");
        ScriptedPsa other = companies.open("other");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(old, "price: {storagePerGiBMonth: 0.01}")
                .upstream(other, "price: {storagePerGiBMonth: 9}")
                .start()) {
            PinClient client = broker.client();
            ClientFile.write(folder, URI.create(broker.endpoint()), client.token());
            List<Cid> roots = companies.offered(30);
            List<String> ids = roots.stream()
                    .map(root -> old.plant(root, "before", Map.of()))
                    .toList();
            String ours = client.pin(companies.offered().root());
            client.awaitStatus(ours, "pinned");
            int created = old.everCreated().size();

            Ran look = Ran.at(folder, "provider", "adopt", "old", "--all");
            assertThat(look.code()).as(look.toString()).isZero();
            assertThat(look.out()).contains("31 pins: 30 adoptable, 1 known; take them over with --apply");
            assertThat(client.list("status=queued,pinning,pinned,failed")
                            .path("count")
                            .asInt())
                    .as("looking changes nothing")
                    .isEqualTo(1);

            String one = roots.getFirst().toString();
            assertThat(Ran.at(folder, "provider", "adopt", "old", one, "--apply")
                            .code())
                    .isZero();
            Ran all = Ran.at(folder, "provider", "adopt", "old", "--all", "--apply", "--name", "before", "--json");
            assertThat(all.code()).as(all.toString()).isZero();
            assertThat(all.json().path("verdicts").path("adopted").asInt()).isEqualTo(29);
            assertThat(all.json().path("verdicts").path("known").asInt()).isEqualTo(2);
            Ran again = Ran.at(folder, "provider", "adopt", "old", "--all", "--apply", "--json");
            assertThat(again.json().path("verdicts").path("known").asInt()).isEqualTo(31);

            client.list("limit=100&status=queued,pinning,pinned,failed")
                    .path("results")
                    .forEach(pin -> client.awaitStatus(pin.path("requestid").asText(), "pinned"));
            assertThat(old.everCreated()).as("nothing was asked for again").hasSize(created);
            assertThat(other.everCreated()).isEmpty();

            String adopted = client.list("cid=" + one + "&status=pinned")
                    .path("results")
                    .get(0)
                    .path("requestid")
                    .asText();
            assertThat(client.events(adopted)).contains("replica.adopted old", "replica.verified old");
            assertThat(client.placement(adopted)
                            .path("placement")
                            .path("feasible")
                            .asBoolean())
                    .isTrue();
            client.delete(adopted);
            dev.pinfold.broker.flow.Eventually.holds(
                    "it is let go like any other",
                    PinClient.PATIENCE,
                    () -> old.pinsOf(roots.getFirst()).isEmpty());
            assertThat(old.pins()).extracting(pin -> pin.requestId()).containsAll(ids.subList(1, 30));
        }
    }

    @Test
    void what_the_policy_would_not_have_there_is_left_alone_and_wrong_wishes_change_nothing() throws IOException {
        ScriptedPsa old = companies.open("old");
        ScriptedPsa allowed = companies.open("allowed");
        String policy = """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: test, revision: 1}
                classes:
                  all:
                    hot: {replicas: {min: 1, target: 1}, ack: {pinnedAt: 1, by: verified}}
                  elsewhere:
                    hot:
                      replicas: {min: 1, target: 1}
                      ack: {pinnedAt: 1, by: verified}
                      constraints: [{name: not-old, exclude: {providers: [old]}}]
                rules:
                  - {name: kept-out, match: {name: {glob: "secret/*"}}, class: elsewhere}
                  - {name: everything, match: {}, class: all}
                """;
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(old)
                .upstream(allowed)
                .policy(policy)
                .start()) {
            PinClient client = broker.client();
            ClientFile.write(folder, URI.create(broker.endpoint()), client.token());
            Cid root = companies.offered().root();
            old.plant(root, null, Map.of());
            old.plant(root, "twice", Map.of());
            Ran refused = Ran.at(folder, "provider", "adopt", "old", root.toString(), "--apply", "--name", "secret/a");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).contains("not-allowed", "not-old");

            assertThat(Ran.at(folder, "provider", "adopt", "nobody", "--all").code())
                    .isEqualTo(1);
            assertThat(Ran.at(folder, "provider", "adopt", "old").code()).isEqualTo(2);
            assertThat(Ran.at(folder, "provider", "adopt", "old", "--all", root.toString())
                            .code())
                    .isEqualTo(2);
            for (String body : List.of(
                    "{}",
                    "{\"all\":true,\"cids\":[\"" + root + "\"]}",
                    "{\"cids\":[]}",
                    "{\"cids\":[\"nonsense\"],\"apply\":true}",
                    "{\"all\":\"yes\"}",
                    "{\"all\":true,\"aply\":true}",
                    "{\"all\":true,\"apply\":true,\"from\":\"nonsense\"}")) {
                assertThat(client.send("POST", "/api/v1/providers/old/adoptions", body)
                                .status())
                        .as(body)
                        .isEqualTo(400);
            }
            assertThat(client.list("status=queued,pinning,pinned,failed")
                            .path("count")
                            .asInt())
                    .isZero();
            Ran both = Ran.at(folder, "provider", "adopt", "old", root.toString(), "--apply");
            assertThat(both.out()).contains("1 adopted, 1 duplicate");
            assertThat(old.pinsOf(root)).hasSize(2);
        }
    }
}
