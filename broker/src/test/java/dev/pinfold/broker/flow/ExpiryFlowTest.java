package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Pins that end by themselves, and what a pin's meta may ask for. */
class ExpiryFlowTest {
    private static final String POLICY = """
            apiVersion: pinfold/v1
            kind: PolicySet
            metadata: {name: previews, revision: 1}
            classes:
              all:
                hot:
                  replicas: {min: 1, target: 1, max: 3}
                  ack: {pinnedAt: 1, by: verified}
            rules:
              - name: previews
                match: {name: {glob: "preview/*"}}
                class: all
                retention: {mode: expireAfter, after: 1s, keepLast: 1}
              - name: everything
                match: {}
                class: all
                allowMeta:
                  pinfold.replicas: {min: 1, max: 2}
            """;

    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    @Test
    void previews_expire_but_the_newest_of_each_tenant_stays() {
        ScriptedPsa company = companies.open("company");
        try (BrokerUnderTest broker =
                BrokerUnderTest.in(folder).upstream(company).policy(POLICY).start()) {
            PinClient client = broker.client();
            List<String> ids = companies.offered(3).stream()
                    .map(root -> client.pin(root, "preview/a"))
                    .toList();
            String kept = client.pin(companies.offered().root(), "release/a");
            client.awaitStatus(kept, "pinned");
            PinClient other = broker.tenant("other");
            String others = other.pin(companies.offered().root(), "preview/b");
            other.awaitStatus(others, "pinned");
            assertThat(other.info(others, "pinfold_expires")).isNotEmpty();
            for (String gone : ids.subList(0, 2)) {
                Eventually.holds(
                        "expired",
                        PinClient.PATIENCE,
                        () -> client.send("GET", "/pins/" + gone, null).status() == 404);
            }
            Eventually.holds("let go", PinClient.PATIENCE, () -> company.pins().size() == 3);
            assertThat(client.status(ids.getLast())).isEqualTo("pinned");
            assertThat(client.status(kept)).isEqualTo("pinned");
            assertThat(client.info(kept, "pinfold_expires")).isEmpty();
            assertThat(other.status(others)).isEqualTo("pinned");
        }
    }

    @Test
    void a_pin_may_ask_for_more_copies_as_far_as_its_rule_allows() {
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(companies.open("one"))
                .upstream(companies.open("two"))
                .upstream(companies.open("three"))
                .policy(POLICY)
                .start()) {
            PinClient client = broker.client();
            String body = "{\"cid\":\"" + companies.offered().root() + "\",\"meta\":{\"pinfold.replicas\":\"3\"}}";
            String id = client.expect(202, "POST", "/pins", body)
                    .json()
                    .path("requestid")
                    .asText();
            client.awaitReplicas(id, "verified", 2);
            assertThat(client.placement(id).path("placement").path("notes").toString())
                    .contains("pinfold.replicas 3 was clamped to 2");
        }
    }
}
