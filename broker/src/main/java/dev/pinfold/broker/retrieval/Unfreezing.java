package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.retrieval.race.Popularity;
import dev.pinfold.broker.retrieval.race.Thaw;
import dev.pinfold.broker.store.UnfreezeStore;
import dev.pinfold.broker.store.UnfreezeStore.Wish;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes content hot again that is read often while only cold copies have it, as far as the class of its pins allows that
 * and its price: its pins are placed anew, and copies that were given up for a while are tried at once.
 */
public final class Unfreezing implements Unfreezer, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Unfreezing.class);

    private final Popularity popularity = new Popularity();
    private final UnfreezeStore store;
    private final Supplier<Policy> policy;
    private final ColdStaging cold;
    private final Metrics metrics;
    private final Runnable wake;
    /** One after the other: what is popular waits for nobody. */
    private final ExecutorService decisions = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("unfreeze").factory());

    /**
     * Makes it.
     *
     * @param wake lets placement and reconciliation look at once
     */
    public Unfreezing(UnfreezeStore store, Supplier<Policy> policy, ColdStaging cold, Metrics metrics, Runnable wake) {
        this.store = store;
        this.policy = policy;
        this.cold = cold;
        this.metrics = metrics;
        this.wake = wake;
    }

    @Override
    public void read(Cid root) {
        popularity.read(root.canonical(), System.nanoTime());
        decideIfDue(root);
    }

    @Override
    public void found(Cid root, List<Ledger.Copy> copies) {
        boolean some = !copies.isEmpty();
        popularity.looked(root.canonical(), some && copies.stream().allMatch(Ledger.Copy::cold));
        decideIfDue(root);
    }

    private void decideIfDue(Cid root) {
        int reads = popularity.due(root.canonical(), System.nanoTime());
        if (reads > 0) {
            try {
                decisions.execute(() -> decide(root, reads));
            } catch (RejectedExecutionException e) {
                // The broker is stopping.
            }
        }
    }

    private void decide(Cid root, int reads) {
        try {
            UnfreezeStore.Subject subject = store.subject(root);
            Optional<Money> price = cold.copies().price(root);
            List<UUID> pins = new ArrayList<>();
            String why = "no class of its pins has cold copies";
            for (Wish wish : subject.wishes()) {
                ColdGoal goal = policy.get()
                        .placementClass(wish.className())
                        .map(PlacementClass::cold)
                        .orElse(null);
                if (goal == null) {
                    continue;
                }
                switch (Thaw.decide(reads, subject.hotCopies(), goal.unfreeze(), price)) {
                    case Thaw.MakeHot hot -> pins.add(wish.requestId());
                    case Thaw.LeaveCold not -> why = not.why();
                }
            }
            if (pins.isEmpty()) {
                metrics.unfreeze("cold");
                log.info("event=content.left-cold cid={} reads={} why=\"{}\"", root, reads, why);
            } else {
                makeHot(root, reads, pins, price);
            }
        } catch (BrokerException e) {
            log.warn("event=content.unfreeze.failed cid={} failure=\"{}\"", root, e.details());
        }
    }

    private void makeHot(Cid root, int reads, List<UUID> pins, Optional<Money> price) {
        String detail = "read " + reads + " times within a day while only cold copies had it; one retrieval costs "
                + price.map(Money::toString).orElse("an unknown price");
        if (store.unfreeze(root, pins, detail)) {
            metrics.unfreeze("hot");
            log.info("event=content.unfrozen cid={} detail=\"{}\"", root, detail);
            wake.run();
        }
    }

    @Override
    public void close() {
        decisions.shutdownNow();
    }
}
