package dev.pinfold.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The engine against trying every set, on random inventories of 3 to 14 providers and 1 to 4 copies: 3,000 of them, or
 * 10,000 with {@code -Dpinfold.thorough=true}, or as many as {@code -Dpinfold.cases} says.
 */
class BruteForceTest {
    private static final int CASES =
            Integer.getInteger("pinfold.cases", Boolean.getBoolean("pinfold.thorough") ? 10_000 : 3_000);
    private static final long SEED = Long.getLong("pinfold.seed", 20261120L);

    private final PlacementEngine engine = new PlacementEngine();

    @Test
    void the_engine_agrees_with_trying_every_set() {
        int feasible = 0;
        int withExisting = 0;
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + i;
            RandomWorlds.Case c = new RandomWorlds(seed).next(3, 14, 4);
            Plan plan = engine.plan(c.policy(), c.inventory(), c.request());
            feasible += plan.feasible() ? 1 : 0;
            withExisting += c.request().existing().isEmpty() ? 0 : 1;
            agrees("seed " + seed, c, plan);
        }
        System.out.println(CASES + " cases from seed " + SEED + ": " + feasible + " feasible, " + withExisting
                + " with existing copies");
        assertThat(feasible).isBetween(CASES / 4, CASES - CASES / 20);
    }

    private void agrees(String seed, RandomWorlds.Case c, Plan plan) {
        BruteForce brute = new BruteForce(c.policy(), c.inventory(), c.request());
        int size = brute.size();
        assertThat(plan.exact()).as(seed).isTrue();
        assertThat(plan.feasible()).as(seed).isEqualTo(size > 0);
        if (size == 0) {
            assertThat(plan.conflict()).as(seed).isNotEmpty();
            return;
        }
        List<ProviderSnapshot> chosen = plan.providers(Tier.HOT)
                .map(id -> c.inventory().provider(id).orElseThrow())
                .toList();
        List<List<ProviderSnapshot>> sets = brute.validSets(size);
        assertThat(chosen).as(seed).hasSize(size);
        assertThat(brute.valid(chosen)).as(seed).isTrue();
        assertThat(chosen)
                .as(seed)
                .allMatch(p -> brute.mayHold(p, c.request().existing().contains(p.id())));
        assertThat(new BigDecimal(plan.totalMonthlyCost().toString()))
                .as(seed)
                .isEqualByComparingTo(brute.cost(chosen));
        BigDecimal optimum = brute.cheapest(sets).orElseThrow();
        assertThat(new BigDecimal(plan.optimalMonthlyCost().toString()))
                .as(seed)
                .isEqualByComparingTo(optimum);
        if (brute.holders() == 0) {
            BigDecimal band = optimum.multiply(BigDecimal.valueOf(
                    1 + c.policy().classes().firstEntry().getValue().costBand().asDouble()));
            assertThat(brute.cost(chosen)).as(seed).isLessThanOrEqualTo(band);
        } else if (!plan.movement().rebalanced()) {
            int most = sets.stream().mapToInt(brute::kept).max().orElseThrow();
            assertThat(brute.kept(chosen))
                    .as(seed + ": keeps as many as possible")
                    .isEqualTo(most);
        } else {
            BigDecimal saving = sets.stream()
                    .filter(set -> brute.kept(set)
                            == sets.stream().mapToInt(brute::kept).max().orElseThrow())
                    .map(brute::cost)
                    .min(BigDecimal::compareTo)
                    .orElseThrow()
                    .subtract(brute.cost(chosen));
            assertThat(saving).as(seed + ": moves only for a saving").isPositive();
        }
    }

    @Test
    void the_order_of_providers_never_matters() {
        for (int i = 0; i < 300; i++) {
            long seed = SEED + i;
            RandomWorlds.Case c = new RandomWorlds(seed).next(3, 14, 4);
            List<ProviderSnapshot> shuffled = new ArrayList<>(c.inventory().providers());
            Collections.shuffle(shuffled, new Random(seed));
            Plan first = engine.plan(c.policy(), c.inventory(), c.request());
            Plan second = engine.plan(c.policy(), Inventory.of(RandomWorlds.NOW, shuffled), c.request());
            assertThat(second).as("seed " + seed).isEqualTo(first);
        }
    }

    @Test
    void a_relaxation_that_a_conflict_names_alone_is_a_way_out() {
        int seen = 0;
        for (int i = 0; i < 2_000; i++) {
            RandomWorlds.Case c = new RandomWorlds(SEED + i).next(3, 14, 4);
            Plan plan = engine.plan(c.policy(), c.inventory(), c.request());
            if (plan.feasible()
                    || !plan.conflict().stream().anyMatch(x -> x.constraint().equals("eu"))) {
                continue;
            }
            boolean alone =
                    plan.conflict().stream().noneMatch(x -> x.suggestion().contains("together"));
            PlacementClass before = c.policy().classes().firstEntry().getValue();
            PlacementClass without = Classes.withConstraints(
                    before,
                    before.constraints().stream()
                            .filter(x -> !x.name().equals("eu"))
                            .toList());
            Plan relaxed = engine.plan(RandomWorlds.single(without), c.inventory(), c.request());
            if (alone) {
                seen++;
                assertThat(relaxed.feasible()).as("seed " + (SEED + i)).isTrue();
            }
        }
        assertThat(seen).isPositive();
    }
}
