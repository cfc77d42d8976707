package dev.pinfold.policy;

/**
 * A survival goal: after losing any {@code simultaneous} values of the label at once, {@code keep} copies are left. A
 * copy whose label is unknown is counted as lost.
 *
 * @param of the label: org, region, …
 * @param simultaneous how many values are lost at once
 * @param keep copies that must be left
 */
public record Survival(String of, int simultaneous, int keep) {
    /** The name in explanations, for example {@code survive.org}. */
    public String name() {
        return "survive." + of;
    }
}
