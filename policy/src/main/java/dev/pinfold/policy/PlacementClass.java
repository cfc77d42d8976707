package dev.pinfold.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reusable kind of placement.
 *
 * @param name the class's name
 * @param hot goal for hot copies
 * @param constraints hard filters in file order
 * @param spread spread rules over hot copies
 * @param survive survival goals over hot copies
 * @param prefer soft wishes
 * @param costBand how far above the cheapest set a preferred set may cost
 * @param health health rules for hot providers
 * @param price price rules for hot providers
 * @param cold the cold section; null when the class has no cold copies
 * @param retrieval how reads of this content race
 * @param repairable false leaves lost copies lost
 */
public record PlacementClass(
        String name,
        HotGoal hot,
        List<Constraint> constraints,
        List<Spread> spread,
        List<Survival> survive,
        List<Preference> prefer,
        Ratio costBand,
        HealthRule health,
        PriceRule price,
        @Nullable ColdGoal cold,
        RetrievalRule retrieval,
        boolean repairable) {
    /** Copies the lists. */
    public PlacementClass {
        constraints = List.copyOf(constraints);
        spread = List.copyOf(spread);
        survive = List.copyOf(survive);
        prefer = List.copyOf(prefer);
    }
}
