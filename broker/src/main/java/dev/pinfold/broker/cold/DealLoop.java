package dev.pinfold.broker.cold;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.alert.AlertKind;
import dev.pinfold.broker.alert.Alerts;
import dev.pinfold.broker.cold.DealDecide.Decision;
import dev.pinfold.broker.cold.DealDecide.Rules;
import dev.pinfold.broker.cold.DealMakers.Maker;
import dev.pinfold.broker.reconcile.Loop;
import dev.pinfold.broker.store.DealPieces;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Policy;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.DealEvent;
import dev.pinfold.spi.deal.DealMaker;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.NodeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes deals from one checkpoint to the next: claims those that are due, looks, decides ({@link DealDecide}), acts, and
 * writes down. Level-triggered: it may be killed at any instruction and goes on from what is written.
 */
public final class DealLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DealLoop.class);
    /** Rules for deals of a maker that cannot be opened: all that is used of them are the pauses. */
    private static final NodeReport NOTHING_KNOWN = new NodeReport("", "", new Epoch(0), "", List.of(), "", 0, 1, 1, 0);

    private final DealStore store;
    private final DealPieces pieces;
    private final DealMakers makers;
    private final DealSteps steps;
    private final DealKeeper keeper;
    private final DealSettings settings;
    private final Supplier<Policy> policy;
    private final Alerts alerts;
    private final Metrics metrics;
    private final Runnable changed;
    private final Map<UUID, Deal> inHand = new ConcurrentHashMap<>();
    private final List<DealMaker.Watch> watches = new ArrayList<>();
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("deal-", 0).factory());
    private volatile boolean strayed;

    private final Loop claiming;
    private final Loop extending;
    private final Loop keeping;

    /**
     * Makes a loop that is to be started.
     *
     * @param changed called when pins may have something new to show
     */
    DealLoop(
            DealStore store,
            DealPieces pieces,
            DealMakers makers,
            DealSteps steps,
            DealKeeper keeper,
            DealSettings settings,
            Supplier<Policy> policy,
            Alerts alerts,
            Metrics metrics,
            Runnable changed) {
        this.store = store;
        this.pieces = pieces;
        this.makers = makers;
        this.steps = steps;
        this.keeper = keeper;
        this.settings = settings;
        this.policy = policy;
        this.alerts = alerts;
        this.metrics = metrics;
        this.changed = changed;
        this.claiming = new Loop("deals", settings.pause(), this::claim);
        this.extending = new Loop("deal-leases", settings.lease().dividedBy(3), this::extend);
        this.keeping = new Loop("deal-pieces", settings.pause(), this::keep);
    }

    /** Does nothing where no provider makes deals. */
    public DealLoop start() {
        if (makers.any()) {
            int abandoned = store.abandonClaims(Set.of()) + pieces.abandonClaims();
            if (abandoned > 0) {
                log.info("event=deals.resumed claims={}", abandoned);
            }
            claiming.start();
            extending.start();
            keeping.start();
            Thread.startVirtualThread(this::watch);
        }
        return this;
    }

    /** Events only make looks come earlier, so a node that cannot be listened to is no trouble. */
    private void watch() {
        for (String id : makers.ids()) {
            try {
                DealMaker.Watch watch =
                        makers.open(id).deals().watch(event -> Thread.startVirtualThread(() -> happened(id, event)));
                synchronized (watches) {
                    watches.add(watch);
                }
            } catch (ProviderException e) {
                log.warn(
                        "event=deals.unwatched provider={} detail=\"{}\"",
                        id,
                        e.failure().detail());
            }
        }
    }

    private void happened(String maker, DealEvent event) {
        boolean matters = switch (event) {
            case DealEvent.NewHead head -> head.reorganised();
            case DealEvent.DealChanged deal -> true;
        };
        if (matters) {
            try {
                store.markDue(maker);
                claiming.wake();
            } catch (BrokerException e) {
                log.info("event=deals.hint-lost detail=\"{}\"", e.details());
            }
        }
    }

    private int keep() {
        PieceNeed need = pieces.claim(settings.lease().multipliedBy(2));
        if (need == null) {
            return 0;
        }
        if (keeper.settle(need)) {
            claiming.wake();
            changed.run();
        }
        return 1;
    }

    private int claim() {
        if (strayed) {
            strayed = false;
            store.abandonClaims(inHand.keySet());
        }
        int free = settings.workers() - inHand.size();
        if (free <= 0) {
            return 0;
        }
        List<Deal> claimed;
        try {
            claimed = store.claim(makers.ids(), free, settings.lease());
        } catch (BrokerException e) {
            strayed = true;
            throw e;
        }
        for (Deal deal : claimed) {
            inHand.put(deal.id(), deal);
            workers.execute(() -> handle(deal));
        }
        return claimed.size();
    }

    private int extend() {
        if (!inHand.isEmpty()) {
            store.extend(inHand.values(), settings.lease());
        }
        return 0;
    }

    private void handle(Deal deal) {
        boolean settled = false;
        try {
            step(deal);
            settled = true;
        } catch (BrokerException e) {
            // What became of the step is found out by looking, by whoever claims the deal next.
            log.warn("event=deal.unrecorded deal={} detail=\"{}\"", deal.id(), e.details());
            if (e.kind() == ErrorKind.CONFLICT) {
                store.postpone(deal, settings.check());
                settled = true;
            }
        } catch (RuntimeException e) {
            log.error("event=deal.failed deal={} provider={}", deal.id(), deal.provider(), e);
            store.postpone(deal, settings.check());
            settled = true;
        } finally {
            inHand.remove(deal.id());
            if (!settled) {
                strayed = true;
            }
            claiming.wake();
        }
    }

    private void step(Deal deal) {
        Maker maker;
        Epoch head;
        try {
            maker = makers.open(deal.intent().maker());
            head = maker.deals().head(maker.soon());
        } catch (ProviderException e) {
            tellOfPermission(deal, e.failure());
            write(deal, DealDecide.unreachable(deal, e.failure(), settings.rules(null, NOTHING_KNOWN)));
            return;
        }
        Rules rules = settings.rules(
                policy.get()
                        .placementClass(deal.className())
                        .map(PlacementClass::cold)
                        .orElse(null),
                maker.report());
        switch (DealDecide.next(deal, head, rules)) {
            case DealStep.Prepare prepare -> {
                DealOutcome outcome = steps.prepare(maker, deal);
                tellOfMoney(deal, outcome);
                write(deal, DealDecide.after(deal, outcome, head, rules));
            }
            case DealStep.Propose propose -> propose(maker, deal, head, rules);
            case DealStep.Look look -> write(deal, DealDecide.after(deal, steps.look(maker, deal), head, rules));
            case DealStep.Withdraw withdraw -> write(deal, DealDecide.withdrawn(deal, withdraw.why()));
            case DealStep.Release release ->
                write(deal, DealDecide.after(deal, steps.release(maker, deal), head, rules));
            case DealStep.Rest rest -> write(deal, new Decision(deal.checkpoint(), null));
        }
        tellOfEnd(deal, head, rules);
    }

    /** That it is about to be proposed is on the disk before anybody hears of it. */
    private void propose(Maker maker, Deal deal, Epoch head, Rules rules) {
        Checkpoint proposing = deal.checkpoint().in(DealState.PROPOSING);
        if (!store.hold(deal, proposing)) {
            log.info("event=deal.fenced deal={}", deal.id());
            return;
        }
        Deal proposed = deal.at(proposing);
        DealOutcome outcome = steps.propose(maker, proposed);
        tellOfSigning(deal, outcome);
        write(proposed, DealDecide.afterProposal(proposed, outcome, head, rules));
    }

    private void write(Deal deal, Decision decision) {
        Checkpoint next = decision.next();
        if (!store.record(deal, next, decision.pause())) {
            log.info("event=deal.fenced deal={}", deal.id());
            return;
        }
        if (deal.state() != next.state()) {
            log.info(
                    "event=deal.moved deal={} piece={} provider={} from={} to={} detail=\"{}\"",
                    deal.id(),
                    deal.intent().piece(),
                    deal.provider(),
                    deal.state().word(),
                    next.state().word(),
                    next.detail());
            metrics.dealMoved(deal.intent().maker(), next.state().word());
            if (next.state() == DealState.SLASHED || next.state() == DealState.LOST) {
                alerts.raise(
                        AlertKind.DEAL_SLASHED,
                        deal.id().toString(),
                        deal.provider() + " lost piece " + deal.intent().piece() + " (" + next.detail()
                                + "); another storage provider is asked for a copy");
            }
            keeping.wake();
            changed.run();
        }
    }

    private void tellOfMoney(Deal deal, DealOutcome outcome) {
        if (outcome instanceof DealOutcome.Broke broke) {
            if (broke.failure() instanceof Failure.QuotaExceeded lacks) {
                alerts.raise(AlertKind.FUNDS_LOW, deal.intent().maker(), lacks.detail());
            }
            tellOfPermission(deal, broke.failure());
        } else if (outcome instanceof DealOutcome.Prepared) {
            alerts.clear(AlertKind.FUNDS_LOW, deal.intent().maker());
        }
    }

    private void tellOfSigning(Deal deal, DealOutcome outcome) {
        if (outcome instanceof DealOutcome.Broke broke) {
            tellOfPermission(deal, broke.failure());
        } else {
            alerts.clear(AlertKind.NODE_REFUSES, deal.intent().maker());
        }
    }

    private void tellOfPermission(Deal deal, Failure failure) {
        if (failure instanceof Failure.Unauthorized lacks) {
            alerts.raise(AlertKind.NODE_REFUSES, deal.intent().maker(), lacks.detail());
        }
    }

    /** A deal that is not renewed by itself. One that is, is told of where no other can be found for it. */
    private void tellOfEnd(Deal deal, Epoch head, Rules rules) {
        boolean stored = deal.state().stored();
        boolean soon = head.until(deal.end()) <= Math.max(rules.renewBefore(), Epoch.PER_DAY);
        if (stored && soon && deal.wanted() && !rules.renew()) {
            alerts.raise(
                    AlertKind.DEAL_EXPIRING,
                    deal.id().toString(),
                    "the deal with " + deal.provider() + " ends at " + deal.end()
                            + " and the policy does not renew it: set cold.deal.renew, or let it end");
        } else if (deal.state().over()) {
            alerts.clear(AlertKind.DEAL_EXPIRING, deal.id().toString());
        }
    }

    /** Stops claiming, and lets the steps at hand end for a short while. */
    @Override
    public void close() {
        synchronized (watches) {
            watches.forEach(DealMaker.Watch::close);
        }
        claiming.close();
        keeping.close();
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
