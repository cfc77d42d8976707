package dev.pinfold.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Assumptions behind the durability estimate; rates are per year.
 *
 * @param lossPerYear chance that one hot copy is lost for good
 * @param coldLossPerYear the same for a cold copy
 * @param repairWindow time to notice a loss and replace the copy
 * @param shockPerYear label to the chance that everything under one value of it is lost at once
 * @param commonPerYear chance of losing all copies together whatever they are: our own bug, a leaked key, a court order
 */
public record DurabilityModel(
        double lossPerYear,
        double coldLossPerYear,
        Duration repairWindow,
        SortedMap<String, Double> shockPerYear,
        double commonPerYear) {
    /** Cautious priors; they never claim more than five nines. */
    public static final DurabilityModel CAUTIOUS = new DurabilityModel(
            0.05,
            0.02,
            Duration.ofDays(7),
            Collections.unmodifiableSortedMap(new TreeMap<>(
                    java.util.Map.of("org", 0.01, "backing", 0.003, "region", 0.001, "jurisdiction", 0.0005))),
            0.00001);

    /** Copies the map. */
    public DurabilityModel {
        shockPerYear = Collections.unmodifiableSortedMap(new TreeMap<>(shockPerYear));
    }
}
