package dev.pinfold.policy.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The first pass: the cheapest valid set. Candidates are taken from cheap to dear, so the next {@code left} of them are
 * the least that completing the set can cost; when that is no better than what was found, the branch ends.
 */
final class CheapestSet {
    private final SetProblem problem;
    private final long nodeLimit;
    private final Tally tally;
    private final int[] order;
    private final long[] prefix;
    private final int[] picked;
    private long nodes;
    private long bestCost;
    private Optional<int[]> best = Optional.empty();

    CheapestSet(SetProblem problem, long nodeLimit) {
        this.problem = problem;
        this.nodeLimit = nodeLimit;
        tally = new Tally(problem.groupings());
        order = IntStream.range(0, problem.cost().length)
                .filter(i -> Arrays.stream(problem.forced()).noneMatch(f -> f == i))
                .boxed()
                .sorted(Comparator.comparingLong(i -> problem.cost()[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        prefix = new long[order.length + 1];
        for (int i = 0; i < order.length; i++) {
            prefix[i + 1] = prefix[i] + problem.cost()[order[i]];
        }
        picked = new int[problem.size()];
        bestCost = problem.costLimit() == Long.MAX_VALUE ? Long.MAX_VALUE : problem.costLimit() + 1;
    }

    boolean stopped() {
        return nodes >= nodeLimit;
    }

    Optional<int[]> find() {
        long cost = 0;
        int depth = 0;
        for (int forced : problem.forced()) {
            if (!tally.accepts(forced)) {
                return best;
            }
            tally.add(forced);
            picked[depth++] = forced;
            cost += problem.cost()[forced];
        }
        if (tally.reachable(problem.size() - depth)) {
            descend(0, depth, cost);
        }
        return best;
    }

    private void descend(int from, int depth, long cost) {
        int left = problem.size() - depth;
        if (left == 0) {
            if (cost < bestCost) {
                bestCost = cost;
                best = Optional.of(picked.clone());
            }
            return;
        }
        for (int i = from; i + left <= order.length; i++) {
            if (++nodes >= nodeLimit || cost + prefix[i + left] - prefix[i] >= bestCost) {
                return;
            }
            int candidate = order[i];
            if (tally.accepts(candidate)) {
                tally.add(candidate);
                if (tally.reachable(left - 1)) {
                    picked[depth] = candidate;
                    descend(i + 1, depth + 1, cost + problem.cost()[candidate]);
                }
                tally.remove(candidate);
            }
        }
    }
}
