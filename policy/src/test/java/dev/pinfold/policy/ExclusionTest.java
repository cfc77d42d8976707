package dev.pinfold.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.document.PolicyDocuments;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Excluded means excluded on every path. A predecessor of this kind of system passed its exclusion list to the wrong
 * argument, and excluded storage providers went on getting deals whenever they were found by reputation.
 */
class ExclusionTest {
    private static final String POLICY = """
            apiVersion: pinfold/v1
            kind: PolicySet
            metadata: {name: t, revision: 1}
            classes:
              main:
                hot:
                  replicas: {min: 1, target: 3, max: 4}
                  constraints:
                    - {name: no-bad, exclude: {providers: [bad], org: [badcorp]}}
                cold:
                  backend: lotus
                  replicas: {min: 1, target: 2}
                  deal: {providers: {trusted: [%s], excluded: [badcold]}}
              cheap:
                hot:
                  replicas: {min: 1, target: 1}
                  constraints:
                    - {name: no-bad, exclude: {providers: [bad], org: [badcorp]}}
            rules:
              - {name: more, match: {}, continue: true, allowMeta: {pinfold.replicas: {max: 5}}}
              - {name: all, match: {}, class: main}
            budgets:
              - {name: b, monthly: 1, onExceeded: downgrade, downgradeTo: cheap}
            """;

    private static final String WORLD = """
            {"asOf": "2026-11-01", "providers": [
              {"id": "bad", "labels": {"org": "x"}, "price": {"storagePerGiBMonth": "0"}},
              {"id": "sister", "labels": {"org": "badcorp"}, "price": {"storagePerGiBMonth": "0"}},
              {"id": "good", "labels": {"org": "y"}, "price": {"storagePerGiBMonth": "0.5"}},
              {"id": "badcold", "tier": "cold", "labels": {}, "price": {"storagePerGiBMonth": "0"}},
              {"id": "coldsister", "tier": "cold", "labels": {"org": "badcorp"}, "price": {"storagePerGiBMonth": "0"}},
              {"id": "goodcold", "tier": "cold", "labels": {}, "price": {"storagePerGiBMonth": "0.001"}}
            ]}
            """;

    private final PlacementEngine engine = new PlacementEngine();

    private Plan neverExcluded(String trusted, PlacementRequest request) {
        Policy policy =
                PolicyDocuments.policy("p", POLICY.formatted(trusted)).orThrow().policy();
        Plan plan = engine.plan(policy, PolicyDocuments.inventory("i", WORLD).orThrow(), request);
        assertThat(plan.chosen())
                .extracting(Plan.Chosen::provider)
                .isNotEmpty()
                .doesNotContain("bad", "sister", "badcold", "coldsister");
        assertThat(plan.excluded())
                .extracting(Plan.Excluded::provider)
                .contains("bad", "sister")
                .doesNotHaveDuplicates();
        return plan;
    }

    private static PlacementRequest pin() {
        return PlacementRequest.of("t", "n", "bafy", 1L << 30);
    }

    @Test
    void a_first_placement_does_not_use_them_although_they_are_free() {
        neverExcluded("", pin());
    }

    @Test
    void existing_copies_there_are_left_also_without_rebalancing() {
        neverExcluded("", pin().withExisting(List.of("bad", "sister", "badcold", "coldsister", "good")));
        neverExcluded("", pin().withExisting(List.of("bad", "badcold")).withRebalance(false));
    }

    @Test
    void asking_for_more_copies_does_not_bring_them_back() {
        neverExcluded("", pin().withMeta(Map.of("pinfold.replicas", "5")));
    }

    @Test
    void a_budget_that_downgrades_does_not_bring_them_back() {
        Plan plan = neverExcluded("", pin().withSpending(Spending.of(Money.of("0.4999"))));
        assertThat(plan.decision()).isEqualTo(Plan.Decision.DOWNGRADE);
    }

    @Test
    void a_trusted_list_does_not_bring_them_back() {
        neverExcluded("goodcold, coldsister", pin());
    }

    @Test
    void naming_a_provider_trusted_and_excluded_is_refused_when_the_policy_is_read() {
        assertThat(PolicyDocuments.policy("p", POLICY.formatted("badcold")).problemsOrNone())
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("'badcold' is trusted and excluded at once"));
    }
}
