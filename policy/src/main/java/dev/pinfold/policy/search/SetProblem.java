package dev.pinfold.policy.search;

import java.util.List;

/**
 * One exact question: choose {@code size} of the candidates.
 *
 * @param cost cost of each candidate, not negative; a set costs the sum
 * @param score points of each candidate; a set gets the sum less the penalties of broken soft rules
 * @param tieBreak what decides between equal scores, not negative; the higher sum wins
 * @param groupings rules over the set
 * @param forced candidates that must be in the set
 * @param size how many to choose
 * @param bandMillionths how far above the cheapest set a better-scored one may cost
 * @param costLimit a set may never cost more
 */
@SuppressWarnings("ArrayRecordComponent") // the search works on arrays and nobody compares these
public record SetProblem(
        long[] cost,
        long[] score,
        long[] tieBreak,
        List<Grouping> groupings,
        int[] forced,
        int size,
        long bandMillionths,
        long costLimit) {

    /** The same question with other forced candidates. */
    public SetProblem forcing(int... candidates) {
        return new SetProblem(cost, score, tieBreak, groupings, candidates, size, bandMillionths, costLimit);
    }

    /** The same question for another number of candidates. */
    public SetProblem choosing(int wanted) {
        return new SetProblem(cost, score, tieBreak, groupings, forced, wanted, bandMillionths, costLimit);
    }

    /** The same question with only the cheapest sets in the band. */
    public SetProblem withoutBand() {
        return new SetProblem(cost, score, tieBreak, groupings, forced, size, 0, costLimit);
    }
}
