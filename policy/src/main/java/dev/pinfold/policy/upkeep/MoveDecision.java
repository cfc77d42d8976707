package dev.pinfold.policy.upkeep;

import dev.pinfold.policy.Budget;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Rendezvous;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether something may move or change now: cool-down, daily share, canary, limits of a plan, warnings of a budget. */
public final class MoveDecision {
    private MoveDecision() {}

    /**
     * Null when a pin may move for money now, otherwise why not.
     *
     * @param rule the policy's hysteresis
     * @param lastMove when this pin last moved; null when never
     * @param movedToday pins moved today
     * @param pins all pins
     * @param now the instant of the decision
     */
    public static @Nullable String reasonAgainstMove(
            Upkeep.Rebalance rule, @Nullable Instant lastMove, long movedToday, long pins, Instant now) {
        if (!rule.enabled()) {
            return "rebalancing is switched off";
        }
        if (lastMove != null && now.isBefore(lastMove.plus(rule.cooldown()))) {
            return "moved at " + lastMove + ", cool-down until " + lastMove.plus(rule.cooldown());
        }
        long allowed = Math.max(
                1,
                pins / 1_000_000 * rule.maxMovePerDay().millionths()
                        + pins % 1_000_000 * rule.maxMovePerDay().millionths() / 1_000_000);
        return movedToday < allowed ? null : movedToday + " pins moved today, " + allowed + " may";
    }

    /** True when a changed policy is applied to this CID while the canary is on. */
    public static boolean inCanary(Upkeep.Rollout rule, long revision, String cid) {
        return Rendezvous.inShare(cid, "canary-" + revision, rule.canary());
    }

    /**
     * Null when a plan may be applied, otherwise why it must not.
     *
     * @param costBefore monthly cost now
     * @param costAfter monthly cost after it
     * @param pins all pins
     * @param degradedPins pins that would be below target
     * @param movedBytes bytes that would move
     */
    public static @Nullable String reasonAgainstPlan(
            Upkeep.Rollout rule, Money costBefore, Money costAfter, long pins, long degradedPins, long movedBytes) {
        Money most = costBefore.plus(costBefore.times(rule.maxCostIncrease()));
        if (costBefore.isPositive() && costAfter.compareTo(most) > 0) {
            return "cost would rise from " + costBefore + " to " + costAfter + ", more than " + rule.maxCostIncrease();
        }
        if (Math.multiplyExact(degradedPins, 1_000_000L)
                > Math.multiplyExact(pins, rule.maxDegradedPins().millionths())) {
            return degradedPins + " of " + pins + " pins would be degraded, more than " + rule.maxDegradedPins();
        }
        return movedBytes > rule.maxMovedBytes()
                ? movedBytes + " bytes would move, more than " + rule.maxMovedBytes()
                : null;
    }

    /** The warning levels of a budget that lie between two sums spent, lowest first. */
    public static List<Ratio> warningsReached(Budget budget, Money before, Money after) {
        List<Ratio> reached = new ArrayList<>();
        Money monthly = budget.monthly();
        if (monthly == null) {
            return reached;
        }
        for (Ratio level : budget.warnAt()) {
            Money at = monthly.times(level);
            if (before.compareTo(at) < 0 && after.compareTo(at) >= 0) {
                reached.add(level);
            }
        }
        return reached;
    }

    /**
     * When a drain ends at the present pace.
     *
     * @param remaining replicas still there
     * @param perMinute replicas that can be moved per minute, at least 1
     */
    public static Instant drainEndsAt(long remaining, long perMinute, Instant now) {
        return now.plus(Duration.ofMinutes(Math.ceilDiv(remaining, Math.max(1, perMinute))));
    }

    /** True when a drain that ends then misses its deadline. */
    public static boolean missesDeadline(Upkeep.Drain drain, Instant endsAt) {
        return endsAt.isAfter(drain.mustFinishBy());
    }
}
