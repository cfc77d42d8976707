package dev.pinfold.broker.reconcile;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.HealthSnapshot;
import dev.pinfold.broker.replica.Change;
import dev.pinfold.broker.replica.Replica;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.ReplicaStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop that makes true what placements want: claim due replicas, and for each one observe, decide
 * ({@link Decide}), act ({@link Steps}), record. It may be killed between any two instructions: what it was doing is
 * found out by observing when the claim's lease has ended.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private final ReplicaStore store;
    private final Fleet fleet;
    private final Steps steps;
    private final Settings settings;
    private final Clock clock;
    private final Runnable changed;
    private final Map<Long, Replica> inHand = new ConcurrentHashMap<>();
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("replica-", 0).factory());
    /** Whether claims may exist that nobody works on. */
    private volatile boolean strayed;

    private final Loop claiming;
    private final Loop extending;

    /**
     * The figures of the loop.
     *
     * @param workers replicas in hand at the same time, over all providers
     * @param lease how long a claim holds without being extended
     * @param poll how often due replicas are looked for when nobody calls
     */
    public record Settings(int workers, Duration lease, Duration poll, Decide.Settings rules) {}

    /**
     * Makes a loop that is to be started.
     *
     * @param changed called when a replica entered another state, so that its pins are looked at
     */
    public Reconciler(ReplicaStore store, Fleet fleet, Steps steps, Settings settings, Clock clock, Runnable changed) {
        this.store = store;
        this.fleet = fleet;
        this.steps = steps;
        this.settings = settings;
        this.clock = clock;
        this.changed = changed;
        this.claiming = new Loop("replicas", settings.poll(), this::claim);
        this.extending = new Loop("leases", settings.lease().dividedBy(3), this::extend);
    }

    public Reconciler start() {
        int abandoned = store.abandonClaims(Set.of());
        if (abandoned > 0) {
            log.info("event=reconcile.resumed claims={}", abandoned);
        }
        claiming.start();
        extending.start();
        return this;
    }

    /** Makes due replicas be looked for at once. */
    public void wake() {
        claiming.wake();
    }

    private int claim() {
        if (strayed) {
            giveBackStrays();
        }
        Map<String, Integer> room = room();
        if (room.isEmpty()) {
            return 0;
        }
        List<Replica> claimed = claim(room);
        for (Replica replica : claimed) {
            inHand.put(replica.id(), replica);
            workers.execute(() -> handle(replica));
        }
        return claimed.size();
    }

    private List<Replica> claim(Map<String, Integer> room) {
        try {
            return store.claim(room, settings.lease());
        } catch (BrokerException e) {
            // The database may have made the claim and died before it could say so.
            strayed = true;
            throw e;
        }
    }

    /** Claims that nobody works on, because the database failed under them, need not wait for the end of their leases. */
    private void giveBackStrays() {
        strayed = false;
        try {
            int given = store.abandonClaims(inHand.keySet());
            log.info("event=reconcile.resumed claims={}", given);
        } catch (BrokerException e) {
            strayed = true;
            throw e;
        }
    }

    /**
     * How many more replicas each provider may have in hand. Every provider has its own share, so that one that hangs
     * holds up nobody else; one that asked to be left alone gets none. One whose breaker is open is asked on: the
     * refusals cost nothing, and are what makes its copies be placed elsewhere.
     */
    private Map<String, Integer> room() {
        int share = Math.max(1, settings.workers() / Math.max(1, fleet.all().size()));
        Map<String, Integer> room = new LinkedHashMap<>();
        Instant now = clock.instant();
        for (GuardedProvider provider : fleet.all()) {
            HealthSnapshot health = provider.health();
            if (later(health.rateLimitedUntil(), now)) {
                continue;
            }
            long busy = inHand.values().stream()
                    .filter(r -> r.provider().equals(provider.id()))
                    .count();
            int free = (int) (Math.min(share, provider.spec().guard().maxConcurrent()) - busy);
            if (free > 0) {
                room.put(provider.id(), free);
            }
        }
        return room;
    }

    private static boolean later(@Nullable Instant until, Instant now) {
        return until != null && until.isAfter(now);
    }

    private int extend() {
        if (!inHand.isEmpty()) {
            store.extend(inHand.values(), settings.lease());
        }
        return 0;
    }

    private void handle(Replica replica) {
        boolean settled = false;
        try {
            step(replica);
            settled = true;
        } catch (BrokerException e) {
            // What became of the step is found out by observing, by whoever claims the replica next.
            log.warn("event=replica.unrecorded replica={} detail=\"{}\"", replica.id(), e.details());
        } catch (RuntimeException e) {
            log.error("event=replica.failed replica={} provider={}", replica.id(), replica.provider(), e);
            store.postpone(replica, settings.rules().retryMax());
            settled = true;
        } finally {
            inHand.remove(replica.id());
            if (!settled) {
                strayed = true;
            }
            claiming.wake();
        }
    }

    private void step(Replica replica) {
        switch (Decide.next(replica)) {
            case Step.Send send -> {
                Steps.Sent sent = steps.send(replica);
                if (sent.orderKey() == null) {
                    record(replica, sent.outcome());
                } else {
                    write(
                            replica,
                            Decide.afterSend(
                                    replica, sent.orderKey(), sent.outcome(), settings.rules(), clock.instant()));
                }
            }
            case Step.Look look -> record(replica, steps.look(replica));
            case Step.Check check -> record(replica, steps.check(replica));
            case Step.LetGo letGo -> record(replica, steps.letGo(replica));
            case Step.Forget forget -> {
                store.forget(replica);
                changed.run();
            }
            case Step.StartOver over -> write(replica, Decide.startOver(replica));
            case Step.Rest rest -> store.postpone(replica, settings.rules().observeEvery());
        }
    }

    private void record(Replica replica, Outcome outcome) {
        Decide.after(replica, outcome, settings.rules(), clock.instant())
                .ifPresentOrElse(change -> write(replica, change), () -> {
                    store.forget(replica);
                    changed.run();
                });
    }

    private void write(Replica replica, Change change) {
        if (!store.record(replica, change)) {
            log.info("event=replica.fenced replica={} provider={}", replica.id(), replica.provider());
            return;
        }
        if (change.state() != replica.state()) {
            log.info(
                    "event=replica.moved cid={} provider={} from={} to={} failure={}",
                    replica.content(),
                    replica.provider(),
                    replica.state().word(),
                    change.state().word(),
                    change.failure());
            if (change.state() == ReplicaState.LOST) {
                log.warn(
                        "event=replica.lost cid={} provider={} detail=\"{}\"",
                        replica.content(),
                        replica.provider(),
                        change.detail());
            }
        }
        if (change.state() != replica.state() || change.detail() != null) {
            changed.run();
        }
    }

    /** Stops claiming, and lets the steps at hand end for a short while. */
    @Override
    public void close() {
        claiming.close();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
                workers.shutdownNow();
                workers.awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        extending.close();
    }
}
