package dev.pinfold.policy.search;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * Exact branch and bound in two passes. {@link CheapestSet} walks the candidates from cheap to dear and finds the
 * cheapest valid set; {@link BestInBand} walks them from best to worst and finds, among the sets whose cost lies in the
 * band above that optimum, the one with the highest score and then the highest tie-break. A node limit bounds the time,
 * and an answer that ran into it says so.
 */
public final class SetSearch {
    /** Steps after which a pass gives up on proving that its answer is the best; well under a second. */
    public static final long DEFAULT_NODE_LIMIT = 4_000_000;

    private SetSearch() {}

    /** Solves the problem within the default limit. */
    public static SetChoice solve(SetProblem problem) {
        return solve(problem, DEFAULT_NODE_LIMIT);
    }

    /** Solves the problem within that many steps for each pass. */
    public static SetChoice solve(SetProblem problem, long nodeLimit) {
        if (plainlyImpossible(problem)) {
            return SetChoice.none(true);
        }
        CheapestSet cheapest = new CheapestSet(problem, nodeLimit);
        Optional<int[]> found = cheapest.find();
        if (found.isEmpty()) {
            return SetChoice.none(!cheapest.stopped());
        }
        long optimum = costOf(problem, found.get());
        BestInBand best = new BestInBand(problem, nodeLimit, bandLimit(problem, optimum));
        int[] members = best.find(found.get());
        Arrays.sort(members);
        return new SetChoice(members, true, costOf(problem, members), optimum, !cheapest.stopped() && !best.stopped());
    }

    /** The cheap proofs of impossibility: too few candidates, or too few places at one level. */
    private static boolean plainlyImpossible(SetProblem problem) {
        if (problem.size() < problem.forced().length || problem.size() > problem.cost().length) {
            return true;
        }
        for (Grouping rule : problem.groupings()) {
            if (rule.hard() && places(rule) < problem.size()) {
                return true;
            }
        }
        return false;
    }

    private static int places(Grouping rule) {
        int[] members = new int[rule.domains()];
        int places = 0;
        for (int domain : rule.domain()) {
            if (domain < 0 || members[domain]++ < rule.maxPerDomain()) {
                places++;
            }
        }
        return places;
    }

    private static long bandLimit(SetProblem problem, long optimum) {
        BigInteger band = BigInteger.valueOf(optimum)
                .multiply(BigInteger.valueOf(problem.bandMillionths()))
                .divide(BigInteger.valueOf(1_000_000));
        BigInteger limit = BigInteger.valueOf(optimum).add(band).min(BigInteger.valueOf(problem.costLimit()));
        return limit.longValueExact();
    }

    private static long costOf(SetProblem problem, int[] members) {
        return Arrays.stream(members).mapToLong(i -> problem.cost()[i]).sum();
    }
}
