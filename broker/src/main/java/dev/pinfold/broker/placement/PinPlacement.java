package dev.pinfold.broker.placement;

import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.placement.Payments.Payer;
import dev.pinfold.broker.replica.Projection.Goal;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.Move;
import dev.pinfold.broker.store.PlacementStore.PinWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.Explanation;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Tier;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the copies of one pin are to be: as decided before while that holds, else as the policy engine says now. A new
 * decision never takes a sound copy away before those that replace it are there: until then both are wanted.
 */
final class PinPlacement {
    /** Copies that count as held, or on their way, when the engine is asked what is missing. */
    static final Set<ReplicaState> SOUND =
            EnumSet.of(ReplicaState.ORDERED, ReplicaState.ACCEPTED, ReplicaState.CLAIMED, ReplicaState.VERIFIED);

    static final Set<ReplicaState> BROKEN = EnumSet.of(ReplicaState.LOST, ReplicaState.FAILED);
    /** Names in front of a {@code replan}. */
    static final String PLAN = "plan:";

    static final String DRAIN = "drain:";

    /** What is wanted of hot copies where cold ones are enough. */
    static final Goal COLD_ONLY = new Goal(0, 0, true);

    private final PlacementEngine engine = new PlacementEngine();
    private final Policy policy;
    private final Inventory world;
    private final Supplier<Inventory> atItsBest;
    private final @Nullable String brake;
    private final RepairQueue repairs;
    private final Payments payments;
    private final Duration giveUpAfter;
    private final Duration retry;

    /**
     * Places pins in one state of the world.
     *
     * @param brake why nothing is repaired or moved now; null when it is
     * @param repairs lets lost copies be made elsewhere
     * @param retry pause before what is not complete is tried again
     */
    PinPlacement(
            Policy policy,
            Inventory world,
            Supplier<Inventory> atItsBest,
            @Nullable String brake,
            RepairQueue repairs,
            Payments payments,
            Duration giveUpAfter,
            Duration retry) {
        this.policy = policy;
        this.world = world;
        this.atItsBest = atItsBest;
        this.brake = brake;
        this.repairs = repairs;
        this.payments = payments;
        this.giveUpAfter = giveUpAfter;
        this.retry = retry;
    }

    /**
     * Where a pin's copies are to be.
     *
     * @param decision the decision taken just now; null when the last one stands
     * @param providers where copies shall be, those being left included
     * @param move where they are going
     * @param hopeless why nothing will ever do; null while there is a way
     * @param waiting why something is missing; null when the copies themselves say it
     * @param degraded whether less was found than wanted
     * @param again after which time to look again; null where time alone changes nothing
     */
    record Placed(
            @Nullable Explanation decision,
            List<String> providers,
            Move move,
            Goal goal,
            @Nullable String hopeless,
            @Nullable String waiting,
            boolean degraded,
            @Nullable Duration again) {
        static Placed standing(PinWork pin, List<String> providers, Move move, Goal goal) {
            return new Placed(null, providers, move, goal, null, null, pin.degraded(), null);
        }
    }

    Placed place(PinWork pin, Work work) {
        List<String> last = pin.providers().orElse(null);
        Goal goal = pin.goal();
        if (last == null || goal == null) {
            return decideAnew(pin, work, null);
        }
        if (needsNoHotCopies(pin, work)) {
            return Placed.standing(pin, List.of(), Move.NONE, COLD_ONLY);
        }
        if (goal.equals(COLD_ONLY)) {
            return decideAnew(pin, work, null);
        }
        Move move = new Move(pin.moveTo().orElse(null), pin.replan(), null, false);
        if (last.isEmpty() && pin.status() == PinStatus.FAILED) {
            return new Placed(null, last, Move.NONE, goal, pin.info().get("status_details"), null, false, null);
        }
        if (sourceless(pin, work)) {
            String reason = "no source had the content for " + words(giveUpAfter) + "; "
                    + (work.sourceReport() == null ? "" : work.sourceReport() + "; ")
                    + "upload it, or pin again with origins that have it";
            return new Placed(null, List.of(), Move.NONE, goal, reason, null, false, null);
        }
        if (pin.moveTo().isPresent()) {
            return moving(pin, work, last, pin.moveTo().get(), goal);
        }
        Set<String> sound = providersIn(work.copies(), SOUND);
        boolean sizeIsNew = pin.decidedSize() == null && work.sizeBytes() != null;
        if (pin.replan() != null || !stands(last, goal, work)) {
            return decideAnew(pin, work, last);
        }
        if (sizeIsNew) {
            return decideAnew(pin, work, last.stream().anyMatch(sound::contains) ? last : null);
        }
        // What was decided in need is written anew once it is made good, so that what is shown of it is true.
        boolean madeGood = pin.degraded() && sound.containsAll(last);
        return madeGood ? decideAnew(pin, work, last) : Placed.standing(pin, last, move, goal);
    }

    /** The class lets hot copies go once all cold ones are proven; those that were never hot are made hot first. */
    private boolean needsNoHotCopies(PinWork pin, Work work) {
        ColdGoal cold = pin.className() == null
                ? null
                : policy.placementClass(pin.className())
                        .map(PlacementClass::cold)
                        .orElse(null);
        return cold != null
                && cold.dropHot()
                && pin.wantsCold()
                && pin.replan() == null
                && pin.status() == PinStatus.PINNED
                && work.cold() != null
                && work.cold().stored() >= cold.target();
    }

    /** Whether a decision needs no other: enough copies, all at providers that exist and have not failed. */
    private boolean stands(List<String> providers, Goal goal, Work work) {
        Set<String> broken = providersIn(work.copies(), BROKEN);
        return providers.size() >= goal.target()
                && providers.stream()
                        .allMatch(p -> !broken.contains(p) && world.provider(p).isPresent());
    }

    /** Gives the copies being left up once all those that replace them are there. */
    private Placed moving(PinWork pin, Work work, List<String> last, List<String> to, Goal goal) {
        Set<String> broken = providersIn(work.copies(), BROKEN);
        if (to.stream().anyMatch(p -> broken.contains(p) || world.provider(p).isEmpty())) {
            return decideAnew(pin, work, last);
        }
        Set<String> there = providersIn(
                work.copies(),
                goal.verified()
                        ? EnumSet.of(ReplicaState.VERIFIED)
                        : EnumSet.of(ReplicaState.CLAIMED, ReplicaState.VERIFIED));
        if (!there.containsAll(to)) {
            return Placed.standing(pin, last, new Move(to, pin.replan(), null, false), goal);
        }
        String note = "moved from " + String.join(", ", last) + " to " + String.join(", ", to);
        return Placed.standing(pin, to, new Move(null, null, note, true), goal);
    }

    static Set<String> providersIn(Collection<CopyWork> copies, Set<ReplicaState> states) {
        return copies.stream()
                .filter(c -> states.contains(c.state()))
                .map(CopyWork::provider)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Placed decideAnew(PinWork pin, Work work, @Nullable List<String> last) {
        Set<String> broken = providersIn(work.copies(), BROKEN);
        Set<String> sound = providersIn(work.copies(), SOUND);
        if (brake != null && last != null && !firstPlacement(pin, work, last)) {
            Goal goal = pin.goal() == null ? new Goal(1, last.size(), true) : pin.goal();
            Move unmoved = new Move(pin.moveTo().orElse(null), pin.replan(), null, false);
            return new Placed(null, last, unmoved, goal, null, brake, pin.degraded(), retry);
        }
        PlacementRequest request = request(pin, work, sound, last != null);
        Placed putOff = last == null || pin.replan() != null ? null : putOff(pin, work, last, request);
        if (putOff != null) {
            return putOff;
        }
        Explanation decision = engine.explain(policy, world.keeping(p -> !broken.contains(p.id())), request);
        Plan plan = decision.plan();
        if (!plan.feasible()) {
            return infeasible(pin, work, decision, request, last);
        }
        Goal goal = goal(plan.hot());
        List<String> chosen = new ArrayList<>(plan.providers(Tier.HOT).toList());
        boolean enough = chosen.size() >= goal.target();
        if (!enough && last != null) {
            // Nobody can stand in for a broken copy: keep wanting it, so that it is used again when it is back.
            stillAllowed(last, sound, request).stream()
                    .filter(p -> !chosen.contains(p))
                    .limit(goal.target() - chosen.size())
                    .forEach(chosen::add);
        }
        if (last != null && pin.replan() == null && !sound.containsAll(last) && !firstPlacement(pin, work, last)) {
            String full = repairs.begin(work, chosen, policy.assumedSize());
            if (full != null) {
                Move unmoved = new Move(pin.moveTo().orElse(null), null, null, false);
                return new Placed(null, last, unmoved, goal, null, full, pin.degraded(), retry);
            }
        }
        String waiting = enough ? null : degraded(plan, broken);
        return settled(pin, decision, goal, chosen, last, sound, waiting);
    }

    /**
     * Whether a pin still gets its first copies: nobody moves it, and what is missing of it never was there. That is no
     * repair, so the brake does not hold it back.
     */
    private boolean firstPlacement(PinWork pin, Work work, List<String> last) {
        if (pin.replan() != null || pin.moveTo().isPresent()) {
            return false;
        }
        List<CopyWork> mine =
                work.copies().stream().filter(c -> last.contains(c.provider())).toList();
        boolean lost = mine.stream().anyMatch(c -> c.lostSince() != null);
        boolean missing = pin.goal() == null
                || mine.stream().filter(c -> SOUND.contains(c.state())).count()
                        < pin.goal().target();
        return !lost
                && missing
                && mine.stream().allMatch(c -> world.provider(c.provider()).isPresent());
    }

    /** Leaves the lost copies of a pin be while the policy gives them time to come back; null when it does not. */
    private @Nullable Placed putOff(PinWork pin, Work work, List<String> last, PlacementRequest request) {
        Upkeep.Repair rule = policy.upkeep().repair();
        HotGoal hot = engine.terms(policy, world, request).hot();
        List<CopyWork> mine =
                work.copies().stream().filter(c -> last.contains(c.provider())).toList();
        Instant due = ExistingCopies.repairDue(
                        rule, hot, mine, p -> world.provider(p).isPresent())
                .filter(at -> at.isAfter(world.asOf()))
                .orElse(null);
        if (due == null) {
            return null;
        }
        Move unmoved = new Move(pin.moveTo().orElse(null), null, null, false);
        String waiting = "made elsewhere at " + due.truncatedTo(ChronoUnit.SECONDS)
                + " unless it comes back before (the policy's repair.delay)";
        return new Placed(null, last, unmoved, goal(hot), null, waiting, pin.degraded(), until(due));
    }

    /** The time from now until just after an instant. */
    Duration until(Instant instant) {
        return Duration.between(world.asOf(), instant).plusMillis(1);
    }

    private Placed settled(
            PinWork pin,
            Explanation decision,
            Goal goal,
            List<String> chosen,
            @Nullable List<String> last,
            Set<String> sound,
            @Nullable String waiting) {
        List<String> leaving = last == null
                ? List.of()
                : last.stream()
                        .filter(p -> sound.contains(p) && !chosen.contains(p))
                        .toList();
        boolean stays = last != null && new HashSet<>(last).equals(new HashSet<>(chosen));
        boolean gated = !leaving.isEmpty() || (pin.replan() != null && !stays);
        Set<String> union = new LinkedHashSet<>(chosen);
        union.addAll(leaving);
        String stay = waiting == null ? "stays where it is" : waiting;
        String note = pin.replan() != null && stays ? stay : null;
        Move move = gated ? new Move(chosen, pin.replan(), null, false) : new Move(null, null, note, false);
        return new Placed(
                decision,
                List.copyOf(union),
                move,
                goal,
                null,
                waiting,
                waiting != null,
                waiting == null ? null : retry);
    }

    private Placed infeasible(
            PinWork pin, Work work, Explanation decision, PlacementRequest request, @Nullable List<String> last) {
        Plan plan = decision.plan();
        Goal goal = goal(plan.hot());
        String conflict = conflict(plan);
        boolean waitable = last != null
                || plan.decision() == Plan.Decision.QUEUE
                || engine.plan(policy, atItsBest.get(), request).feasible();
        List<String> kept = last == null ? List.of() : stillAllowed(last, providersIn(work.copies(), SOUND), request);
        Move move = new Move(null, null, pin.replan() == null ? null : conflict, false);
        return new Placed(
                decision,
                kept,
                move,
                goal,
                waitable ? null : conflict,
                conflict,
                last != null,
                waitable ? retry : null);
    }

    /**
     * The providers of an earlier decision that may go on being wanted: those that hold a sound copy, and those that only
     * their health keeps out for now. A copy that is broken is never made again where a rule forbids it.
     */
    private List<String> stillAllowed(List<String> last, Set<String> sound, PlacementRequest request) {
        Set<String> forbidden = engine.plan(policy, world, request.withExisting(List.of())).excluded().stream()
                .filter(x -> !x.constraint().startsWith("health."))
                .map(Plan.Excluded::provider)
                .collect(Collectors.toSet());
        return last.stream()
                .filter(p -> world.provider(p).isPresent())
                .filter(p -> sound.contains(p) || !forbidden.contains(p))
                .toList();
    }

    private PlacementRequest request(PinWork pin, Work work, Set<String> sound, boolean repair) {
        return PlacementRequest.of(pin.token(), pin.name() == null ? "" : pin.name(), work.content(), work.sizeBytes())
                .withTenant(pin.tenant())
                .withMeta(pin.meta())
                .withExisting(List.copyOf(sound))
                .withSpending(payments.spending(Payer.of(pin), work, sound))
                .withRebalance(!repair || (pin.replan() != null && pin.replan().startsWith(PLAN)));
    }

    /** When a pin ends by the decision about it; null when by nobody's but its owner's wish. */
    @Nullable
    Instant expires(PinWork pin, Plan plan) {
        // Once known it stays: what a pin's meta asks for is reckoned from the first decision on.
        return pin.expires() != null
                ? null
                : plan.retention().expiresAt(world.asOf()).orElse(null);
    }

    private static Goal goal(HotGoal hot) {
        return new Goal(hot.pinnedAt(), hot.target(), hot.ack() == HotGoal.Ack.VERIFIED);
    }

    static String conflict(Plan plan) {
        return "cannot be placed"
                + (plan.decisionReason().isEmpty() ? "" : " (" + plan.decisionReason() + ")")
                + plan.conflict().stream()
                        .limit(3)
                        .map(c -> "; " + c.constraint() + ": " + c.suggestion())
                        .collect(Collectors.joining());
    }

    private static String degraded(Plan plan, Set<String> broken) {
        String excluded = plan.excluded().stream()
                .limit(3)
                .map(e -> e.provider() + " (" + e.reason() + ")")
                .collect(Collectors.joining(", "));
        return "no other provider can take a copy"
                + (broken.isEmpty() ? "" : "; broken: " + String.join(", ", broken))
                + (excluded.isEmpty() ? "" : "; not usable: " + excluded);
    }

    /** Whether the bytes were looked for in vain long enough, and no copy exists or is being made. */
    private boolean sourceless(PinWork pin, Work work) {
        boolean old = world.asOf().toEpochMilli() - pin.created() > giveUpAfter.toMillis();
        return old
                && !work.copies().isEmpty()
                && work.copies().stream()
                        .allMatch(c -> c.state() == ReplicaState.PLANNED && "no-source".equals(c.failure()));
    }

    private static String words(Duration duration) {
        return duration.toHours() >= 1 ? duration.toHours() + " h" : duration.toSeconds() + " s";
    }
}
