package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Says of every provider why it was taken or not. */
final class Verdicts {
    private Verdicts() {}

    static List<Explanation.Verdict> of(Question question, Plan plan) {
        Set<String> chosen = plan.chosen().stream().map(Plan.Chosen::provider).collect(Collectors.toSet());
        List<Explanation.Verdict> verdicts = new ArrayList<>();
        for (Tier tier : Tier.values()) {
            if (tier == Tier.COLD && question.effective().cold() == null) {
                continue;
            }
            Eligibility eligibility = Eligibility.of(question, tier);
            List<Eligibility.Candidate> candidates = eligibility.candidates();
            long[] scores = tier == Tier.HOT
                    ? Scores.of(question.effective().prefer(), candidates)
                    : new long[candidates.size()];
            for (int i = 0; i < scores.length; i++) {
                Eligibility.Candidate candidate = candidates.get(i);
                boolean taken = chosen.contains(candidate.provider().id());
                verdicts.add(eligible(candidate, taken, plan, scores[i]));
            }
            for (Plan.Excluded out : eligibility.excluded()) {
                verdicts.add(new Explanation.Verdict(
                        out.provider(),
                        tier,
                        Explanation.Outcome.EXCLUDED,
                        out.constraint(),
                        out.reason(),
                        Money.ZERO,
                        0));
            }
        }
        verdicts.sort(Comparator.comparing(Explanation.Verdict::tier).thenComparing(Explanation.Verdict::provider));
        return verdicts;
    }

    private static Explanation.Verdict eligible(
            Eligibility.Candidate candidate, boolean chosen, Plan plan, long score) {
        String id = candidate.provider().id();
        String reason;
        if (chosen) {
            reason = plan.movement().kept().contains(id) ? "holds a copy and keeps it" : "takes a copy";
        } else {
            reason = plan.feasible()
                    ? "eligible, but the chosen set costs less, spreads better or was there first"
                    : "eligible, but no whole set is possible";
        }
        return new Explanation.Verdict(
                id,
                candidate.provider().tier(),
                chosen ? Explanation.Outcome.CHOSEN : Explanation.Outcome.NOT_NEEDED,
                "",
                reason,
                new Money(candidate.cost()),
                score);
    }

    static SortedMap<String, Long> filterCounts(Plan plan) {
        return plan.excluded().stream()
                .collect(Collectors.groupingBy(Plan.Excluded::constraint, TreeMap::new, Collectors.counting()));
    }
}
