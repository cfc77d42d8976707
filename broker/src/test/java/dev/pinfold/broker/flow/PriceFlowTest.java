package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a running broker knows of its providers' past: prices that jumped, and who is new. */
class PriceFlowTest {
    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    private BrokerUnderTest broker(String name, String database, String policy, ScriptedPsa cheap, String price) {
        return BrokerUnderTest.in(folder.resolve(name))
                .upstream(cheap, "price: {storagePerGiBMonth: " + price + "}")
                .local("dear", "price: {storagePerGiBMonth: 9}")
                .policy(policy)
                .database(database)
                .start();
    }

    private static int filtered(PinClient client, String pin, String filter) {
        JsonNode filters = client.placement(pin).path("placement").path("filters");
        return filters.path(filter).asInt();
    }

    @Test
    void a_price_that_jumped_since_the_last_start_keeps_new_copies_away_and_old_ones_where_they_are() {
        ScriptedPsa cheap = companies.open("cheap");
        String database = SharedPostgres.freshDatabase();
        String policy =
                PolicyTexts.policy(1, PolicyTexts.copies(1) + "\nprice: {gouging: {jump: 50%, within: 30d}}", "");
        String before;
        try (BrokerUnderTest broker = broker("one", database, policy, cheap, "0.010")) {
            before = broker.client().pin(companies.offered().root());
            broker.client().awaitStatus(before, "pinned");
            assertThat(broker.client().providersIn(before, "verified")).containsExactly("cheap");
        }
        try (BrokerUnderTest broker = broker("two", database, policy, cheap, "0.014")) {
            String pin = broker.client().pin(companies.offered().root());
            broker.client().awaitStatus(pin, "pinned");
            assertThat(broker.client().providersIn(pin, "verified"))
                    .as("40 % more is no jump")
                    .containsExactly("cheap");
        }
        try (BrokerUnderTest broker = broker("three", database, policy, cheap, "0.022")) {
            PinClient client = broker.client();
            String pin = client.upload(companies.offered());
            client.awaitStatus(pin, "pinned");
            assertThat(client.providersIn(pin, "verified"))
                    .as("57 % more is one")
                    .containsExactly("dear");
            assertThat(filtered(client, pin, "price.gouging")).isEqualTo(1);
            assertThat(client.providersIn(before, "verified")).containsExactly("cheap");
        }
    }

    @Test
    void a_provider_counts_as_new_for_as_many_days_as_the_policy_says_after_it_was_first_configured() {
        ScriptedPsa cheap = companies.open("cheap");
        String policy = PolicyTexts.policy(
                1, PolicyTexts.copies(1) + "\nhealth: {newProvider: {maxShare: 0%, until: {pins: 0, days: 30}}}", "");
        String database = SharedPostgres.freshDatabase();
        try (BrokerUnderTest broker = broker("one", database, policy, cheap, "0.01")) {
            PinClient client = broker.client();
            String pin = client.pin(companies.offered().root());
            client.await(
                    pin,
                    "nobody may take it yet",
                    p -> client.info(pin, "status_details").contains("health.newProvider"));
        }
    }
}
