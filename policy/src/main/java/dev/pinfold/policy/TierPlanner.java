package dev.pinfold.policy;

import dev.pinfold.policy.search.Grouping;
import dev.pinfold.policy.search.SetChoice;
import dev.pinfold.policy.search.SetProblem;
import dev.pinfold.policy.search.SetSearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the copies of one tier. As many copies as wanted come first, then as many existing ones kept as possible, then
 * cost; and only a saving beyond the policy's hysteresis lets a cheaper set replace copies that are fine where they are.
 */
final class TierPlanner {
    /** Combinations of existing copies tried before stickiness is given up; far above what real pins have. */
    private static final int MAX_KEPT_SETS = 512;

    private final Question question;
    private final Tier tier;
    private final Eligibility eligibility;
    private final List<Eligibility.Candidate> candidates;
    private final SetProblem problem;
    private final int[] holders;

    /**
     * The chosen copies of one tier.
     *
     * @param chosen the chosen candidates, by provider id
     * @param optimalCost cheapest feasible cost for that number of copies
     * @param rebalanced true when existing copies were left for money
     * @param exact false when the search hit its limit
     */
    record Choice(List<Eligibility.Candidate> chosen, long optimalCost, boolean rebalanced, boolean exact) {
        long cost() {
            return chosen.stream().mapToLong(Eligibility.Candidate::cost).sum();
        }
    }

    TierPlanner(Question question, Tier tier, Ratio costBand) {
        this.question = question;
        this.tier = tier;
        eligibility = Eligibility.of(question, tier);
        candidates = eligibility.candidates();
        problem = problem(costBand);
        holders = IntStream.range(0, candidates.size())
                .filter(i -> candidates.get(i).holdsCopy())
                .toArray();
    }

    Eligibility eligibility() {
        return eligibility;
    }

    /**
     * The largest feasible set between {@code min} and what is wanted, or null when even {@code min} cannot be met.
     *
     * @param min least number of copies
     * @param target wanted number
     * @param max number up to which existing copies stay
     */
    @Nullable
    Choice choose(int min, int target, int max) {
        int wanted = Math.max(target, Math.min(holders.length, max));
        for (int size = wanted; size >= min; size--) {
            SetChoice sticky = keepingMost(size);
            if (sticky.feasible()) {
                return orCheaper(sticky, size);
            }
        }
        return null;
    }

    /** Whether any set of that many copies is found within that many steps. */
    boolean feasible(int size, long nodeLimit) {
        return SetSearch.solve(problem.choosing(size), nodeLimit).feasible();
    }

    private SetChoice keepingMost(int size) {
        int tried = 0;
        for (int kept = Math.min(size, holders.length); kept > 0 && tried < MAX_KEPT_SETS; kept--) {
            SetChoice best = null;
            for (int[] subset : subsets(kept, MAX_KEPT_SETS - tried)) {
                tried++;
                SetChoice found = SetSearch.solve(problem.choosing(size).forcing(subset));
                if (found.feasible() && (best == null || found.cost() < best.cost())) {
                    best = found;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return SetSearch.solve(problem.choosing(size));
    }

    /** All subsets of the holders of that size, at most {@code most}. */
    private List<int[]> subsets(int size, int most) {
        List<int[]> found = new ArrayList<>();
        collectSubsets(new int[size], 0, 0, most, found);
        return found;
    }

    private void collectSubsets(int[] picked, int depth, int from, int most, List<int[]> into) {
        if (depth == picked.length) {
            into.add(picked.clone());
            return;
        }
        for (int i = from; i <= holders.length - (picked.length - depth) && into.size() < most; i++) {
            picked[depth] = holders[i];
            collectSubsets(picked, depth + 1, i + 1, most, into);
        }
    }

    private Choice orCheaper(SetChoice sticky, int size) {
        Upkeep.Rebalance rebalance = question.policy().upkeep().rebalance();
        if (holders.length == 0 || !rebalance.enabled() || !question.request().mayRebalance()) {
            return choice(sticky, sticky.optimalCost(), false);
        }
        // A move is for the money, so it is weighed and made against the cheapest set, not against a nicer one in the
        // band.
        SetChoice free = SetSearch.solve(problem.choosing(size).withoutBand());
        long saving = sticky.cost() - free.cost();
        boolean worthIt = saving > 0
                && RebalanceMath.passesHysteresis(rebalance, new Money(sticky.cost()), new Money(saving), moveCost());
        return worthIt ? choice(free, free.optimalCost(), true) : choice(sticky, free.optimalCost(), false);
    }

    /** Reading the content once from the cheapest copy that charges for it; unknown egress counts as free. */
    private Money moveCost() {
        return IntStream.of(holders)
                .mapToObj(i -> candidates.get(i).provider().price())
                .map(price -> price == null || price.egressPerGiB() == null ? Money.ZERO : price.egressPerGiB())
                .min(Comparator.naturalOrder())
                .map(egress -> egress.perGiBTimes(question.sizeBytes()))
                .orElse(Money.ZERO);
    }

    private Choice choice(SetChoice set, long optimalCost, boolean rebalanced) {
        List<Eligibility.Candidate> chosen =
                IntStream.of(set.members()).mapToObj(candidates::get).toList();
        return new Choice(chosen, optimalCost, rebalanced, set.exact());
    }

    private SetProblem problem(Ratio costBand) {
        int count = candidates.size();
        long content = Rendezvous.hash(question.request().cid());
        long[] cost = new long[count];
        long[] tieBreak = new long[count];
        for (int i = 0; i < count; i++) {
            cost[i] = candidates.get(i).cost();
            tieBreak[i] = Rendezvous.weight(
                    content, Rendezvous.hash(candidates.get(i).provider().id()));
        }
        long[] score = tier == Tier.HOT ? Scores.of(question.effective().prefer(), candidates) : new long[count];
        return new SetProblem(cost, score, tieBreak, groupings(), new int[0], 1, costBand.millionths(), Long.MAX_VALUE);
    }

    private List<Grouping> groupings() {
        PlacementClass effective = question.effective();
        ColdGoal cold = effective.cold();
        List<Grouping> groupings = new ArrayList<>();
        List<Spread> spreads = tier == Tier.HOT || cold == null ? effective.spread() : cold.spread();
        for (Spread spread : spreads) {
            groupings.add(Groupings.of(spread, candidates, question.policy().unknownLabel()));
        }
        if (tier == Tier.HOT) {
            for (Survival survival : effective.survive()) {
                groupings.add(Groupings.of(survival, candidates));
            }
        }
        return groupings;
    }
}
