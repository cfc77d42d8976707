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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
        return with(replica, provider -> {
            Sighting sighting = provider.observe(replica.ref(), deadline(provider));
            dropDuplicates(provider, replica, sighting);
            return new Outcome.Seen(sighting);
        });
    }

    /** Asks for the state, then fetches blocks and hashes them; the first thing that is wrong is the outcome. */
    Outcome check(Replica replica) {
        return with(replica, provider -> {
            boolean asked = replica.state() == ReplicaState.VERIFIED || replica.attempts() > 1;
            if (asked && provider.can(Capability.STATUS)) {
                // After a repeated order the search goes by the order's key, which also finds a second pin of it.
                OrderRef ref = replica.state() == ReplicaState.CLAIMED
                        ? new OrderRef(replica.ref().key(), replica.content(), null)
                        : replica.ref();
                Sighting sighting = provider.observe(ref, deadline(provider));
                dropDuplicates(provider, replica, sighting);
                if (!(sighting.observation() instanceof Observation.Stored)
                        && !(sighting.observation() instanceof Observation.Unknown)) {
                    return new Outcome.Seen(sighting);
                }
            }
            return content.check(provider, replica.content(), deadline(provider));
        });
    }

    /** Releases a copy; one whose id is not known is searched for by the order's key. */
    Outcome letGo(Replica replica) {
        return with(replica, provider -> {
            OrderRef ref = replica.ref();
            if ((ref.upstreamId() == null || replica.attempts() > 1) && provider.can(Capability.STATUS)) {
                Sighting sighting = provider.observe(new OrderRef(ref.key(), ref.cid(), null), deadline(provider));
                dropDuplicates(provider, replica, sighting);
                if (sighting.upstreamId() != null) {
                    ref = new OrderRef(ref.key(), ref.cid(), sighting.upstreamId());
                } else if (ref.upstreamId() == null) {
                    return new Outcome.Seen(sighting);
                }
            }
            provider.unpin(ref, deadline(provider));
            return new Outcome.Released();
        });
    }

    private void dropDuplicates(GuardedProvider provider, Replica replica, Sighting sighting) {
        for (String duplicate : sighting.duplicates()) {
            provider.unpin(new OrderRef(replica.ref().key(), replica.content(), duplicate), deadline(provider));
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
