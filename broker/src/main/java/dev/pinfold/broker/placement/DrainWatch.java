package dev.pinfold.broker.placement;

import dev.pinfold.broker.alert.Alert;
import dev.pinfold.broker.alert.AlertBook;
import dev.pinfold.broker.alert.AlertKind;
import dev.pinfold.broker.placement.Drains.Drain;
import dev.pinfold.broker.store.DrainStore;
import dev.pinfold.broker.store.DrainStore.Progress;
import dev.pinfold.broker.telemetry.Metrics;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tells the operator that a provider is not left by its deadline, and counts what is left at each. */
public final class DrainWatch {
    private final Drains drains;
    private final DrainStore store;
    private final AlertBook alerts;
    private final Clock clock;
    private final Map<String, Long> left = new ConcurrentHashMap<>();

    /**
     * Makes the watch.
     *
     * @param providers ids of the configured providers
     */
    public DrainWatch(
            Drains drains,
            DrainStore store,
            AlertBook alerts,
            Metrics metrics,
            Collection<String> providers,
            Clock clock) {
        this.drains = drains;
        this.store = store;
        this.alerts = alerts;
        this.clock = clock;
        providers.forEach(id -> metrics.drainLeft(id, () -> left.getOrDefault(id, 0L)));
    }

    /** Compares every drain with its deadline. */
    public void check() {
        Instant now = clock.instant();
        Map<String, Drain> begun = drains.begun();
        left.keySet().retainAll(begun.keySet());
        Set<String> late = new HashSet<>();
        for (Drain drain : begun.values()) {
            String provider = drain.provider();
            long there = store.left(provider);
            left.put(provider, there);
            if (drain.deadline() != null && there > 0) {
                long gone = gone(store, drain, there);
                if (Drains.standing(drain, gone, there, now).late()) {
                    late.add(provider);
                    alerts.raise(
                            AlertKind.DRAIN_LATE,
                            provider,
                            message(drain, there, gone, now, store.progress(provider, drain.since())));
                }
            }
        }
        alerts.open(AlertKind.DRAIN_LATE).stream()
                .map(Alert::subject)
                .filter(provider -> !late.contains(provider))
                .forEach(provider -> alerts.clear(AlertKind.DRAIN_LATE, provider));
    }

    /** How many copies a drain has moved so far. */
    public static long gone(DrainStore store, Drain drain, long left) {
        Long before = drain.copies();
        return before == null ? store.gone(drain.provider(), drain.since()) : Math.max(0, before - left);
    }

    static String message(Drain drain, long left, long gone, Instant now, Progress progress) {
        Instant deadline = java.util.Objects.requireNonNull(drain.deadline());
        Instant end = Drains.standing(drain, gone, left, now).endsAbout();
        return left + " of " + (left + gone) + " copies are still at '" + drain.provider()
                + "', which is to be left by "
                + deadline + when(deadline, end, now) + blocked(progress)
                + "; see 'pinfold provider drain " + drain.provider() + " --status'";
    }

    private static String when(Instant deadline, @Nullable Instant end, Instant now) {
        return now.isAfter(deadline)
                ? ", and that has passed"
                : end == null ? ", and none has left" : ", and at the present pace it is left at " + end;
    }

    private static String blocked(Progress progress) {
        return progress.blocked() == 0
                ? "; raise repair.rate, or the deadline"
                : "; " + progress.blocked() + " have nowhere to go: " + progress.why();
    }
}
