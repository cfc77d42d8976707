package dev.pinfold.policy;

/**
 * What we keep at a provider now.
 *
 * @param pins replicas held
 * @param bytes their size
 */
public record Usage(long pins, long bytes) {
    /** Nothing of ours is there. */
    public static final Usage EMPTY = new Usage(0, 0);
}
