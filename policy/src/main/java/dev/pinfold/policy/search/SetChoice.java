package dev.pinfold.policy.search;

/**
 * The answer to a {@link SetProblem}.
 *
 * @param members chosen candidate indices, ascending; empty when there is no such set
 * @param feasible whether there is a set
 * @param cost the set's cost
 * @param optimalCost the cheapest set's cost
 * @param exact false when the search reached its node limit: the set obeys every rule but may not be the best, or, when
 *     infeasible, one might exist after all
 */
@SuppressWarnings("ArrayRecordComponent") // the search works on arrays and nobody compares these
public record SetChoice(int[] members, boolean feasible, long cost, long optimalCost, boolean exact) {
    static SetChoice none(boolean exact) {
        return new SetChoice(new int[0], false, 0, 0, exact);
    }
}
