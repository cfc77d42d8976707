package dev.pinfold.policy;

import java.util.List;
import java.util.SortedMap;

/**
 * A plan and everything an operator asks about it.
 *
 * @param plan the plan
 * @param verdicts one per provider of the tiers that were planned, by id
 * @param filterCounts how many providers each filter kept out
 * @param alternatives what would be chosen if one chosen provider were not there
 */
public record Explanation(
        Plan plan, List<Verdict> verdicts, SortedMap<String, Long> filterCounts, List<Alternative> alternatives) {
    /** Copies the lists. */
    public Explanation {
        verdicts = List.copyOf(verdicts);
        alternatives = List.copyOf(alternatives);
    }

    /** Points of the chosen set for the class's soft wishes. */
    public long score() {
        return verdicts.stream()
                .filter(v -> v.outcome() == Outcome.CHOSEN)
                .mapToLong(Verdict::score)
                .sum();
    }

    /** What became of a provider. */
    public enum Outcome {
        CHOSEN,
        NOT_NEEDED,
        EXCLUDED
    }

    /**
     * Why a provider was taken or not.
     *
     * @param provider its id
     * @param tier its tier
     * @param outcome what became of it
     * @param constraint the filter that kept it out; empty otherwise
     * @param reason in words
     * @param monthlyCost what one copy there costs; zero when it is excluded
     * @param score its points for the class's soft wishes; 0 when it is excluded
     */
    public record Verdict(
            String provider,
            Tier tier,
            Outcome outcome,
            String constraint,
            String reason,
            Money monthlyCost,
            long score) {}

    /**
     * The decision without one provider.
     *
     * @param without the provider that is left out
     * @param providers what is chosen instead; empty when nothing is
     * @param monthlyCost its cost
     * @param durabilityNines its durability
     * @param score its points for the class's soft wishes; 1000 is one wish of weight 1 fulfilled by one copy
     */
    public record Alternative(
            String without, List<String> providers, Money monthlyCost, double durabilityNines, long score) {
        /** Copies the list. */
        public Alternative {
            providers = List.copyOf(providers);
        }
    }
}
