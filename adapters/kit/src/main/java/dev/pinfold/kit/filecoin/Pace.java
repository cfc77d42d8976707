package dev.pinfold.kit.filecoin;

/**
 * How many epochs a provider takes.
 *
 * @param publish from having the data to publishing the deal
 * @param precommit from the publication to the sector
 * @param seal from the sector to the proof
 * @param index from the proof to being indexed
 */
public record Pace(long publish, long precommit, long seal, long index) {
    /** About two hours from the data to the proof. */
    public static final Pace DEFAULT = new Pace(2, 20, 200, 2);
}
