package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.ScriptedPsa;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Budgets of the running broker: what does not fit is not made, and says why; money spent never passes the limit. */
class BudgetFlowTest {
    private static final String PRICE = "price: {storagePerGiBMonth: 0, perPin: 0.004, asOf: 2026-11-01}";

    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    private static String policy(long revision, String budget) {
        return PolicyTexts.policy(revision, PolicyTexts.copies(1), "budgets:\n  - {" + budget + "}\n");
    }

    private static JsonNode budget(PinClient client) {
        return client.expect(200, "GET", "/api/v1/usage", null)
                .json()
                .path("budgets")
                .get(0);
    }

    private static BigDecimal spent(PinClient client) {
        return new BigDecimal(budget(client).path("spent").asText());
    }

    @Test
    void a_budget_of_one_cent_stops_new_placements_and_says_so() {
        ScriptedPsa company = companies.open("company");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(company, PRICE)
                .policy(policy(1, "name: cents, scope: {}, monthly: 0.01"))
                .start()) {
            PinClient client = broker.client();
            List<String> fit = companies.offered(2).stream().map(client::pin).toList();
            fit.forEach(id -> client.awaitStatus(id, "pinned"));
            String third = client.pin(companies.offered().root());
            JsonNode refused = client.awaitStatus(third, "failed");
            String reason = "0.008 of 0.01 is spent and this pin adds 0.004";
            assertThat(refused.path("info").path("status_details").asText()).contains("budget.cents", reason);
            JsonNode decision = client.placement(third).path("placement");
            assertThat(decision.path("feasible").asBoolean()).isFalse();
            assertThat(decision.path("conflict").get(0).path("constraint").asText())
                    .isEqualTo("budget.cents");
            assertThat(decision.path("conflict").get(0).path("suggestion").asText())
                    .contains(reason);
            assertThat(company.everCreated()).hasSize(2);
            assertThat(spent(client)).isEqualByComparingTo("0.008");

            JsonNode cost = client.expect(200, "GET", "/api/v1/pins/" + fit.getFirst() + "/cost", null)
                    .json();
            assertThat(cost.path("forecastMonthly").asText()).isEqualTo("0.004");
            assertThat(cost.path("copies").get(0).path("paidBy").asText()).isEqualTo("this pin");

            // What was there in this month stays spent in it, also after it is let go.
            client.delete(fit.getFirst());
            Eventually.holds("let go", PinClient.PATIENCE, () -> company.pins().size() == 1);
            String fourth = client.pin(companies.offered().root());
            client.awaitStatus(fourth, "failed");
            assertThat(spent(client)).isEqualByComparingTo("0.008");
        }
    }

    @Test
    void a_pin_that_waits_for_its_budget_is_placed_when_there_is_money() {
        ScriptedPsa company = companies.open("company");
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(company, PRICE)
                .policy(policy(1, "name: little, scope: {tenants: [default]}, monthly: 0.001, onExceeded: queueNew"))
                .start()) {
            PinClient client = broker.client();
            String waits = client.pin(companies.offered().root());
            client.await(
                    waits,
                    "the reason to wait",
                    pin -> pin.path("info").path("status_details").asText().contains("budget.little"));
            assertThat(client.status(waits)).isEqualTo("queued");
            PinClient other = broker.tenant("other");
            other.awaitStatus(other.pin(companies.offered().root()), "pinned");
            client.expect(200, "PUT", "/api/v1/policies", policy(2, "name: little, scope: {}, monthly: 1"));
            client.awaitStatus(waits, "pinned");
        }
    }

    @Test
    void sixty_four_clients_of_two_brokers_never_spend_more_than_the_budget() {
        ScriptedPsa first = companies.open("first");
        ScriptedPsa second = companies.open("second");
        String database = SharedPostgres.freshDatabase();
        String policy = policy(1, "name: shared, scope: {}, monthly: 0.05");
        try (BrokerUnderTest one = both(first, second, "one", database, policy);
                BrokerUnderTest two = both(first, second, "two", database, policy)) {
            List<PinClient> clients = List.of(one.client(), two.tenant("two"));
            List<Integer> posts = IntStream.range(0, 192).boxed().toList();
            List<dev.pinfold.content.Cid> roots = companies.offered(posts.size());
            List<String> ids = Parallel.map(64, posts, i -> clients.get(i % 2).pin(roots.get(i)));
            List<String> ends = posts.stream()
                    .map(i -> clients.get(i % 2)
                            .await(ids.get(i), "an end", pin -> {
                                assertThat(spent(one.client())).isLessThanOrEqualTo(new BigDecimal("0.05"));
                                return !pin.path("status").asText().matches("queued|pinning");
                            })
                            .path("status")
                            .asText())
                    .toList();
            // 0.05 is twelve times 0.004 and a rest.
            assertThat(ends.stream().filter("pinned"::equals)).hasSize(12);
            assertThat(ends.stream().filter("failed"::equals)).hasSize(180);
            assertThat(Stream.of(first, second)
                            .mapToInt(c -> c.everCreated().size())
                            .sum())
                    .as("pins that the companies were ever asked for")
                    .isEqualTo(12);
            assertThat(spent(one.client())).isEqualByComparingTo("0.048");
        }
    }

    private BrokerUnderTest both(ScriptedPsa first, ScriptedPsa second, String name, String database, String policy) {
        return BrokerUnderTest.in(folder.resolve(name))
                .upstream(first, PRICE)
                .upstream(second, PRICE)
                .policy(policy)
                .database(database)
                .start();
    }

    @Test
    void a_copy_that_two_pins_share_is_paid_once_and_passes_to_the_one_that_stays() {
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("one", PRICE)
                .policy(policy(1, "name: all, scope: {}, monthly: 1"))
                .start()) {
            PinClient client = broker.client();
            PinClient other = broker.tenant("other");
            Dag dag = Dag.text("shared");
            String first = client.upload(dag);
            client.awaitStatus(first, "pinned");
            String second = other.pin(dag.root());
            other.awaitStatus(second, "pinned");
            assertThat(spent(client)).isEqualByComparingTo("0.004");
            client.delete(first);
            Eventually.holds(
                    "the other pays",
                    PinClient.PATIENCE,
                    () -> other.expect(200, "GET", "/api/v1/pins/" + second + "/cost", null)
                            .json()
                            .path("paidMonthly")
                            .asText()
                            .equals("0.004"));
            assertThat(spent(client)).isEqualByComparingTo("0.004");
        }
    }

    private static JsonNode alerts(PinClient client, String query) {
        return client.expect(200, "GET", "/api/v1/alerts" + query, null).json().path("alerts");
    }

    @Test
    void a_budget_that_passes_its_warning_is_told_once_a_month_and_not_again_after_a_restart() {
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("one", PRICE)
                .policy(policy(1, "name: little, scope: {}, monthly: 0.01, warnAt: [0.5]"))
                .start()) {
            PinClient client = broker.client();
            client.awaitStatus(client.upload(Dag.text("first")), "pinned");
            assertThat(alerts(client, "?state=all")).isEmpty();
            String second = client.upload(Dag.text("second"));
            client.awaitStatus(second, "pinned");
            JsonNode alert = Eventually.see(
                            "the warning", PinClient.PATIENCE, () -> alerts(client, ""), all -> !all.isEmpty())
                    .get(0);
            assertThat(alert.path("kind").asText()).isEqualTo("budget.warning");
            assertThat(alert.path("subject").asText()).startsWith("little ").endsWith(" 50% of 0.01");
            assertThat(alert.path("message").asText()).contains("0.008 of 0.01", "new pins that do not fit fail");
            Eventually.holds(
                    "the metric",
                    PinClient.PATIENCE,
                    () -> PinClient.metrics(broker.managementEndpoint())
                            .contains("pinfold_alert_open{kind=\"budget.warning\",severity=\"warning\"} 1.0"));

            assertThat(PinClient.metrics(broker.managementEndpoint()))
                    .contains(
                            "pinfold_budget_spent{budget=\"little\"} 0.008",
                            "pinfold_budget_limit{budget=\"little\"} 0.01");

            client.expect(200, "DELETE", "/api/v1/alerts/" + alert.path("id").asText(), null);
            client.delete(second);
            broker.stop();
            broker.start();
            // The budget is looked at again by the new broker before the limit below it is.
            client.awaitStatus(client.upload(Dag.text("third")), "failed");
            assertThat(alerts(client, "")).isEmpty();
            client.expect(
                    200,
                    "PUT",
                    "/api/v1/policies",
                    policy(2, "name: little, scope: {}, monthly: 0.014, warnAt: [0.5]"));
            JsonNode anew = Eventually.see(
                    "the warning of the new limit",
                    PinClient.PATIENCE,
                    () -> alerts(client, ""),
                    all -> !all.isEmpty());
            assertThat(anew.get(0).path("subject").asText()).endsWith(" 50% of 0.014");
            assertThat(alerts(client, "?state=all")).hasSize(2);
        }
    }
}
