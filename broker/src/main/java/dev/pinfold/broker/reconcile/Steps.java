package dev.pinfold.broker.reconcile;

import dev.pinfold.broker.provider.BreakerState;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.replica.Replica;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.ReplicaStore;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The acts of the reconcile loop: each calls a provider, and returns how that ended instead of throwing. */
public final class Steps {
    private final Fleet fleet;
    private final ReplicaStore store;
    private final Content content;
    private final Duration fetchTimeout;

    /**
     * Makes the acts.
     *
     * @param fetchTimeout the longest that getting the bytes of one content may take
     */
    public Steps(Fleet fleet, ReplicaStore store, Content content, Duration fetchTimeout) {
        this.fleet = fleet;
        this.store = store;
        this.content = content;
        this.fetchTimeout = fetchTimeout;
    }

    /**
     * How sending ended.
     *
     * @param orderKey the key it was sent under; null when nothing was sent
     */
    record Sent(@Nullable String orderKey, Outcome outcome) {}

    /**
     * Orders a copy. The intent is written down before the provider hears of it; the bytes are at hand before that, so
     * that the time between intent and call is short.
     */
    Sent send(Replica replica) {
        GuardedProvider provider = fleet.find(replica.provider()).orElse(null);
        if (provider == null) {
            return new Sent(null, gone(replica));
        }
        boolean takesCars = provider.can(Capability.UPLOAD_CAR);
        boolean pinsByCid = provider.can(Capability.PIN_BY_CID);
        if (takesCars && (!pinsByCid || content.has(replica.content()))) {
            return switch (content.obtain(
                    replica.content(), replica.origins(), holders(replica), Deadline.after(fetchTimeout))) {
                case Content.Found.Nowhere nowhere -> {
                    store.reportSources(replica.content(), nowhere.report());
                    yield new Sent(null, new Outcome.NoSource(nowhere.report()));
                }
                case Content.Found.Here here -> {
                    store.learnSize(replica.content(), here.dagBytes());
                    yield order(
                            provider,
                            replica,
                            OptionalLong.of(here.dagBytes()),
                            order -> provider.upload(
                                    order,
                                    here.car(),
                                    Deadline.after(provider.spec().guard().uploadTimeout())));
                }
            };
        }
        return order(provider, replica, OptionalLong.empty(), order -> provider.pin(order, deadline(provider)));
    }

    private interface Call {
        Sighting make(Order order);
    }

    private Sent order(GuardedProvider provider, Replica replica, OptionalLong size, Call call) {
        if (provider.health().breaker() == BreakerState.OPEN) {
            return new Sent(
                    null, new Outcome.Broke(new Failure.Unavailable("not called: its circuit breaker is open")));
        }
        String key = replica.orderKey() == null ? UUID.randomUUID().toString() : replica.orderKey();
        if (!store.intend(replica, key)) {
            return new Sent(null, new Outcome.Broke(new Failure.Unavailable("the claim has passed to another broker")));
        }
        Order order = new Order(key, replica.content(), replica.origins(), Map.of("pinned_by", "pinfold"), size);
        return new Sent(key, attempt(() -> new Outcome.Seen(call.make(order))));
    }

    /** Asks for the state of the order and removes duplicates of it. */
    Outcome look(Replica replica) {
        return with(replica, provider -> new Outcome.Seen(sight(provider, replica)));
    }

    /** Asks for the state, then fetches blocks and hashes them; the first thing that is wrong is the outcome. */
    Outcome check(Replica replica) {
        return with(replica, provider -> {
            boolean asked = replica.state() == ReplicaState.VERIFIED || replica.attempts() > 1;
            if (asked && provider.can(Capability.STATUS)) {
                Sighting sighting = sight(provider, replica);
                boolean doubted = !(sighting.observation() instanceof Observation.Stored)
                        && !(sighting.observation() instanceof Observation.Unknown);
                boolean another =
                        sighting.upstreamId() != null && !sighting.upstreamId().equals(replica.upstreamId());
                if (doubted || another) {
                    return new Outcome.Seen(sighting);
                }
            }
            return content.check(provider, replica.content(), deadline(provider));
        });
    }

    /**
     * Looks at the order. One that was sent more than once is also searched by its key, which finds what an earlier
     * sending left behind: it goes, unless it is all that is there.
     */
    private Sighting sight(GuardedProvider provider, Replica replica) {
        Sighting sighting = provider.observe(replica.ref(), deadline(provider));
        if (replica.upstreamId() == null || replica.attempts() <= 1) {
            unpin(provider, replica, sighting.duplicates());
            return sighting;
        }
        Sighting found = byKey(provider, replica);
        if (sighting.observation() instanceof Observation.Absent && found.upstreamId() != null) {
            unpin(provider, replica, found.duplicates());
            return found;
        }
        Set<String> others = ids(found);
        others.remove(replica.upstreamId());
        unpin(provider, replica, others);
        return sighting;
    }

    private static Sighting byKey(GuardedProvider provider, Replica replica) {
        return provider.observe(new OrderRef(replica.ref().key(), replica.content(), null), deadline(provider));
    }

    private static Set<String> ids(Sighting sighting) {
        Set<String> ids = new LinkedHashSet<>(sighting.duplicates());
        if (sighting.upstreamId() != null) {
            ids.add(sighting.upstreamId());
        }
        return ids;
    }

    /** Releases a copy; what an order whose id is not known, or that was sent again, left behind is searched for. */
    Outcome letGo(Replica replica) {
        return with(replica, provider -> {
            Set<String> ids = new LinkedHashSet<>();
            if ((replica.upstreamId() == null || replica.attempts() > 1) && provider.can(Capability.STATUS)) {
                Sighting sighting = byKey(provider, replica);
                ids.addAll(ids(sighting));
                boolean nothing = sighting.observation() instanceof Observation.Absent
                        || sighting.observation() instanceof Observation.Unknown;
                if (nothing && ids.isEmpty() && replica.upstreamId() == null) {
                    return new Outcome.Seen(sighting);
                }
            }
            ids.remove(replica.upstreamId());
            unpin(provider, replica, ids);
            if (replica.upstreamId() != null || ids.isEmpty()) {
                provider.unpin(replica.ref(), deadline(provider));
            }
            return new Outcome.Released();
        });
    }

    private static void unpin(GuardedProvider provider, Replica replica, Collection<String> ids) {
        for (String id : ids) {
            provider.unpin(new OrderRef(replica.ref().key(), replica.content(), id), deadline(provider));
        }
    }

    private interface Act {
        Outcome on(GuardedProvider provider);
    }

    private Outcome with(Replica replica, Act act) {
        Optional<GuardedProvider> provider = fleet.find(replica.provider());
        return provider.map(p -> attempt(() -> act.on(p))).orElseGet(() -> gone(replica));
    }

    private static Outcome attempt(Supplier<Outcome> act) {
        try {
            return act.get();
        } catch (ProviderException e) {
            return new Outcome.Broke(e.failure());
        }
    }

    private static Outcome gone(Replica replica) {
        return new Outcome.Broke(
                new Failure.Unavailable("provider '" + replica.provider() + "' is not configured any more"));
    }

    private List<GuardedProvider> holders(Replica replica) {
        return store.holders(replica.content()).stream()
                .filter(id -> !id.equals(replica.provider()))
                .flatMap(id -> fleet.find(id).stream())
                .toList();
    }

    private static Deadline deadline(GuardedProvider provider) {
        return Deadline.after(provider.spec().guard().callTimeout());
    }
}
