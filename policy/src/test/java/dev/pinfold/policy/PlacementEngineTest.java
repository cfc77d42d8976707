package dev.pinfold.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.document.PolicyDocuments;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementEngineTest {
    private static final String POLICY = """
            apiVersion: pinfold/v1
            kind: PolicySet
            metadata: {name: t, revision: 7}
            classes:
              three:
                hot:
                  replicas: {min: 2, target: 3, max: 4}
                  ack: {pinnedAt: 2, by: claimed}
                  constraints:
                    - {name: no-acme, exclude: {org: [acme]}}
                  spread:
                    - {by: region, maxPerDomain: 1}
                    - {by: org, maxPerDomain: 1}
                  price: {ceiling: {storagePerGiBMonth: 0.10}}
            rules:
              - {name: all, match: {}, class: three}
            """;

    private static final String INVENTORY = """
            {"asOf": "2026-11-01T00:00:00Z", "providers": [
              {"id": "a", "tier": "hot", "labels": {"region": "eu", "org": "one"}, "price": {"storagePerGiBMonth": "0.02"}},
              {"id": "b", "tier": "hot", "labels": {"region": "us", "org": "two"}, "price": {"storagePerGiBMonth": "0.03"}},
              {"id": "c", "tier": "hot", "labels": {"region": "eu", "org": "three"}, "price": {"storagePerGiBMonth": "0.01"}},
              {"id": "d", "tier": "hot", "labels": {"region": "ap", "org": "acme"}, "price": {"storagePerGiBMonth": "0.01"}},
              {"id": "e", "tier": "hot", "labels": {"region": "ap", "org": "five"}, "price": {"storagePerGiBMonth": "0.09"}},
              {"id": "f", "tier": "hot", "labels": {"region": "af", "org": "six"}, "price": {"storagePerGiBMonth": "0.50"}},
              {"id": "g", "tier": "hot", "labels": {"org": "seven"}, "price": {"storagePerGiBMonth": "0.001"}}
            ]}
            """;

    private final PlacementEngine engine = new PlacementEngine();

    private static Policy policy() {
        return PolicyDocuments.policy("policy.yaml", POLICY).orThrow().policy();
    }

    private static Inventory inventory() {
        return PolicyDocuments.inventory("inventory.json", INVENTORY).orThrow();
    }

    @Test
    void the_cheapest_set_under_all_rules_is_chosen_and_every_other_provider_has_its_reason() {
        Plan plan = engine.plan(policy(), inventory(), PlacementRequest.of("t", "n", "bafy1", 2L << 30));

        assertThat(plan.feasible()).isTrue();
        assertThat(plan.providers(Tier.HOT)).containsExactly("b", "c", "e");
        assertThat(plan.totalMonthlyCost()).hasToString("0.26");
        assertThat(plan.excluded())
                .extracting(x -> x.provider() + " " + x.constraint())
                .containsExactly("d no-acme", "f price.ceiling", "g spread.region");
        assertThat(plan.hot()).isEqualTo(new HotGoal(2, 3, 4, HotGoal.Ack.CLAIMED, 2));
        assertThat(plan.policyRevision()).isEqualTo(7);
    }

    @Test
    void existing_copies_stay_although_a_slightly_cheaper_set_exists() {
        PlacementRequest request =
                PlacementRequest.of("t", "n", "bafy1", 2L << 30).withExisting(List.of("a", "b", "e"));

        Plan plan = engine.plan(policy(), inventory(), request);

        assertThat(plan.providers(Tier.HOT)).containsExactly("a", "b", "e");
        assertThat(plan.movement().added()).isEmpty();
        assertThat(plan.optimalMonthlyCost()).hasToString("0.26");
    }

    @Test
    void too_few_providers_for_the_target_is_degraded_and_for_the_minimum_is_refused_with_ways_out() {
        Inventory two = inventory().keeping(p -> p.id().equals("b") || p.id().equals("c"));
        Plan degraded = engine.plan(policy(), two, PlacementRequest.of("t", "n", "bafy1", 2L << 30));
        assertThat(degraded.feasible()).isTrue();
        assertThat(degraded.notes()).anyMatch(n -> n.startsWith("degraded: 2 of 3"));

        Inventory eu = inventory().keeping(p -> p.id().equals("a") || p.id().equals("c") || p.id().equals("f"));
        Plan refused = engine.plan(policy(), eu, PlacementRequest.of("t", "n", "bafy1", 2L << 30));
        assertThat(refused.feasible()).isFalse();
        assertThat(refused.chosen()).isEmpty();
        assertThat(refused.conflict())
                .extracting(c -> c.constraint() + ": " + c.suggestion())
                .containsExactly(
                        "price.ceiling: raise storagePerGiBMonth from 0.1 to 0.5",
                        "spread.region: raise maxPerDomain from 1 to 2",
                        "replicas: ask for 1 instead of 2 copies");
    }
}
