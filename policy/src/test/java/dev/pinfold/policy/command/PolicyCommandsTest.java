package dev.pinfold.policy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Root;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCommandsTest {
    private static final Text CHEAPEST =
            new Text("cheapest.yaml", Root.read(Root.path("config/policies/cheapest-three.yaml")));
    private static final Text EU = new Text("eu.yaml", Root.read(Root.path("config/policies/eu-only.yaml")));
    private static final Text FLEET =
            new Text("fleet.json", Root.read(Root.path("config/policies/fixtures/fleet.json")));

    private final PolicyCommands commands = new PolicyCommands();

    private static Text request(String json) {
        return new Text("request.json", json);
    }

    private static List<String> requests(int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add("{\"token\":\"t\",\"name\":\"n\",\"meta\":{},\"cid\":\"bafy" + i + "\",\"sizeBytes\":"
                    + (1_000_000 + i * 7_919) + ",\"existing\":[],\"spentThisMonth\":\"0\"}");
        }
        return lines;
    }

    @Test
    void plan_prints_the_contracted_shape_and_nothing_else() {
        Outcome outcome = commands.plan(
                CHEAPEST,
                FLEET,
                request("{\"token\":\"t\",\"name\":\"n\",\"meta\":{},\"cid\":\"bafy\",\"sizeBytes\":1073741824,"
                        + "\"existing\":[],\"spentThisMonth\":\"0\"}"));

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.json().lines().filter(l -> l.startsWith("  \"")).map(l -> l.substring(3, l.indexOf('"', 3))))
                .containsExactly(
                        "feasible",
                        "rule",
                        "class",
                        "chosen",
                        "totalMonthlyCost",
                        "excluded",
                        "conflict",
                        "durabilityNines",
                        "limitedBy",
                        "policyRevision",
                        "inventoryHash");
        assertThat(outcome.json()).contains("\"provider\": \"filebase\"").contains("\"tier\": \"hot\"");
    }

    @Test
    void explain_gives_every_provider_a_line() {
        Outcome outcome = commands.explain(EU, FLEET, request("{\"cid\":\"bafy\",\"sizeBytes\":1073741824}"));

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.human())
                .contains("PROVIDER", "own-fra", "filebase", "eu-or-swiss", "jurisdiction is US, not one of CH, EU")
                .contains("jurisdiction is unknown")
                .contains("without ");
        assertThat(outcome.json()).contains("\"filters\"").contains("\"alternatives\"");
    }

    @Test
    void an_infeasible_plan_exits_with_one_and_says_what_would_have_to_give() {
        Outcome outcome = commands.plan(
                EU, FLEET, request("{\"cid\":\"bafy\",\"sizeBytes\":1,\"meta\":{\"pinfold.residency\":\"CH\"}}"));

        assertThat(outcome.exitCode()).isEqualTo(Outcome.NO);
        assertThat(outcome.json()).contains("\"feasible\": false").contains("meta.pinfold.residency");
        assertThat(outcome.human()).contains("in the way: ");
    }

    @Test
    void bad_input_exits_with_two_and_names_file_line_and_column() {
        Outcome outcome = commands.plan(CHEAPEST, FLEET, request("{\"sizeByte\": 1}"));

        assertThat(outcome.exitCode()).isEqualTo(Outcome.BAD_INPUT);
        assertThat(outcome.human())
                .isEqualTo("request.json:1:2: unknown key 'sizeByte' in request; did you mean 'sizeBytes'?\n");
        assertThat(outcome.json()).contains("\"line\": 1");
    }

    @Test
    void check_warns_of_names_that_the_catalog_does_not_have() {
        Text policy = new Text(
                "p",
                CHEAPEST.content().replace("{capabilities: [pin-by-cid, status, delete]}", "{providers: [pinatta]}"));
        Text catalog = new Text("c", Root.read(Root.path("config/providers/catalog.example.yaml")));

        Outcome outcome = commands.check(policy, catalog);

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.human())
                .contains("names 'pinatta', which the catalog does not have")
                .contains("cannot place a pin of 1 GiB with this catalog");
    }

    @Test
    void a_failing_test_is_told_with_its_line_and_the_difference() {
        Text wrong = new Text("p.yaml", CHEAPEST.content().replace("count: 3, distinct", "count: 2, distinct"));

        Outcome outcome = commands.test(wrong, path -> FLEET.content());

        assertThat(outcome.exitCode()).isEqualTo(Outcome.NO);
        assertThat(outcome.human()).contains("FAIL  a pin goes").contains("hot copies count is 3, expected =2");
        assertThat(outcome.junitXml())
                .startsWith(
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"cheapest-three\" tests=\"3\"")
                .contains("expected =2");
    }

    @Test
    void a_test_whose_inventory_is_missing_is_bad_input() {
        Outcome outcome = commands.test(CHEAPEST, path -> null);

        assertThat(outcome.exitCode()).isEqualTo(Outcome.BAD_INPUT);
        assertThat(outcome.human()).contains("the inventory 'fixtures/fleet.json' of test");
    }

    @Test
    void simulate_adds_up_a_loss() {
        Outcome outcome = commands.simulate(
                EU, FLEET, requests(50).iterator(), Simulation.Options.losing("org", "example-amsterdam"));

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.human()).contains("50 of 50 pins placed").contains("losing org=example-amsterdam: 50 pins");
        assertThat(outcome.json()).contains("\"notRepairable\": 0").contains("\"affected\": 50");
    }

    @Test
    void simulate_refuses_a_bad_line_with_its_number() {
        Outcome outcome = commands.simulate(
                EU, FLEET, List.of("{}", "", "{\"cid\": 1}", "nonsense").iterator(), Simulation.Options.NONE);

        assertThat(outcome.exitCode()).isEqualTo(Outcome.BAD_INPUT);
        assertThat(outcome.human()).startsWith("requests:4:1: ");
    }

    @Test
    void a_year_of_price_noise_moves_less_than_a_tenth_of_the_data() {
        Outcome outcome = commands.simulate(
                CHEAPEST, FLEET, requests(40).iterator(), Simulation.Options.wandering(12, Ratio.of("5%"), 7));

        System.out.println(outcome.human());
        double calm = number(outcome.json(), "movedShare");
        double nervous = number(outcome.json(), "movedShareWithoutHysteresis");
        assertThat(calm).isLessThan(0.1);
        assertThat(nervous).as("without hysteresis far more would move").isGreaterThan(0.1);
    }

    @Test
    void price_noise_moves_little_whatever_the_seed() {
        double sum = 0;
        int seeds = 20;
        for (int seed = 0; seed < seeds; seed++) {
            Outcome outcome = commands.simulate(
                    CHEAPEST, FLEET, requests(5).iterator(), Simulation.Options.wandering(12, Ratio.of("5%"), seed));
            sum += number(outcome.json(), "movedShare");
        }
        System.out.println("mean share of data moved in a year over " + seeds + " seeds: " + sum / seeds);
        assertThat(sum / seeds).isLessThan(0.1);
    }

    private static double number(String json, String key) {
        String rest = json.substring(json.indexOf("\"" + key + "\": ") + key.length() + 4);
        return Double.parseDouble(rest.replaceFirst("(?s)[,\\s}].*", ""));
    }

    @Test
    void diff_shows_what_would_move_and_what_it_costs() {
        Outcome outcome = commands.diff(CHEAPEST, EU, FLEET, requests(30).iterator());

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.human()).contains("30 of 30 pins change").contains("cost ");
        assertThat(outcome.json()).contains("\"filebase\": {").contains("\"removed\": 30");

        Outcome same = commands.diff(CHEAPEST, CHEAPEST, FLEET, requests(30).iterator());
        assertThat(same.human()).startsWith("0 of 30 pins change, 0 bytes move");
    }
}
