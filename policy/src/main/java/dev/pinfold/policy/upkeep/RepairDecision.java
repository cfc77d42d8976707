package dev.pinfold.policy.upkeep;

import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Upkeep;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When lost copies are replaced: at once below min, later below target, not at all while the brake is on. */
public final class RepairDecision {
    private RepairDecision() {}

    /**
     * When a pin's repair is due; empty when nothing is missing.
     *
     * @param rule the policy's repair section
     * @param goal the pin's replica goal
     * @param copies copies that are there
     * @param since when the shortage was first seen
     */
    public static Optional<Instant> dueAt(Upkeep.Repair rule, HotGoal goal, int copies, Instant since) {
        if (copies < goal.min()) {
            return Optional.of(since.plus(rule.delayUnderMin()));
        }
        return copies < goal.target() ? Optional.of(since.plus(rule.delayUnderTarget())) : Optional.empty();
    }

    /**
     * True when so many copies are lost at once that repair must stop and ask for a human: the cause is more likely ours
     * than theirs.
     *
     * @param lost copies observed as lost
     * @param total all copies
     */
    public static boolean brakeTrips(Upkeep.Repair rule, long lost, long total) {
        return total > 0
                && Math.multiplyExact(lost, 1_000_000L)
                        >= Math.multiplyExact(total, rule.massFailureBrake().millionths())
                && lost > 1;
    }

    /**
     * True when an absence was observed often and long enough to count as a loss.
     *
     * @param absences instants of consecutive observations of the absence, oldest first
     */
    public static boolean confirmedLost(Upkeep.Repair rule, List<Instant> absences) {
        return absences.size() >= rule.lossObservations()
                && !absences.getFirst().plus(rule.lossOver()).isAfter(absences.getLast());
    }

    /** When surplus copies may go; empty while fewer than {@code target} copies are verified. */
    public static Optional<Instant> surplusRemovableAt(
            Upkeep.Repair rule, HotGoal goal, int verifiedCopies, Instant surplusSince) {
        return verifiedCopies >= goal.target()
                ? Optional.of(surplusSince.plus(rule.removeOverAfter()))
                : Optional.empty();
    }
}
