package dev.pinfold.broker.replica;

import dev.pinfold.broker.pin.PinStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pin shows of its copies. Pure: the same copies always give the same state, and no state is remembered.
 */
public final class Projection {
    private Projection() {}

    /**
     * What the policy asks for.
     *
     * @param ack how many copies make a pin {@code pinned}
     * @param target how many copies there shall be
     * @param verified whether only verified copies count
     */
    public record Goal(int ack, int target, boolean verified) {}

    /** What a pin shows: its state, and the strings for {@code info}. */
    public record Shown(PinStatus status, Map<String, String> info) {}

    /** What a pin shows whose hot copies are let go, because all of its cold ones are proven. */
    public static final Shown COLD_ONLY =
            new Shown(PinStatus.PINNED, Map.of("pinfold_replicas", "0 of 0", "pinfold_verified", "0"));

    /**
     * Computes what a pin shows.
     *
     * @param states the states of the copies that the pin's placement chose
     * @param hopeless why no provider will ever do; null while there is a way
     * @param waitingFor what the next step waits for, in words; null when nothing is missing
     */
    public static Shown show(
            Goal goal, Collection<ReplicaState> states, @Nullable String hopeless, @Nullable String waitingFor) {
        int there = 0;
        int begun = 0;
        int verified = 0;
        for (ReplicaState state : states) {
            switch (state) {
                case VERIFIED -> {
                    there++;
                    verified++;
                }
                case CLAIMED -> there += goal.verified() ? 0 : 1;
                case PLANNED, ORDERED, ACCEPTED, LOST, FAILED, RETIRING -> {}
            }
            begun += state == ReplicaState.PLANNED ? 0 : 1;
        }
        PinStatus status;
        if (goal.ack() > 0 && there >= goal.ack()) {
            status = PinStatus.PINNED;
        } else if (hopeless != null) {
            status = PinStatus.FAILED;
        } else {
            status = begun > 0 ? PinStatus.PINNING : PinStatus.QUEUED;
        }
        Map<String, String> info = new LinkedHashMap<>();
        info.put("pinfold_replicas", there + " of " + goal.target());
        info.put("pinfold_verified", Integer.toString(verified));
        String details = details(goal, status, there, hopeless, waitingFor);
        if (details != null) {
            info.put("status_details", details);
        }
        return new Shown(status, info);
    }

    private static @Nullable String details(
            Goal goal, PinStatus status, int there, @Nullable String hopeless, @Nullable String waitingFor) {
        return switch (status) {
            case FAILED -> hopeless;
            case QUEUED, PINNING -> waitingFor;
            case PINNED ->
                there >= goal.target()
                        ? null
                        : "degraded: " + there + " of " + goal.target() + " copies"
                                + (waitingFor == null ? "" : "; " + waitingFor);
        };
    }
}
