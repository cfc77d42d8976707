package dev.pinfold.policy.search;

/**
 * One rule over the candidates' domains at one level (region, org, …).
 *
 * @param domain candidate index to domain number; -1 when the candidate does not take part
 * @param domains how many domain numbers there are
 * @param unknown the domain number that stands for "not known", or -1; it never counts as a domain of its own
 * @param maxPerDomain most chosen candidates per domain
 * @param minDomains least number of different known domains
 * @param simultaneous how many domains are lost at once; 0 when this is no survival goal
 * @param keep candidates of known domains that must be left after the worst such loss
 * @param penalty points per violation; 0 makes the rule hard
 */
@SuppressWarnings("ArrayRecordComponent") // the search works on arrays and nobody compares these
public record Grouping(
        int[] domain,
        int domains,
        int unknown,
        int maxPerDomain,
        int minDomains,
        int simultaneous,
        int keep,
        long penalty) {

    /** True when a set that breaks this rule is never chosen. */
    public boolean hard() {
        return penalty == 0;
    }
}
