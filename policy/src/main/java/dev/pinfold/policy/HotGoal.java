package dev.pinfold.policy;

/**
 * How many hot copies a class wants and when the client is told that the pin is safe.
 *
 * @param min below this the pin is degraded and repaired at once
 * @param target what a placement aims at
 * @param max copies beyond the target that may stay when they already exist
 * @param ack which copies count for the client
 * @param pinnedAt how many counting copies make the pin {@code pinned}
 */
public record HotGoal(int min, int target, int max, Ack ack, int pinnedAt) {
    /** Which copies count. */
    public enum Ack {
        /** The provider says that it holds the content. */
        CLAIMED,
        /** We fetched blocks from the provider and hashed them. */
        VERIFIED
    }

    /** Refuses numbers that contradict each other. */
    public HotGoal {
        if (min < 1 || target < min || max < target || pinnedAt < 1 || pinnedAt > target) {
            throw new IllegalArgumentException(
                    "replicas must satisfy 1 <= min <= target <= max and 1 <= pinnedAt <= target");
        }
    }

    /** The same goal with another target; min, max and pinnedAt follow where they must. */
    HotGoal withTarget(int wanted) {
        return new HotGoal(Math.min(min, wanted), wanted, Math.max(max, wanted), ack, Math.min(pinnedAt, wanted));
    }
}
