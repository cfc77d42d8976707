package dev.pinfold.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What is done to pins after their first placement.
 *
 * @param repair how lost copies are replaced
 * @param rebalance when a cheaper set is worth moving to
 * @param drains providers that are being left
 * @param audit how copies are sampled
 * @param rollout how a changed policy is applied
 */
public record Upkeep(Repair repair, Rebalance rebalance, List<Drain> drains, Audit audit, Rollout rollout) {
    /** The defaults of a policy that says nothing. */
    public static final Upkeep DEFAULT =
            new Upkeep(Repair.DEFAULT, Rebalance.DEFAULT, List.of(), Audit.DEFAULT, Rollout.DEFAULT);

    /** Copies the list. */
    public Upkeep {
        drains = List.copyOf(drains);
    }

    /**
     * How lost copies are replaced.
     *
     * @param reconcileEvery how often desired and observed are compared
     * @param lossObservations observations before a copy counts as lost
     * @param lossOver time over which they must be spread
     * @param delayUnderMin wait before repair below min
     * @param delayUnderTarget wait before repair below target
     * @param maxConcurrent repairs at once
     * @param perProvider repairs at once into one provider
     * @param maxBytesPerDay repaired bytes per day
     * @param massFailureBrake share of all replicas lost at which repair stops and asks for a human
     * @param removeOverAfter how long surplus copies stay
     */
    public record Repair(
            Duration reconcileEvery,
            int lossObservations,
            Duration lossOver,
            Duration delayUnderMin,
            Duration delayUnderTarget,
            int maxConcurrent,
            int perProvider,
            long maxBytesPerDay,
            Ratio massFailureBrake,
            Duration removeOverAfter) {
        /** Repair at once below min and after an hour below target; stop at a fifth of all replicas. */
        public static final Repair DEFAULT = new Repair(
                Duration.ofMinutes(10),
                3,
                Duration.ofMinutes(15),
                Duration.ZERO,
                Duration.ofHours(1),
                50,
                5,
                2L << 40,
                Ratio.of("20%"),
                Duration.ofDays(1));
    }

    /**
     * When a cheaper set is worth moving to.
     *
     * @param enabled false never moves a healthy copy for money
     * @param minSaving least share of the present cost that a move must save
     * @param paybackWithin time in which the saving must pay for the move's egress
     * @param cooldown least time between two moves of one pin
     * @param maxMovePerDay share of all pins that may move per day
     */
    public record Rebalance(
            boolean enabled, Ratio minSaving, Duration paybackWithin, Duration cooldown, Ratio maxMovePerDay) {
        /** A move must save 15 % and pay back in 90 days. */
        public static final Rebalance DEFAULT =
                new Rebalance(true, Ratio.of("15%"), Duration.ofDays(90), Duration.ofDays(30), Ratio.of("1%"));
    }

    /**
     * A provider that is being left.
     *
     * @param provider who is left
     * @param reason why
     * @param start from when on
     * @param mustFinishBy the deadline
     */
    public record Drain(String provider, String reason, Instant start, Instant mustFinishBy) {}

    /**
     * How copies are sampled.
     *
     * @param blocksPerReplicaPerDay sampled blocks
     * @param blocksOnPin blocks sampled when a copy is first verified
     * @param samplePerProviderPerDay sampled blocks per provider
     */
    public record Audit(int blocksPerReplicaPerDay, int blocksOnPin, int samplePerProviderPerDay) {
        /** 300 blocks per provider and day see 1 % silent loss within a day with 95 %. */
        public static final Audit DEFAULT = new Audit(1, 5, 300);
    }

    /**
     * How a changed policy is applied.
     *
     * @param canary share of pins that a changed policy is applied to first
     * @param hold how long the canary is watched
     * @param maxCostIncrease a plan that raises cost by more is refused
     * @param maxDegradedPins a plan that degrades more pins is refused
     * @param maxMovedBytes a plan that moves more is refused
     */
    public record Rollout(
            Ratio canary, Duration hold, Ratio maxCostIncrease, Ratio maxDegradedPins, long maxMovedBytes) {
        /** Everything at once, no limit but a tenfold cost. */
        public static final Rollout DEFAULT =
                new Rollout(Ratio.ONE, Duration.ZERO, Ratio.of("1000%"), Ratio.ONE, Long.MAX_VALUE);
    }
}
