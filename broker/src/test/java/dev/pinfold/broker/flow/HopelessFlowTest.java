package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.kit.Dag;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins that cannot be fulfilled say why, and wait only where waiting can help. */
class HopelessFlowTest {
    @TempDir
    Path folder;

    private final Companies companies = new Companies();

    @Test
    void a_policy_that_wants_more_copies_than_there_are_providers_fails_with_the_conflict() {
        try (Companies all = companies;
                BrokerUnderTest broker = BrokerUnderTest.in(folder)
                        .upstream(all.open("alpha"))
                        .upstream(all.open("beta"))
                        .copies(3, 3, 3)
                        .start()) {
            PinClient client = broker.client();
            String id = client.pin(all.offered().root());
            JsonNode pin = client.awaitStatus(id, "failed");
            assertThat(pin.path("info").path("status_details").asText())
                    .startsWith("cannot be placed")
                    .contains("3");
            assertThat(client.placement(id).get("replicas")).isEmpty();
        }
    }

    @Test
    void content_that_nobody_has_is_looked_for_and_given_up_in_words() {
        Dag nowhere = companies.hidden();
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("store")
                .set("reconcile.giveUpAfter", "3s")
                .start()) {
            PinClient client = broker.client();
            String id = client.pin(nowhere.root());
            client.await(
                    id,
                    "the report of the sources",
                    pin -> pin.path("info").path("status_details").asText().contains("no source has the content yet"));
            assertThat(client.status(id)).isIn("queued", "pinning");
            JsonNode pin = client.awaitStatus(id, "failed");
            assertThat(pin.path("info").path("status_details").asText())
                    .contains("no source had the content for 3 s")
                    .contains("pin again with origins");
            assertThat(client.placement(id).get("sources").asText("")).isNotEmpty();
        }
    }

    @Test
    void content_that_turns_up_in_time_is_pinned() {
        Dag late = companies.hidden();
        try (Companies all = companies;
                BrokerUnderTest broker =
                        BrokerUnderTest.in(folder).local("store").start()) {
            PinClient client = broker.client();
            String id = client.pin(late.root());
            client.await(
                    id,
                    "waits for a source",
                    pin -> pin.path("info").path("status_details").asText().contains("no source"));
            client.upload(late);
            client.awaitStatus(id, "pinned");
            assertThat(all.network().dag(late.root())).isNull();
        }
    }
}
