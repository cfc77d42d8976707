package dev.pinfold.policy.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The second pass: among valid sets that cost at most the band's limit, the highest score, then the highest tie-break.
 * Candidates are taken from best to worst by (score, tie-break), so the next {@code left} of them bound what completing
 * the set can gain; the cheapest {@code left} of the rest bound what it must cost.
 */
final class BestInBand {
    private final SetProblem problem;
    private final long nodeLimit;
    private final long costLimit;
    private final Tally tally;
    private final int[] order;
    private final long[] scorePrefix;
    private final long[] tiePrefix;
    /** cheapest[i][m]: sum of the m lowest costs among order[i..]. */
    private final long[][] cheapest;

    private final int[] picked;
    private long nodes;
    private long bestScore = Long.MIN_VALUE;
    private long bestTie = -1;
    private int[] best = new int[0];

    BestInBand(SetProblem problem, long nodeLimit, long costLimit) {
        this.problem = problem;
        this.nodeLimit = nodeLimit;
        this.costLimit = costLimit;
        tally = new Tally(problem.groupings());
        picked = new int[problem.size()];
        order = worthwhile();
        scorePrefix = prefix(problem.score());
        tiePrefix = prefix(problem.tieBreak());
        cheapest = cheapestSuffixSums(problem.size() - problem.forced().length);
    }

    boolean stopped() {
        return nodes >= nodeLimit;
    }

    /** Starts from a valid set and returns the best one; never anything worse than the start. */
    int[] find(int[] start) {
        for (int member : start) {
            tally.add(member);
        }
        best = start.clone();
        bestScore = sum(problem.score(), start) - tally.penalty(true);
        bestTie = sum(problem.tieBreak(), start);
        for (int member : start) {
            tally.remove(member);
        }
        int depth = 0;
        for (int forced : problem.forced()) {
            tally.add(forced);
            picked[depth++] = forced;
        }
        int[] forced = problem.forced();
        descend(0, depth, sum(problem.cost(), forced), sum(problem.score(), forced), sum(problem.tieBreak(), forced));
        return best;
    }

    private void descend(int from, int depth, long cost, long score, long tie) {
        int left = problem.size() - depth;
        if (left == 0) {
            complete(score - tally.penalty(true), tie);
            return;
        }
        long bound = score - tally.penalty(false);
        for (int i = from; i + left <= order.length; i++) {
            if (++nodes >= nodeLimit
                    || cost + cheapest[i][left] > costLimit
                    || !improves(
                            bound + scorePrefix[i + left] - scorePrefix[i], tie + tiePrefix[i + left] - tiePrefix[i])) {
                return;
            }
            int candidate = order[i];
            long costWith = cost + problem.cost()[candidate];
            if (costWith + cheapest[i + 1][left - 1] <= costLimit && tally.accepts(candidate)) {
                tally.add(candidate);
                if (tally.reachable(left - 1)) {
                    picked[depth] = candidate;
                    descend(
                            i + 1,
                            depth + 1,
                            costWith,
                            score + problem.score()[candidate],
                            tie + problem.tieBreak()[candidate]);
                }
                tally.remove(candidate);
            }
        }
    }

    private void complete(long score, long tie) {
        if (improves(score, tie)) {
            bestScore = score;
            bestTie = tie;
            best = picked.clone();
        }
    }

    private boolean improves(long score, long tie) {
        return score > bestScore || (score == bestScore && tie > bestTie);
    }

    /** Candidates that fit into some set within the limit, best first. */
    private int[] worthwhile() {
        int others = Math.max(0, problem.size() - problem.forced().length - 1);
        long[] sorted = problem.cost().clone();
        Arrays.sort(sorted);
        long least = sum(problem.cost(), problem.forced())
                + Arrays.stream(sorted).limit(others).sum();
        // Whoever is among the cheapest others would be charged twice by the estimate: keep those.
        long alwaysKept = others < sorted.length ? sorted[others] : Long.MAX_VALUE;
        return IntStream.range(0, problem.cost().length)
                .filter(i -> Arrays.stream(problem.forced()).noneMatch(f -> f == i))
                .filter(i -> problem.cost()[i] <= alwaysKept || problem.cost()[i] + least <= costLimit)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(i -> -problem.score()[i])
                        .thenComparingLong(i -> -problem.tieBreak()[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private long[] prefix(long[] values) {
        long[] sums = new long[order.length + 1];
        for (int i = 0; i < order.length; i++) {
            sums[i + 1] = sums[i] + values[order[i]];
        }
        return sums;
    }

    private long[][] cheapestSuffixSums(int most) {
        long[][] sums = new long[order.length + 1][];
        long[] lowest = new long[0];
        for (int i = order.length; i >= 0; i--) {
            if (i < order.length) {
                lowest = withInserted(lowest, problem.cost()[order[i]], most);
            }
            sums[i] = new long[most + 1];
            for (int m = 1; m <= most; m++) {
                sums[i][m] = m > lowest.length ? Long.MAX_VALUE / 4 : sums[i][m - 1] + lowest[m - 1];
            }
        }
        return sums;
    }

    private static long[] withInserted(long[] sorted, long value, int most) {
        long[] grown = Arrays.copyOf(sorted, sorted.length + 1);
        grown[sorted.length] = value;
        Arrays.sort(grown);
        return grown.length > most ? Arrays.copyOf(grown, most) : grown;
    }

    private static long sum(long[] values, int[] members) {
        return Arrays.stream(members).mapToLong(i -> values[i]).sum();
    }
}
