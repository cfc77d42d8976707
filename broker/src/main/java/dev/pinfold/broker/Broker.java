package dev.pinfold.broker;

import dev.pinfold.broker.alert.AlertBook;
import dev.pinfold.broker.api.AdoptionRoutes;
import dev.pinfold.broker.api.AlertRoutes;
import dev.pinfold.broker.api.ApiServer;
import dev.pinfold.broker.api.Authenticator;
import dev.pinfold.broker.api.ContentRoutes;
import dev.pinfold.broker.api.DealRoutes;
import dev.pinfold.broker.api.DrainRoutes;
import dev.pinfold.broker.api.Errors;
import dev.pinfold.broker.api.ManagementServer;
import dev.pinfold.broker.api.PieceRoutes;
import dev.pinfold.broker.api.PinRoutes;
import dev.pinfold.broker.api.PlacementRoutes;
import dev.pinfold.broker.api.PlanRoutes;
import dev.pinfold.broker.api.PolicyRoutes;
import dev.pinfold.broker.api.ProviderRoutes;
import dev.pinfold.broker.api.RateLimiter;
import dev.pinfold.broker.api.RetrievalRoutes;
import dev.pinfold.broker.api.TokenRoutes;
import dev.pinfold.broker.api.Tokens;
import dev.pinfold.broker.api.UsageRoutes;
import dev.pinfold.broker.cluster.BrokerIdentity;
import dev.pinfold.broker.cold.Bundler;
import dev.pinfold.broker.cold.DealLoop;
import dev.pinfold.broker.cold.DealMakers;
import dev.pinfold.broker.cold.DealSettings;
import dev.pinfold.broker.cold.DealTokens;
import dev.pinfold.broker.cold.Deals;
import dev.pinfold.broker.cold.Networks;
import dev.pinfold.broker.cold.PieceCopies;
import dev.pinfold.broker.cold.PieceShelf;
import dev.pinfold.broker.cold.Receipts;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.gateway.GatewayServer;
import dev.pinfold.broker.pin.PinService;
import dev.pinfold.broker.placement.Adopter;
import dev.pinfold.broker.placement.BudgetWatch;
import dev.pinfold.broker.placement.DrainWatch;
import dev.pinfold.broker.placement.Drains;
import dev.pinfold.broker.placement.FleetView;
import dev.pinfold.broker.placement.FleetWatch;
import dev.pinfold.broker.placement.Mover;
import dev.pinfold.broker.placement.Placer;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.placement.ProviderStates;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.reconcile.Decide;
import dev.pinfold.broker.reconcile.Loop;
import dev.pinfold.broker.reconcile.Reconciler;
import dev.pinfold.broker.reconcile.Steps;
import dev.pinfold.broker.retrieval.BlockCache;
import dev.pinfold.broker.retrieval.DataPath;
import dev.pinfold.broker.retrieval.RacingRetrieval;
import dev.pinfold.broker.retrieval.ReplicaLedger;
import dev.pinfold.broker.retrieval.RetrievalLog;
import dev.pinfold.broker.retrieval.Unfreezing;
import dev.pinfold.broker.store.AlertStore;
import dev.pinfold.broker.store.BundleStore;
import dev.pinfold.broker.store.CopyStore;
import dev.pinfold.broker.store.Database;
import dev.pinfold.broker.store.DatabaseConfig;
import dev.pinfold.broker.store.DealLists;
import dev.pinfold.broker.store.DealPieces;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.broker.store.DrainStore;
import dev.pinfold.broker.store.MoveStore;
import dev.pinfold.broker.store.PieceDetails;
import dev.pinfold.broker.store.PieceStore;
import dev.pinfold.broker.store.PinDetails;
import dev.pinfold.broker.store.PinLists;
import dev.pinfold.broker.store.PinStore;
import dev.pinfold.broker.store.PlacementStore;
import dev.pinfold.broker.store.PlanStore;
import dev.pinfold.broker.store.PolicyStore;
import dev.pinfold.broker.store.ProviderHistoryStore;
import dev.pinfold.broker.store.ProviderStateStore;
import dev.pinfold.broker.store.ReplicaStore;
import dev.pinfold.broker.store.TokenStore;
import dev.pinfold.broker.store.UnfreezeStore;
import dev.pinfold.broker.store.UsageStore;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.dag.DagLimits;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole broker, put together. Reads top to bottom: what is opened first is closed last.
 *
 * <p>Where to read on: {@link PinRoutes} takes a pin, {@link PinService} stores it, {@link Placer} decides where its
 * copies go, {@link Reconciler} makes them, {@link Decide} holds the rules.
 */
public final class Broker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Broker.class);
    private static final Duration FOLD_EVERY = Duration.ofMillis(500);
    private static final int BACKLOG = 4_000;
    private static final Duration MOVES_EVERY = Duration.ofMillis(250);
    private static final Duration EXPIRY_EVERY = Duration.ofSeconds(1);
    private static final int EXPIRED_AT_ONCE = 100;
    private static final Duration POLICY_EVERY = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
    private static final Duration ALERTS_EVERY = Duration.ofSeconds(2);
    private static final Duration ALERTS_KEPT = Duration.ofDays(90);
    private static final Duration PLANS_KEPT = Duration.ofDays(90);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final BrokerConfig config;
    private final BrokerIdentity identity;
    private final TokenStore tokens;
    private final ApiServer api;
    private final ManagementServer management;

    /**
     * Starts a broker; ready when this returns.
     *
     * @throws IllegalStateException it cannot start; the message says why and what to do
     */
    public static Broker start(BrokerConfig config) {
        return new Broker(config);
    }

    private Broker(BrokerConfig config) {
        this.config = config;
        try {
            Clock clock = Clock.systemUTC();
            identity = opened(BrokerIdentity.open(config.dataDirectory()));
            Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
            opened(() -> vertx.close().await(10, TimeUnit.SECONDS));
            PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            opened(meters::close);
            Metrics metrics = new Metrics(meters);

            Opening<Database> opening = Opening.begin("database", () -> Database.open(vertx, databaseConfig()));
            opened(opening::closeOnceOpen);
            Fleet fleet = opened(
                    Fleet.open(config.providers().stream().map(ProviderSpec::of).toList(), vertx, metrics));
            PieceShelf shelf = opened(openShelf());
            BlockCache cache = opened(
                    BlockCache.open(config.dataDirectory(), config.storage().cacheCapacity()));
            PinService.Rules pinRules = pinRules();

            Database database = opening.await();
            management = opened(ManagementServer.open(vertx, config.management(), database, meters));
            tokens = new TokenStore(database.reads(), database.writes());
            PinStore pinStore = new PinStore(database.reads(), database.writes());
            PinLists pinLists = new PinLists(database.reads(), database.bookkeeping());
            ReplicaStore replicas = new ReplicaStore(database, identity.id());
            PlacementStore placements = new PlacementStore(database);

            PieceStore pieces = new PieceStore(database);
            DealStore deals = new DealStore(database, identity.id());
            Networks networks = new Networks(fleet);
            DataPath dataPath = opened(
                    DataPath.open(config, vertx, metrics, new PieceCopies(pieces, deals, shelf, fleet, clock), clock));

            AlertStore alertStore = new AlertStore(database);
            AlertBook alerts = new AlertBook(alertStore, metrics);

            Wakeups wakeups = new Wakeups();
            PolicyStore policyStore = new PolicyStore(database);
            Policies policies = Policies.open(policyStore, config.policy().file());
            PlanStore plans = new PlanStore(database);
            UsageStore usage = new UsageStore(database);
            BudgetWatch budgets = new BudgetWatch(usage, policies, alerts, metrics);
            ProviderStateStore stateStore = new ProviderStateStore(database);
            ProviderStates states = ProviderStates.open(stateStore);
            ProviderHistoryStore histories = new ProviderHistoryStore(database);
            histories.note(FleetView.prices(config.providers()));
            FleetView view =
                    new FleetView(config.providers(), histories.all(), fleet, replicas, states, policies, clock);
            Drains drains = new Drains(states, policies, clock);
            DrainStore drainStore = new DrainStore(database);
            DrainWatch late = new DrainWatch(
                    drains,
                    drainStore,
                    alerts,
                    metrics,
                    config.providers().stream().map(ProviderEntry::id).toList(),
                    clock);
            FleetWatch brake = new FleetWatch(view, policies, alerts);
            Placer placer = new Placer(placements, view, drains, policies, placerSettings());
            Steps steps = new Steps(fleet, replicas, dataPath, config.fetch().totalTimeout());
            Reconciler reconciler =
                    opened(new Reconciler(replicas, fleet, steps, reconcilerSettings(), clock, wakeups::placement));
            Loop placing = opened(new Loop("placement", config.reconcile().pollInterval(), () -> {
                int settled = placer.settle();
                if (settled > 0) {
                    wakeups.replicas();
                }
                return settled;
            }));
            wakeups.set(placing::wake, reconciler::wake);
            Mover mover = new Mover(
                    new MoveStore(database),
                    drainStore,
                    drains,
                    states,
                    view,
                    policies,
                    config.reconcile().retryMax(),
                    metrics);
            Loop moving = opened(new Loop("moves", MOVES_EVERY, () -> {
                int moved = mover.advance();
                if (moved > 0) {
                    wakeups.placement();
                }
                return 0;
            }));
            Bundler bundler = new Bundler(
                    new BundleStore(database),
                    pieces,
                    shelf,
                    replicas,
                    fleet,
                    dataPath,
                    policies,
                    identity.id(),
                    clock);
            bundler.resume();
            opened(new Loop("bundles", config.reconcile().pollInterval(), bundler::gather))
                    .start();
            opened(new Loop("pieces", config.reconcile().pollInterval(), bundler::seal))
                    .start();
            DealLoop dealing = opened(Deals.loop(
                    deals,
                    new DealPieces(database, identity.id(), deals),
                    new DealMakers(fleet, clock),
                    shelf,
                    dealSettings(),
                    policies,
                    states::of,
                    new DealTokens(deal -> "pf_" + identity.secretFor("deal " + deal), Tokens::hash),
                    alerts,
                    metrics,
                    clock,
                    wakeups::placement));
            opened(new Loop("tallies", FOLD_EVERY, () -> foldTallies(database, pinLists)))
                    .start();
            database.onNotify(
                    ProviderStateStore.CHANGED_CHANNEL,
                    provider -> Thread.startVirtualThread(states::reload),
                    () -> Thread.startVirtualThread(states::reload));
            Runnable newPolicy = () -> {
                policies.reload();
                placements.markGoneDue();
                placing.wake();
            };
            database.onNotify(
                    PolicyStore.CHANGED_CHANNEL,
                    revision -> Thread.startVirtualThread(newPolicy),
                    () -> Thread.startVirtualThread(newPolicy));
            opened(new Loop("policy-file", POLICY_EVERY, () -> {
                        policies.readFile();
                        return 0;
                    }))
                    .start();
            opened(new Loop("sweep", SWEEP_EVERY, () -> {
                        database.await(pinStore.dropExpiredKeys());
                        dataPath.sweep(replicas);
                        bundler.sweep();
                        alertStore.dropOld(ALERTS_KEPT);
                        plans.dropOld(PLANS_KEPT);
                        return 0;
                    }))
                    .start();
            opened(new Loop("alerts", ALERTS_EVERY, () -> {
                        budgets.check();
                        brake.check();
                        late.check();
                        alerts.refresh();
                        return 0;
                    }))
                    .start();
            opened(new Loop("expiry", EXPIRY_EVERY, () -> {
                        List<PinStore.Expired> expired = database.await(pinStore.expired(EXPIRED_AT_ONCE));
                        expired.forEach(pin -> database.await(pinStore.expire(pin)));
                        return expired.size();
                    }))
                    .start();

            Authenticator auth = new Authenticator(tokens);
            database.onNotify(TokenStore.REVOKED_CHANNEL, auth::forget, auth::forgetAll);
            PinService pins = new PinService(pinStore, pinLists, pinRules, clock, wakeups::placement);
            RateLimiter limiter = new RateLimiter(
                    config.limits().requestsPerSecond(), config.limits().burst(), System::nanoTime);
            ContentRoutes content = opened(new ContentRoutes(
                    dataPath.staging(), cache, pins, auth, limiter, database::requireSpace, uploadLimits()));
            RetrievalLog retrievals = new RetrievalLog(clock);
            Unfreezing unfreezing = opened(new Unfreezing(
                    new UnfreezeStore(database), policies, dataPath.cold(), metrics, wakeups::everything));
            ReplicaLedger copies = ReplicaLedger.open(
                    config, new CopyStore(database), fleet, dataPath.cold(), unfreezing, policies, clock);
            RacingRetrieval retrieval =
                    opened(RacingRetrieval.open(copies, dataPath.staging(), cache, unfreezing, retrievals, metrics));
            GatewayServer gateway = opened(new GatewayServer(retrieval, config.gateway(), auth, metrics));
            api = opened(ApiServer.open(
                    vertx, config.listen(), config.cors(), new Errors(database::translate), router -> {
                        new PinRoutes(pins, auth, limiter, database::requireSpace, config.psa()).mount(router);
                        new PlacementRoutes(new PinDetails(database.reads()), config.providers(), auth).mount(router);
                        new ProviderRoutes(config.providers(), fleet, view, states, policies, auth).mount(router);
                        new TokenRoutes(tokens, auth).mount(router);
                        new RetrievalRoutes(retrievals, auth).mount(router);
                        new PolicyRoutes(policies, policyStore, auth).mount(router);
                        new PlanRoutes(plans, policies, view, auth, moving::wake).mount(router);
                        new DrainRoutes(stateStore, drainStore, states, drains, policies, config.providers(), auth)
                                .mount(router);
                        new AlertRoutes(alertStore, auth).mount(router);
                        Adopter adopter = new Adopter(
                                view,
                                replicas,
                                policies,
                                (caller, draft, copy) -> database.await(pins.adopt(caller, draft, copy)));
                        new AdoptionRoutes(adopter, fleet, auth, () -> {
                                    wakeups.placement();
                                    wakeups.replicas();
                                })
                                .mount(router);
                        new UsageRoutes(usage, policies, auth).mount(router);
                        new PieceRoutes(new PieceDetails(database.reads()), shelf, auth).mount(router);
                        new DealRoutes(
                                        database,
                                        new DealLists(database.reads()),
                                        new PinDetails(database.reads()),
                                        new Receipts(pieces, deals, shelf, networks, identity, clock),
                                        networks,
                                        auth)
                                .mount(router);
                        content.mount(router);
                        gateway.mount(router);
                    }));

            placing.start();
            moving.start();
            reconciler.start();
            dealing.start();
            management.started();
            log.info("event=broker.started endpoint={} management={}", endpoint(), managementEndpoint());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Folds one portion; goes on at once only while a lot has gathered, so that steady traffic is folded in portions. */
    private static int foldTallies(Database database, PinLists lists) {
        int written = database.await(lists.foldTallies());
        if (written > 0) {
            database.await(lists.tidyTallies());
        }
        return written > BACKLOG ? written : 0;
    }

    /** Wakes loops that do not exist yet when those that call are made. */
    private static final class Wakeups {
        private volatile Runnable placement = () -> {};
        private volatile Runnable replicas = () -> {};

        void set(Runnable wakePlacement, Runnable wakeReplicas) {
            placement = wakePlacement;
            replicas = wakeReplicas;
        }

        void placement() {
            placement.run();
        }

        void replicas() {
            replicas.run();
        }

        void everything() {
            placement();
            replicas();
        }
    }

    private PieceShelf openShelf() {
        Path folder = config.dataDirectory().resolve("pieces");
        try {
            return PieceShelf.open(folder);
        } catch (IOException e) {
            throw new IllegalStateException("the folder of pieces " + folder + " cannot be used: " + e, e);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private DatabaseConfig databaseConfig() {
        var url = config.database().url();
        return new DatabaseConfig(
                url == null ? null : url.value(),
                config.dataDirectory(),
                config.database().writeConnections(),
                config.database().readConnections(),
                config.storage().reserve());
    }

    /** The configured addresses, else the one this broker listens on, each ending in its peer id. */
    private List<String> delegates() {
        if (!config.psa().delegates().isEmpty()) {
            return config.psa().delegates();
        }
        String host = config.listen().host();
        String kind = host.contains(":") ? "ip6" : host.matches("[0-9.]+") ? "ip4" : "dns";
        int port = config.listen().port() == 0 ? 8090 : config.listen().port();
        return List.of("/" + kind + "/" + host + "/tcp/" + port + "/http/p2p/" + identity.peerId());
    }

    private PinService.Rules pinRules() {
        return new PinService.Rules(
                new JsonArray(delegates()).encode(),
                config.limits().maxPins(),
                config.psa().idempotencyTtl());
    }

    private ContentRoutes.Limits uploadLimits() {
        DagLimits dag = DagLimits.DEFAULT.withSize(
                DagLimits.DEFAULT.blocks(), config.limits().maxUploadBytes());
        return new ContentRoutes.Limits(
                config.limits().maxUploadBytes(), config.psa().maxMetaKeys(), dag);
    }

    private Placer.Settings placerSettings() {
        return new Placer.Settings(
                config.reconcile().retryMax().compareTo(Duration.ofSeconds(30)) < 0
                        ? config.reconcile().retryMax()
                        : Duration.ofSeconds(30),
                config.reconcile().giveUpAfter(),
                config.reconcile().retireAfter(),
                delegates());
    }

    private Reconciler.Settings reconcilerSettings() {
        BrokerConfig.Reconcile r = config.reconcile();
        return new Reconciler.Settings(
                r.workers(),
                r.leaseDuration(),
                r.pollInterval(),
                new Decide.Settings(
                        r.observeEvery(),
                        r.retryMin(),
                        r.retryMax(),
                        r.maxAttempts(),
                        r.unknownSettle(),
                        r.stuckAfter(),
                        r.auditEvery(),
                        r.lostAfter()));
    }

    private DealSettings dealSettings() {
        BrokerConfig.Deals d = config.deals();
        URI told = d.publicUrl();
        return new DealSettings(
                () -> told == null ? URI.create(endpoint()) : told,
                d.maxPerDeal(),
                d.maxPerMonth(),
                d.coinPrice(),
                d.pollInterval(),
                d.checkInterval(),
                d.maxAttempts(),
                config.reconcile().workers(),
                config.reconcile().leaseDuration(),
                config.reconcile().pollInterval());
    }

    /** Where the Pinning Service API is, without a slash at the end. */
    public String endpoint() {
        return "http://" + host(config.listen().host()) + ":" + api.port();
    }

    /** Where health and metrics are. */
    public String managementEndpoint() {
        return "http://" + host(config.management().host()) + ":" + management.port();
    }

    private static String host(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** Every method and path of the application listener. */
    public List<String> routes() {
        return api.routes();
    }

    /** Tenants and tokens, for the command that started the broker. */
    public TokenStore tokens() {
        return tokens;
    }

    /** Stops everything in the reverse order of its start. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                log.warn(
                        "event=broker.close part={} detail=\"{}\"",
                        part.getClass().getSimpleName(),
                        e.toString());
            }
        }
    }
}
