package dev.pinfold.broker.placement;

import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.replica.Projection;
import dev.pinfold.broker.replica.Projection.Goal;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.Decision;
import dev.pinfold.broker.store.PlacementStore.PinChange;
import dev.pinfold.broker.store.PlacementStore.PinWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Tier;
import dev.pinfold.policy.command.PlanJson;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the copies of due contents go and what their pins show. Takes a batch of contents, asks the policy
 * engine for every pin that has no placement or whose placement lost a copy, and writes the decisions with their
 * explanation. Level-triggered: it looks at how things are, never at what happened.
 */
public final class Placer {
    private static final int BATCH = 64;
    /** Copies that count as held, or on their way, when the engine is asked what is missing. */
    private static final Set<ReplicaState> SOUND =
            EnumSet.of(ReplicaState.ORDERED, ReplicaState.ACCEPTED, ReplicaState.CLAIMED, ReplicaState.VERIFIED);

    private static final Set<ReplicaState> BROKEN = EnumSet.of(ReplicaState.LOST, ReplicaState.FAILED);

    private final PlacementStore store;
    private final FleetView fleet;
    private final Supplier<Policy> policy;
    private final Settings settings;
    private final Clock clock;
    private final PlacementEngine engine = new PlacementEngine();

    /**
     * The figures behind the rules.
     *
     * @param retry when a placement that is not complete is tried again
     * @param giveUpAfter how long a content that no source has is looked for
     * @param grace how long a copy that nobody wants is kept
     * @param delegates the broker's own addresses
     */
    public record Settings(Duration retry, Duration giveUpAfter, Duration grace, List<String> delegates) {
        public Settings {
            delegates = List.copyOf(delegates);
        }
    }

    public Placer(PlacementStore store, FleetView fleet, Supplier<Policy> policy, Settings settings, Clock clock) {
        this.store = store;
        this.fleet = fleet;
        this.policy = policy;
        this.settings = settings;
        this.clock = clock;
    }

    /** Settles one batch of due contents; returns how many there were. */
    public int settle() {
        return store.settle(BATCH, settings.grace(), work -> {
            Inventory world = fleet.now();
            return work.stream().map(content -> decide(content, world)).toList();
        });
    }

    private Decision decide(Work work, Inventory world) {
        List<PinChange> changes = new ArrayList<>();
        Set<String> wanted = new LinkedHashSet<>();
        boolean complete = true;
        for (PinWork pin : work.pins()) {
            Placed placed = place(pin, work, world);
            wanted.addAll(placed.providers());
            complete &= placed.complete();
            PinChange change = change(pin, placed, work);
            if (change != null) {
                changes.add(change);
            }
        }
        return new Decision(work.content(), changes, wanted, complete ? null : settings.retry());
    }

    /**
     * Where a pin's copies are to be.
     *
     * @param plan the decision taken just now; null when the last one stands
     * @param providers where copies shall be
     * @param hopeless why nothing will ever do; null while there is a way
     * @param waiting why something is missing; null when the copies themselves say it
     * @param complete whether nothing is to be tried again by time alone
     */
    private record Placed(
            @Nullable Plan plan,
            List<String> providers,
            Goal goal,
            @Nullable String hopeless,
            @Nullable String waiting,
            boolean complete) {}

    private Placed place(PinWork pin, Work work, Inventory world) {
        List<String> last = pin.providers().orElse(null);
        Goal goal = pin.goal();
        if (last != null && last.isEmpty() && pin.status() == PinStatus.FAILED && goal != null) {
            return new Placed(null, last, goal, pin.info().get("status_details"), null, true);
        }
        if (last != null && goal != null && sourceless(pin, work)) {
            String reason = "no source had the content for " + words(settings.giveUpAfter()) + "; "
                    + (work.sourceReport() == null ? "" : work.sourceReport() + "; ")
                    + "upload it, or pin again with origins that have it";
            return new Placed(null, List.of(), goal, reason, null, true);
        }
        if (last != null && goal != null && stands(last, goal, work, world)) {
            return new Placed(null, last, goal, null, null, true);
        }
        return decideAnew(pin, work, world, last);
    }

    /** Whether a decision needs no other: enough copies, all at providers that exist and have not failed. */
    private static boolean stands(List<String> providers, Goal goal, Work work, Inventory world) {
        Set<String> broken = providersIn(work.copies(), BROKEN);
        return providers.size() >= goal.target()
                && providers.stream()
                        .allMatch(p -> !broken.contains(p) && world.provider(p).isPresent());
    }

    private static Set<String> providersIn(Collection<CopyWork> copies, Set<ReplicaState> states) {
        return copies.stream()
                .filter(c -> states.contains(c.state()))
                .map(CopyWork::provider)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Placed decideAnew(PinWork pin, Work work, Inventory world, @Nullable List<String> last) {
        Set<String> broken = providersIn(work.copies(), BROKEN);
        Set<String> sound = providersIn(work.copies(), SOUND);
        PlacementRequest request = request(pin, work, sound, last != null);
        Plan plan = engine.plan(policy.get(), world.keeping(p -> !broken.contains(p.id())), request);
        Goal goal = goal(plan.hot());
        if (!plan.feasible()) {
            String conflict = conflict(plan);
            boolean waitable = last != null
                    || plan.decision() == Plan.Decision.QUEUE
                    || engine.plan(policy.get(), fleet.atItsBest(), request).feasible();
            return new Placed(
                    plan, last == null ? List.of() : last, goal, waitable ? null : conflict, conflict, !waitable);
        }
        List<String> chosen = new ArrayList<>(plan.providers(Tier.HOT).toList());
        boolean enough = chosen.size() >= goal.target();
        if (!enough && last != null) {
            // Nobody can stand in for a broken copy: keep wanting it, so that it is used again when it is back.
            last.stream()
                    .filter(p -> !chosen.contains(p) && world.provider(p).isPresent())
                    .limit(goal.target() - chosen.size())
                    .forEach(chosen::add);
        }
        return new Placed(plan, chosen, goal, null, enough ? null : degraded(plan, broken), enough);
    }

    private static PlacementRequest request(PinWork pin, Work work, Set<String> sound, boolean repair) {
        return PlacementRequest.of(pin.token(), pin.name() == null ? "" : pin.name(), work.content(), work.sizeBytes())
                .withTenant(pin.tenant())
                .withMeta(pin.meta())
                .withExisting(List.copyOf(sound))
                .withRebalance(!repair);
    }

    private static Goal goal(HotGoal hot) {
        return new Goal(hot.pinnedAt(), hot.target(), hot.ack() == HotGoal.Ack.VERIFIED);
    }

    private static String conflict(Plan plan) {
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
        boolean old = clock.millis() - pin.created() > settings.giveUpAfter().toMillis();
        return old
                && !work.copies().isEmpty()
                && work.copies().stream()
                        .allMatch(c -> c.state() == ReplicaState.PLANNED && "no-source".equals(c.failure()));
    }

    private @Nullable PinChange change(PinWork pin, Placed placed, Work work) {
        List<CopyWork> mine = work.copies().stream()
                .filter(c -> placed.providers().contains(c.provider()))
                .toList();
        // What the copies say comes first: it is why there is something to wait for.
        String said = Stream.of(missing(mine), placed.waiting())
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        String waiting = said.isEmpty() ? null : said;
        Projection.Shown shown = Projection.show(
                placed.goal(), mine.stream().map(CopyWork::state).toList(), placed.hopeless(), waiting);
        Map<String, String> info = new LinkedHashMap<>(shown.info());
        List<String> delegates = delegates(mine);
        Plan plan = placed.plan();
        boolean same = plan == null
                && shown.status() == pin.status()
                && info.equals(pin.info())
                && delegates.equals(pin.delegates())
                && placed.providers().equals(pin.providers().orElse(null));
        if (same) {
            return null;
        }
        boolean moved = shown.status() != pin.status();
        boolean undecided = placed.providers().isEmpty() && placed.hopeless() == null;
        return new PinChange(
                pin.requestId(),
                shown.status(),
                info,
                delegates,
                plan == null ? null : new JsonObject(PlanJson.plan(plan)).encode(),
                undecided ? null : placed.providers(),
                placed.goal(),
                plan == null ? null : plan.policyRevision(),
                moved ? "pin." + shown.status().word() : null,
                moved ? info.getOrDefault("status_details", info.get("pinfold_replicas")) : null);
    }

    /** What the copies that are not there say, the first few. */
    private static @Nullable String missing(List<CopyWork> copies) {
        String said = copies.stream()
                .filter(c -> c.state() != ReplicaState.VERIFIED && c.detail() != null)
                .limit(3)
                .map(c -> c.provider()
                        + (c.state() == ReplicaState.CLAIMED ? " (not verified yet): " : ": ")
                        + c.detail())
                .collect(Collectors.joining("; "));
        return said.isEmpty() ? null : said;
    }

    /** Where a client can hand the content over: what the providers named, then the broker's own addresses. */
    private List<String> delegates(List<CopyWork> copies) {
        Set<String> delegates = new LinkedHashSet<>();
        for (CopyWork copy : copies) {
            copy.delegates().stream().filter(Placer::dialable).forEach(delegates::add);
        }
        delegates.addAll(settings.delegates());
        return delegates.stream().limit(20).toList();
    }

    private static boolean dialable(String multiaddr) {
        return multiaddr.length() <= 512 && multiaddr.matches("/[!-~]+/p2p/[A-Za-z0-9]{20,128}");
    }

    private static String words(Duration duration) {
        return duration.toHours() >= 1 ? duration.toHours() + " h" : duration.toSeconds() + " s";
    }
}
