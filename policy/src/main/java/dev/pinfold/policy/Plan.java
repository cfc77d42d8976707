package dev.pinfold.policy;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A placement decision with everything that explains it. Equal inputs give an equal plan, byte for byte.
 *
 * @param decision what is to be done
 * @param decisionReason for anything but PLACE the constraint that made it so, for example {@code budget.mint}; else empty
 * @param rule the rule that matched
 * @param placementClass the class that was used
 * @param chosen where copies shall be, hot before cold, then by id; empty unless feasible
 * @param totalMonthlyCost the chosen set's cost per month
 * @param optimalMonthlyCost the cheapest feasible set's cost; the chosen one lies within the cost band of it or keeps
 *     existing copies
 * @param excluded providers that a hard rule keeps out, each with the first rule that did
 * @param conflict when infeasible, what would have to give
 * @param durability estimate for the chosen set; zero nines when nothing is chosen
 * @param policyRevision revision of the policy
 * @param inventoryHash fingerprint of the inventory
 * @param hot replica goal after overrides
 * @param cold cold goal; null when the class has none
 * @param retention life of the pin after overrides
 * @param priority order of work
 * @param movement what changes against the existing copies
 * @param exact false when the search hit its limit and the set may not be the cheapest
 * @param notes remarks: degraded, stale prices, clamped overrides, assumed size
 */
public record Plan(
        Decision decision,
        String decisionReason,
        String rule,
        String placementClass,
        List<Chosen> chosen,
        Money totalMonthlyCost,
        Money optimalMonthlyCost,
        List<Excluded> excluded,
        List<Conflict> conflict,
        Durability durability,
        long policyRevision,
        String inventoryHash,
        HotGoal hot,
        @Nullable ColdGoal cold,
        Retention retention,
        Priority priority,
        Movement movement,
        boolean exact,
        List<String> notes) {
    /** Copies the lists. */
    public Plan {
        chosen = List.copyOf(chosen);
        excluded = List.copyOf(excluded);
        conflict = List.copyOf(conflict);
        notes = List.copyOf(notes);
    }

    /** What is to be done. */
    public enum Decision {
        /** Place as chosen. */
        PLACE,
        /** Place as chosen, in the cheaper class a budget names. */
        DOWNGRADE,
        /** Not now: try again when the world or the month changes. */
        QUEUE,
        /** Not at all. */
        REJECT
    }

    /**
     * One copy to have.
     *
     * @param provider its id
     * @param tier hot or cold
     * @param monthlyCost what this copy costs per month
     */
    public record Chosen(String provider, Tier tier, Money monthlyCost) {}

    /**
     * A provider that a rule keeps out.
     *
     * @param provider its id
     * @param constraint the rule that keeps it out
     * @param reason in words
     */
    public record Excluded(String provider, String constraint, String reason) {}

    /**
     * Something that would have to give.
     *
     * @param constraint a constraint that stands in the way
     * @param suggestion what would make the placement possible
     */
    public record Conflict(String constraint, String suggestion) {}

    /**
     * How safe the chosen set is estimated to be.
     *
     * @param nines −log10 of the chance of losing all copies within a year, one decimal
     * @param limitedBy the dominating risk in words
     * @param availability estimated share of time in which at least one hot copy answers, 0..1
     */
    public record Durability(double nines, String limitedBy, double availability) {
        /** Nothing is stored. */
        public static final Durability NOTHING = new Durability(0, "nothing is placed", 0);
    }

    /**
     * What changes against the existing copies.
     *
     * @param kept existing copies that stay
     * @param added copies to make
     * @param removed existing copies to remove once the added ones are verified
     * @param rebalanced true when the move is for money, not out of need
     */
    public record Movement(List<String> kept, List<String> added, List<String> removed, boolean rebalanced) {
        /** Nothing moves. */
        public static final Movement NONE = new Movement(List.of(), List.of(), List.of(), false);

        /** Copies the lists. */
        public Movement {
            kept = List.copyOf(kept);
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }
    }

    /** True when there is a set to place. */
    public boolean feasible() {
        return decision == Decision.PLACE || decision == Decision.DOWNGRADE;
    }

    /** Durability in nines. */
    public double durabilityNines() {
        return durability.nines();
    }

    /** The dominating risk in words. */
    public String limitedBy() {
        return durability.limitedBy();
    }

    /** Ids of the chosen providers of that tier, in order. */
    public Stream<String> providers(Tier tier) {
        return chosen.stream().filter(c -> c.tier() == tier).map(Chosen::provider);
    }
}
