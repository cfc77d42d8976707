package dev.pinfold.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.document.PolicyDocuments;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where the cold copies of a class may be, storage provider by storage provider. */
class ColdPlacesTest {
    private static final SortedSet<String> ANYWHERE = new TreeSet<>();
    private static final PlacementClass CLASS = PolicyDocuments.policy("p", """
                    apiVersion: pinfold/v1
                    kind: PolicySet
                    metadata: {name: t, revision: 1}
                    classes:
                      main:
                        hot:
                          replicas: {min: 1, target: 1}
                          constraints:
                            - {name: europe, residency: {country: [DE, FR]}}
                            - {name: no-bad, exclude: {providers: [f0666]}}
                            - {name: fast, require: {capabilities: [retrieve-car]}}
                        cold:
                          backend: lotus
                          replicas: {min: 2, target: 2}
                          spread:
                            - {by: country, minDomains: 2, maxPerDomain: 1}
                    rules:
                      - {name: all, match: {}, class: main}
                    """)
            .orThrow()
            .policy()
            .placementClass("main")
            .orElseThrow();

    private static Map<String, String> in(String country) {
        return Map.of("country", country);
    }

    private static @Nullable String against(
            SortedSet<String> jurisdictions,
            String id,
            Map<String, String> labels,
            List<Map<String, String>> taken,
            int missing) {
        return ColdPlaces.against(CLASS, jurisdictions, id, labels, taken, missing)
                .map(Plan.Excluded::constraint)
                .orElse(null);
    }

    @Test
    void rules_of_place_bind_cold_copies_as_they_bind_hot_ones() {
        assertThat(against(ANYWHERE, "f01", in("DE"), List.of(), 2)).isNull();
        assertThat(against(ANYWHERE, "f01", in("US"), List.of(), 2)).isEqualTo("europe");
        assertThat(against(ANYWHERE, "f0666", in("DE"), List.of(), 2)).isEqualTo("no-bad");
    }

    @Test
    void what_is_unknown_of_a_storage_provider_satisfies_no_rule() {
        assertThat(against(ANYWHERE, "f01", Map.of(), List.of(), 2)).isEqualTo("europe");
    }

    @Test
    void what_pins_ask_for_binds_on_top_of_the_class() {
        SortedSet<String> european = ColdPlaces.jurisdictions("EU, CH");
        assertThat(european).containsExactly("CH", "EU");
        assertThat(ColdPlaces.jurisdictions(" ")).isEmpty();
        assertThat(against(european, "f01", in("DE"), List.of(), 2)).isEqualTo("meta.pinfold.residency");
        assertThat(against(european, "f01", Map.of("country", "DE", "jurisdiction", "US"), List.of(), 2))
                .isEqualTo("meta.pinfold.residency");
        assertThat(against(european, "f01", Map.of("country", "DE", "jurisdiction", "EU"), List.of(), 2))
                .isNull();
        assertThat(against(european, "f01", Map.of("country", "US", "jurisdiction", "EU"), List.of(), 2))
                .isEqualTo("europe");
    }

    @Test
    void copies_are_spread_and_what_would_make_that_impossible_is_refused() {
        assertThat(against(ANYWHERE, "f02", in("DE"), List.of(in("DE")), 1)).isEqualTo("spread.country");
        assertThat(against(ANYWHERE, "f02", in("FR"), List.of(in("DE")), 1)).isNull();
    }
}
