package dev.pinfold.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Single rules of the engine, on worlds of a few providers. */
class RulesTest {
    private static final Instant NOW = RandomWorlds.NOW;
    private static final HotGoal ONE = new HotGoal(1, 1, 1, HotGoal.Ack.CLAIMED, 1);
    private static final HotGoal TWO = new HotGoal(2, 2, 2, HotGoal.Ack.CLAIMED, 1);

    private final PlacementEngine engine = new PlacementEngine();

    private static ProviderSnapshot provider(String id, Price price, @Nullable String region) {
        Map<String, String> labels = new TreeMap<>(Map.of("org", "org-" + id));
        if (region != null) {
            labels.put("region", region);
        }
        return ProviderSnapshot.of(
                id,
                Tier.HOT,
                labels,
                Set.of(),
                Limits.NONE,
                price,
                Health.UNKNOWN,
                new Usage(1, 1),
                ProviderState.ACTIVE);
    }

    private static PlacementRequest pin() {
        return PlacementRequest.of("t", "n", "bafy", 1L << 30);
    }

    private static PlacementClass with(PlacementClass c, PriceRule price) {
        return Classes.with(c, price);
    }

    @Test
    void a_foreign_price_counts_at_a_fresh_rate_and_not_at_all_without_one() {
        Price inFil = new Price(Money.of("0.001"), null, Money.ZERO, Money.ZERO, "FIL", null, null);
        List<ProviderSnapshot> providers =
                List.of(provider("fil", inFil, "eu"), provider("usd", Price.storage("0.02"), "us"));
        Policy policy = RandomWorlds.single(RandomWorlds.plain(ONE, List.of(), null));
        Map<String, Inventory.FxRate> fresh = Map.of("FIL", new Inventory.FxRate(Money.of("5"), NOW));
        Map<String, Inventory.FxRate> old =
                Map.of("FIL", new Inventory.FxRate(Money.of("5"), NOW.minus(Duration.ofDays(2))));

        Plan converted = engine.plan(policy, Inventory.of(NOW, providers, fresh), pin());
        assertThat(converted.chosen()).containsExactly(new Plan.Chosen("fil", Tier.HOT, Money.of("0.005")));

        Plan stale = engine.plan(policy, Inventory.of(NOW, providers, old), pin());
        assertThat(stale.providers(Tier.HOT)).containsExactly("usd");
        assertThat(stale.excluded())
                .singleElement()
                .satisfies(x -> assertThat(x.reason()).contains("no fresh rate"));
    }

    @Test
    void a_provider_that_raised_its_price_by_half_gets_nothing_new_and_keeps_what_it_has() {
        Price raised = new Price(
                Money.of("0.0151"),
                null,
                Money.ZERO,
                Money.ZERO,
                "USD",
                NOW,
                new Price.Previous(Money.of("0.01"), NOW.minus(Duration.ofDays(10))));
        Inventory world = Inventory.of(
                NOW, List.of(provider("gouger", raised, "eu"), provider("calm", Price.storage("0.0155"), "us")));
        PriceRule guard = new PriceRule(null, new PriceRule.Gouging(Ratio.of("50%"), Duration.ofDays(30), false));
        Policy policy = RandomWorlds.single(with(RandomWorlds.plain(ONE, List.of(), null), guard));

        assertThat(engine.plan(policy, world, pin()).providers(Tier.HOT)).containsExactly("calm");
        assertThat(engine.plan(policy, world, pin().withExisting(List.of("gouger")))
                        .providers(Tier.HOT))
                .containsExactly("gouger");
    }

    @Test
    void an_unknown_region_is_rejected_or_isolated_or_ignored_and_never_counts_as_a_region() {
        Inventory world = Inventory.of(
                NOW,
                List.of(
                        provider("a", Price.storage("0.02"), "eu"),
                        provider("b", Price.storage("0.01"), null),
                        provider("c", Price.storage("0.011"), null),
                        provider("d", Price.storage("0.05"), "us")));
        PlacementClass one = RandomWorlds.plain(TWO, List.of(new Spread("region", 1, 1, true, 1)), null);
        PlacementClass two = RandomWorlds.plain(TWO, List.of(new Spread("region", 2, 1, true, 1)), null);

        assertThat(chosen(one, Policy.UnknownLabel.REJECT, world)).containsExactly("a", "d");
        assertThat(chosen(one, Policy.UnknownLabel.ISOLATE, world)).containsExactly("a", "b");
        assertThat(chosen(one, Policy.UnknownLabel.IGNORE, world)).containsExactly("b", "c");
        assertThat(chosen(two, Policy.UnknownLabel.ISOLATE, world)).containsExactly("a", "d");
        assertThat(chosen(two, Policy.UnknownLabel.IGNORE, world)).containsExactly("a", "d");
    }

    private List<String> chosen(PlacementClass c, Policy.UnknownLabel unknown, Inventory world) {
        Policy policy = RandomWorlds.policy(c, unknown, Policy.WhenUnsatisfiable.DEGRADE);
        return engine.plan(policy, world, pin()).providers(Tier.HOT).toList();
    }

    @Test
    void a_move_for_money_needs_the_hysteresis_and_the_request_s_leave() {
        Inventory world = Inventory.of(
                NOW,
                List.of(
                        provider("held", Price.storage("0.100"), "eu"),
                        provider("cheap", Price.storage("0.086"), "us"),
                        provider("cheaper", Price.storage("0.085"), "ap")));
        Policy policy = RandomWorlds.single(RandomWorlds.plain(ONE, List.of(), null));
        PlacementRequest held = pin().withExisting(List.of("held"));

        Plan moved = engine.plan(policy, world, held);
        assertThat(moved.movement()).isEqualTo(new Plan.Movement(List.of(), List.of("cheaper"), List.of("held"), true));
        assertThat(engine.plan(policy, world, held.withRebalance(false))
                        .movement()
                        .added())
                .isEmpty();
        Inventory without = world.keeping(p -> !p.id().equals("cheaper"));
        assertThat(engine.plan(policy, without, held).movement().added())
                .as("14 % is not enough")
                .isEmpty();
    }

    @Test
    void durability_follows_the_published_formula_and_names_what_limits_it() {
        DurabilityModel bare = new DurabilityModel(0.05, 0.02, Duration.ofDays(7), new TreeMap<>(), 0);
        DurabilityModel shock =
                new DurabilityModel(0.05, 0.02, Duration.ofDays(30), new TreeMap<>(Map.of("org", 0.01)), 0);
        List<ProviderSnapshot> copies = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            copies.add(provider("p" + i, Price.storage("1"), "eu"));
        }
        assertThat(DurabilityEstimate.of(bare, copies.subList(0, 1)).nines()).isEqualTo(1.3);
        assertThat(DurabilityEstimate.of(bare, copies.subList(0, 2)).nines()).isBetween(3.9, 4.1);
        assertThat(DurabilityEstimate.of(bare, copies).nines()).isBetween(6.8, 7.0);

        List<ProviderSnapshot> together = copies.stream()
                .map(p -> ProviderSnapshot.of(
                        p.id(),
                        p.tier(),
                        Map.of("org", "one"),
                        Set.of(),
                        p.limits(),
                        p.price(),
                        p.health(),
                        p.usage(),
                        p.state()))
                .toList();
        Plan.Durability one = DurabilityEstimate.of(shock, together);
        assertThat(one.nines()).isBetween(1.9, 2.0);
        assertThat(one.limitedBy()).isEqualTo("all 3 copies are in one org (one)");
        assertThat(DurabilityEstimate.of(DurabilityModel.CAUTIOUS, copies).nines())
                .as("never more than five")
                .isLessThanOrEqualTo(5);
    }

    @Test
    void amounts_are_exact_down_to_the_pico_and_never_wrap() {
        assertThat(Money.of("0.1").plus(Money.of("0.2"))).hasToString("0.3");
        assertThat(Money.of("0.08").perGiBTimes(2L << 30)).hasToString("0.16");
        assertThat(Money.of("0.02").perGiBTimes(1024))
                .as("a kilobyte is not free")
                .hasToString("0.000000019074");
        assertThat(Money.of("0.000000000001").perGiBTimes(1)).as("rounded up").hasToString("0.000000000001");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> Money.of("9000000").plus(Money.of("9000000"))))
                .isInstanceOf(ArithmeticException.class);
    }
}
