package dev.pinfold.broker.retrieval;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.provider.BreakerState;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.HealthSnapshot;
import dev.pinfold.broker.provider.Operation;
import dev.pinfold.broker.store.CopyStore;
import dev.pinfold.broker.store.CopyStore.CopyRow;
import dev.pinfold.content.Cid;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.RetrievalRule;
import dev.pinfold.spi.Capability;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replica rows as a {@link Ledger}: which providers may be read from now, and findings written where repair sees them. */
public final class ReplicaLedger implements Ledger {
    private static final Logger log = LoggerFactory.getLogger(ReplicaLedger.class);
    private static final Duration LIARS_EVERY = Duration.ofSeconds(30);
    private static final Duration DOUBT_EVERY = Duration.ofMinutes(1);

    /**
     * What the ledger is told.
     *
     * @param cold ids of providers that need a retrieval first
     * @param freshFor how long a proof counts as fresh
     * @param lookAgain when a provider that gave wrong bytes is looked at again
     * @param idle the longest pause of a stream
     */
    record Settings(Set<String> cold, Duration freshFor, Duration lookAgain, Duration idle) {}

    private final CopyStore store;
    private final Fleet fleet;
    private final ColdStaging cold;
    private final Unfreezer unfreezer;
    private final Supplier<Policy> policy;
    private final Settings settings;
    private final Clock clock;
    private final Cache<String, Boolean> doubts = Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterWrite(DOUBT_EVERY)
            .build();
    private volatile Map<String, Instant> liars = Map.of();
    private volatile Instant liarsAt = Instant.EPOCH;

    /**
     * The ledger of a broker.
     *
     * @param unfreezer is told where content was found
     * @param policy says how reads race
     */
    public static ReplicaLedger open(
            BrokerConfig config,
            CopyStore store,
            Fleet fleet,
            ColdStaging cold,
            Unfreezer unfreezer,
            Supplier<Policy> policy,
            Clock clock) {
        Set<String> retrievedFirst = config.providers().stream()
                .filter(entry -> entry.tier() == BrokerConfig.Tier.COLD)
                .map(BrokerConfig.ProviderEntry::id)
                .collect(Collectors.toSet());
        Settings settings = new Settings(
                retrievedFirst,
                config.reconcile().auditEvery().multipliedBy(2),
                config.reconcile().retryMax(),
                ReadSettings.DEFAULT.progress());
        return new ReplicaLedger(store, fleet, cold, unfreezer, policy, settings, clock);
    }

    private ReplicaLedger(
            CopyStore store,
            Fleet fleet,
            ColdStaging cold,
            Unfreezer unfreezer,
            Supplier<Policy> policy,
            Settings settings,
            Clock clock) {
        this.store = store;
        this.fleet = fleet;
        this.cold = cold;
        this.unfreezer = unfreezer;
        this.policy = policy;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public List<Copy> copies(Cid root) {
        refreshLiars();
        List<Copy> copies = new ArrayList<>();
        for (CopyRow row : store.copies(root)) {
            fleet.find(row.provider()).ifPresent(provider -> copies.add(copy(provider, row)));
        }
        if (cold.copies().mayHave(root)) {
            copies.add(new Copy(new ColdSource(root, cold), true, true, ""));
        }
        unfreezer.found(root, copies);
        return copies;
    }

    @Override
    public RetrievalRule rule(Cid root) {
        Policy inForce = policy.get();
        return store.classes(root).stream()
                .flatMap(name -> inForce.placementClass(name).stream())
                .map(PlacementClass::retrieval)
                .reduce(RetrievalRule::orFaster)
                .orElse(RetrievalRule.DEFAULT);
    }

    private Copy copy(GuardedProvider provider, CopyRow row) {
        Instant verified = row.verifiedAt();
        boolean fresh = row.verified()
                && verified != null
                && verified.plus(settings.freshFor()).isAfter(clock.instant());
        return new Copy(
                new HolderSource(provider, settings.idle()),
                settings.cold().contains(provider.id()),
                fresh,
                barred(provider));
    }

    private String barred(GuardedProvider provider) {
        Instant until = liars.get(provider.id());
        if (until != null && until.isAfter(clock.instant())) {
            return "it gave wrong bytes for three contents within a day; it is not read from until " + until;
        }
        boolean cars = provider.can(Capability.RETRIEVE_CAR);
        boolean blocks = provider.can(Capability.RETRIEVE_RAW);
        if (!cars && !blocks) {
            return "it offers no way to read content back";
        }
        HealthSnapshot health = provider.health();
        boolean open = (!blocks || open(health, Operation.BLOCK)) && (!cars || open(health, Operation.CAR));
        return open ? "its circuit breaker is open until " + health.openUntil() : "";
    }

    private static boolean open(HealthSnapshot health, Operation operation) {
        return health.breakers().getOrDefault(operation, BreakerState.CLOSED) == BreakerState.OPEN;
    }

    private void refreshLiars() {
        Instant now = clock.instant();
        if (liarsAt.plus(LIARS_EVERY).isBefore(now)) {
            liarsAt = now;
            liars = store.liars();
        }
    }

    @Override
    public void wrongBytes(Cid root, String source, String evidence) {
        log.warn("event=replica.quarantined provider={} cid={} evidence=\"{}\"", source, root, evidence);
        try {
            store.quarantine(root, source, "read: " + evidence, settings.lookAgain());
            liars = store.liars();
        } catch (BrokerException e) {
            // The reader is served by others either way; the next audit finds it too.
            log.warn("event=replica.quarantine.failed provider={} cid={} failure=\"{}\"", source, root, e.details());
        }
    }

    @Override
    public void missing(Cid root, String source, String detail) {
        if (doubts.asMap().putIfAbsent(root.canonical() + " " + source, Boolean.TRUE) != null) {
            return;
        }
        try {
            if (store.doubt(root, source, "read: " + detail)) {
                log.info("event=replica.doubted provider={} cid={} failure=\"{}\"", source, root, detail);
            }
        } catch (BrokerException e) {
            log.warn("event=replica.doubt.failed provider={} cid={} failure=\"{}\"", source, root, e.details());
        }
    }
}
