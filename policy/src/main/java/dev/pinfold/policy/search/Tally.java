package dev.pinfold.policy.search;

import java.util.List;

/**
 * Counts the chosen candidates per domain while the search goes down and up, and answers the two questions it asks at
 * every step: may this candidate join, and can the partial set still become a valid one.
 */
final class Tally {
    private final Grouping[] groupings;
    private final int[][] counts;
    private final int[] known;
    private final int[] used;

    Tally(List<Grouping> rules) {
        groupings = rules.toArray(new Grouping[0]);
        counts = new int[groupings.length][];
        for (int g = 0; g < groupings.length; g++) {
            counts[g] = new int[groupings[g].domains()];
        }
        known = new int[groupings.length];
        used = new int[groupings.length];
    }

    /** Whether no hard maximum is broken by adding the candidate. */
    boolean accepts(int candidate) {
        for (int g = 0; g < groupings.length; g++) {
            Grouping rule = groupings[g];
            int domain = rule.domain()[candidate];
            if (domain >= 0 && rule.hard() && counts[g][domain] >= rule.maxPerDomain()) {
                return false;
            }
        }
        return true;
    }

    void add(int candidate) {
        for (int g = 0; g < groupings.length; g++) {
            int domain = groupings[g].domain()[candidate];
            if (domain >= 0) {
                boolean isKnown = domain != groupings[g].unknown();
                known[g] += isKnown ? 1 : 0;
                used[g] += counts[g][domain]++ == 0 && isKnown ? 1 : 0;
            }
        }
    }

    void remove(int candidate) {
        for (int g = 0; g < groupings.length; g++) {
            int domain = groupings[g].domain()[candidate];
            if (domain >= 0) {
                boolean isKnown = domain != groupings[g].unknown();
                known[g] -= isKnown ? 1 : 0;
                used[g] -= --counts[g][domain] == 0 && isKnown ? 1 : 0;
            }
        }
    }

    /** Whether {@code left} more candidates could still fulfil every hard minimum and survival goal. */
    boolean reachable(int left) {
        for (int g = 0; g < groupings.length; g++) {
            Grouping rule = groupings[g];
            if (rule.hard()
                    && (used[g] + left < rule.minDomains()
                            || (rule.simultaneous() > 0 && known[g] + left - worstLoss(g) < rule.keep()))) {
                return false;
            }
        }
        return true;
    }

    /** Points lost to soft rules by the set as it stands. It only grows for maxima; minima count when complete. */
    long penalty(boolean complete) {
        long total = 0;
        for (int g = 0; g < groupings.length; g++) {
            Grouping rule = groupings[g];
            if (rule.hard()) {
                continue;
            }
            for (int count : counts[g]) {
                total += rule.penalty() * Math.max(0, count - rule.maxPerDomain());
            }
            if (complete) {
                total += rule.penalty() * Math.max(0, rule.minDomains() - used[g]);
            }
        }
        return total;
    }

    /** Copies in the fullest {@code simultaneous} known domains: what the worst loss takes. */
    private int worstLoss(int g) {
        Grouping rule = groupings[g];
        int[] count = counts[g];
        if (rule.simultaneous() == 1) {
            int worst = 0;
            for (int d = 0; d < count.length; d++) {
                worst = d != rule.unknown() && count[d] > worst ? count[d] : worst;
            }
            return worst;
        }
        int[] sorted = count.clone();
        if (rule.unknown() >= 0) {
            sorted[rule.unknown()] = 0;
        }
        java.util.Arrays.sort(sorted);
        int lost = 0;
        for (int i = 1; i <= rule.simultaneous() && i <= sorted.length; i++) {
            lost += sorted[sorted.length - i];
        }
        return lost;
    }
}
