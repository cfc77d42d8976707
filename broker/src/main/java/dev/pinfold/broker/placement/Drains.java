package dev.pinfold.broker.placement;

import dev.pinfold.broker.store.ProviderStateStore.StateRow;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Upkeep;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which providers are being left, by an operator's word or by the policy's; and whether one is left in time. */
public final class Drains {
    /** Share of a drain's time that passes before its pace says anything. */
    private static final int TELLING = 10;

    private final ProviderStates states;
    private final Supplier<Policy> policy;
    private final Clock clock;

    public Drains(ProviderStates states, Supplier<Policy> policy, Clock clock) {
        this.states = states;
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * A provider that is being left.
     *
     * @param state draining or sunset
     * @param by the name of the token that said so, or {@code policy}
     * @param deadline when nothing may be there any more; null when that does not matter
     * @param copies copies there when it began; null where nobody counted them
     * @param finishedAt when nothing was left; null while something is, and where the policy drains
     */
    public record Drain(
            String provider,
            String state,
            String by,
            String reason,
            Instant since,
            @Nullable Instant deadline,
            @Nullable Long copies,
            @Nullable Instant finishedAt) {}

    /**
     * How a drain stands.
     *
     * @param endsAbout when it ends at the pace it has had; null where that cannot be said, or it has ended
     * @param late whether its deadline has passed, or will have at that pace
     */
    public record Standing(@Nullable Instant endsAbout, boolean late) {}

    /** All of them by provider, those of the policy that begin later included. An operator's word comes first. */
    public SortedMap<String, Drain> all() {
        SortedMap<String, Drain> all = new TreeMap<>();
        for (Upkeep.Drain drain : policy.get().upkeep().drains()) {
            all.put(
                    drain.provider(),
                    new Drain(
                            drain.provider(),
                            "draining",
                            "policy",
                            drain.reason(),
                            drain.start(),
                            drain.mustFinishBy(),
                            null,
                            null));
        }
        for (StateRow row : states.decided().values()) {
            if (!row.state().equals("cordoned")) {
                all.put(
                        row.provider(),
                        new Drain(
                                row.provider(),
                                row.state(),
                                row.author(),
                                row.reason(),
                                row.since(),
                                row.mustFinishBy(),
                                row.copies(),
                                row.finishedAt()));
            }
        }
        return all;
    }

    /** Those that have begun, by provider. */
    public SortedMap<String, Drain> begun() {
        SortedMap<String, Drain> begun = all();
        Instant now = clock.instant();
        begun.values().removeIf(drain -> now.isBefore(drain.since()));
        return begun;
    }

    /**
     * How a drain stands. Its pace counts once a tenth of its time is over: before that one slow copy would be an alarm.
     *
     * @param gone copies that have left since it began
     * @param left copies that are there still
     */
    public static Standing standing(Drain drain, long gone, long left, Instant now) {
        Duration spent = Duration.between(drain.since(), now);
        Instant end = left == 0 || gone <= 0
                ? null
                : now.plusMillis((long) ((double) spent.toMillis() / (double) gone * (double) left));
        Instant deadline = drain.deadline();
        if (deadline == null || left == 0 || spent.isNegative()) {
            return new Standing(end, false);
        }
        boolean telling =
                spent.compareTo(Duration.between(drain.since(), deadline).dividedBy(TELLING)) >= 0;
        boolean late = now.isAfter(deadline) || (telling && (end == null || end.isAfter(deadline)));
        return new Standing(end, late);
    }
}
