package dev.pinfold.policy;

import dev.pinfold.policy.search.Grouping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers the candidates' label values so that the search can count them. */
final class Groupings {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private Groupings() {}

    static Grouping of(Spread spread, List<Eligibility.Candidate> candidates, Policy.UnknownLabel unknownLabel) {
        Numbers numbers = number(spread.by(), candidates, unknownLabel == Policy.UnknownLabel.ISOLATE);
        Integer max = spread.maxPerDomain();
        return new Grouping(
                numbers.domain,
                numbers.count,
                numbers.unknown,
                max == null ? NO_LIMIT : max,
                spread.minDomains() > 1 ? spread.minDomains() : 0,
                0,
                0,
                spread.hard() ? 0 : spread.weight() * Scores.UNIT);
    }

    /** Unknown labels take no part: in the worst case they all are in the domain that is lost. */
    static Grouping of(Survival survival, List<Eligibility.Candidate> candidates) {
        Numbers numbers = number(survival.of(), candidates, false);
        return new Grouping(
                numbers.domain, numbers.count, -1, NO_LIMIT, 0, survival.simultaneous(), survival.keep(), 0);
    }

    @SuppressWarnings("ArrayRecordComponent") // the search works on arrays and nobody compares these
    private record Numbers(int[] domain, int count, int unknown) {}

    private static Numbers number(String label, List<Eligibility.Candidate> candidates, boolean isolate) {
        Map<String, Integer> known = new HashMap<>();
        int[] domain = new int[candidates.size()];
        boolean sawUnknown = false;
        for (int i = 0; i < domain.length; i++) {
            String value = candidates.get(i).provider().label(label);
            sawUnknown |= value == null;
            domain[i] = value == null ? -1 : known.computeIfAbsent(value, v -> known.size());
        }
        if (!isolate || !sawUnknown) {
            return new Numbers(domain, known.size(), -1);
        }
        int unknown = known.size();
        for (int i = 0; i < domain.length; i++) {
            domain[i] = domain[i] < 0 ? unknown : domain[i];
        }
        return new Numbers(domain, known.size() + 1, unknown);
    }
}
