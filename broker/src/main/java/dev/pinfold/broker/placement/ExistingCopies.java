package dev.pinfold.broker.placement;

import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.GoneWork;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Retention;
import dev.pinfold.policy.Upkeep;
import dev.pinfold.policy.upkeep.RepairDecision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the policy in force means for copies that were there already: when a lost one is made elsewhere, and how long those
 * stay that no pin wants any more. Arithmetic on what the database knows, so a restart changes nothing.
 */
final class ExistingCopies {
    private static final Set<ReplicaState> BROKEN = EnumSet.of(ReplicaState.LOST, ReplicaState.FAILED);
    private static final Set<ReplicaState> THERE = EnumSet.of(ReplicaState.CLAIMED, ReplicaState.VERIFIED);
    /** Lost copies are looked for until they are found or given up, and may be found within the time. */
    private static final Set<ReplicaState> KEPT =
            EnumSet.of(ReplicaState.CLAIMED, ReplicaState.VERIFIED, ReplicaState.LOST);

    private ExistingCopies() {}

    /**
     * When the lost copies of a pin are to be made elsewhere. Empty where nothing puts that off: a copy that never came to
     * be, or one whose provider is not there any more, will not come back by itself.
     *
     * @param copies the copies that the pin wants
     * @param configured whether a provider exists
     */
    static Optional<Instant> repairDue(
            Upkeep.Repair rule, HotGoal goal, Collection<CopyWork> copies, Predicate<String> configured) {
        List<CopyWork> broken =
                copies.stream().filter(c -> BROKEN.contains(c.state())).toList();
        boolean mayComeBack = broken.stream().allMatch(c -> c.lostSince() != null && configured.test(c.provider()));
        int there = (int) copies.stream().filter(c -> THERE.contains(c.state())).count();
        return broken.stream()
                .map(CopyWork::lostSince)
                .filter(since -> mayComeBack)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .flatMap(since -> RepairDecision.dueAt(rule, goal, there, since));
    }

    /**
     * What stays of a content that no pin wants.
     *
     * @param providers those whose copies stay
     * @param over the deleted pins that keep nothing any more
     * @param next when the first of the others may be over; null: when the policy changes
     */
    record Kept(
            Set<String> providers,
            List<UUID> over,
            @Nullable Instant next) {
        static final Kept NOTHING = new Kept(Set.of(), List.of(), null);
    }

    /**
     * Which copies stay for deleted pins, by the retention that the policy in force gives these.
     *
     * @param wanted whether a pin wants the content still; then its copies are those that this pin wants
     */
    static Kept kept(
            Collection<GoneWork> gone,
            Collection<CopyWork> copies,
            Function<GoneWork, Retention> retention,
            boolean wanted,
            Instant now) {
        List<UUID> over = new ArrayList<>();
        Instant next = null;
        Set<String> providers = new LinkedHashSet<>();
        copies.stream()
                .filter(c -> KEPT.contains(c.state()))
                .map(CopyWork::provider)
                .forEach(providers::add);
        for (GoneWork pin : gone) {
            Optional<Instant> removable = retention.apply(pin).removableAt(pin.at());
            boolean holds = removable.isEmpty() || removable.get().isAfter(now);
            if (!holds || (providers.isEmpty() && !wanted)) {
                over.add(pin.requestId());
            } else if (removable.isPresent() && (next == null || removable.get().isBefore(next))) {
                next = removable.get();
            }
        }
        boolean keeps = over.size() < gone.size() && !wanted;
        return new Kept(keeps ? providers : Set.of(), over, next);
    }
}
