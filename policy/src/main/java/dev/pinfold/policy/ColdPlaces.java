package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where the cold copies of a class may be: the rules that bind a storage provider, whoever makes the deal with it. Pure.
 */
public final class ColdPlaces {
    /**
     * The capability of a provider that stands for many storage providers, such as an own Lotus node. One that has only
     * {@code deal} is itself a storage provider.
     */
    public static final String MAKES_DEALS = "makes-deals";

    /** Meta key by which a pin narrows where its data may lie: jurisdictions, comma-separated. */
    public static final String RESIDENCY = RuleMatcher.RESIDENCY;

    private ColdPlaces() {}

    /** The jurisdictions in a pin's wish, or in what was made of it; empty where it has none. */
    public static SortedSet<String> jurisdictions(String asked) {
        return asked.isBlank() ? new TreeSet<>() : RuleMatcher.jurisdictions(asked);
    }

    /**
     * The first rule of a class against a storage provider; empty where it may have a copy. Rules about where data may be
     * and who is excluded bind cold copies as they bind hot ones, and unknown satisfies none of them.
     *
     * @param jurisdictions where pins let the content lie; empty: wherever the class does
     * @param id how policies name it: its address
     * @param labels what is known of it: {@code country} and any other
     * @param taken labels of those that have, or are to have, the other copies
     * @param missing copies that are still to be placed, this one included
     */
    public static Optional<Plan.Excluded> against(
            PlacementClass rules,
            SortedSet<String> jurisdictions,
            String id,
            Map<String, String> labels,
            List<Map<String, String>> taken,
            int missing) {
        ProviderSnapshot provider = ProviderSnapshot.of(
                id, Tier.COLD, labels, Set.of(), Limits.NONE, null, Health.UNKNOWN, Usage.EMPTY, ProviderState.ACTIVE);
        PlacementRequest nobody = PlacementRequest.of("", "", "", null);
        List<Constraint> constraints = new ArrayList<>(rules.constraints());
        if (!jurisdictions.isEmpty()) {
            constraints.add(RuleMatcher.residency(jurisdictions));
        }
        for (Constraint constraint : constraints) {
            if (ConstraintFilters.bindsCold(constraint)) {
                String reason = ConstraintFilters.of(constraint, nobody).reasonAgainst(provider, false);
                if (reason != null) {
                    return Optional.of(new Plan.Excluded(id, constraint.name(), reason));
                }
            }
        }
        ColdGoal cold = rules.cold();
        return cold == null
                ? Optional.empty()
                : cold.spread().stream()
                        .filter(Spread::hard)
                        .map(spread -> crowded(spread, id, labels, taken, missing))
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    private static Optional<Plan.Excluded> crowded(
            Spread spread, String id, Map<String, String> labels, List<Map<String, String>> taken, int missing) {
        String value = labels.get(spread.by());
        if (value == null) {
            return Optional.of(new Plan.Excluded(id, spread.name(), spread.by() + " is unknown"));
        }
        List<String> domains = taken.stream()
                .map(other -> other.get(spread.by()))
                .filter(Objects::nonNull)
                .toList();
        long same = domains.stream().filter(value::equals).count();
        Integer most = spread.maxPerDomain();
        if (most != null && same >= most) {
            return Optional.of(
                    new Plan.Excluded(id, spread.name(), same + " copies are in " + spread.by() + " " + value));
        }
        Set<String> all = new HashSet<>(domains);
        all.add(value);
        boolean reachable = all.size() + missing - 1 >= spread.minDomains();
        return reachable
                ? Optional.empty()
                : Optional.of(new Plan.Excluded(
                        id,
                        spread.name(),
                        "with it the copies could not be in " + spread.minDomains() + " different " + spread.by()
                                + "s any more"));
    }
}
