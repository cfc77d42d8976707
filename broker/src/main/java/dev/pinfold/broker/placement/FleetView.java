package dev.pinfold.broker.placement;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.HealthSnapshot;
import dev.pinfold.broker.store.ProviderHistoryStore.Past;
import dev.pinfold.broker.store.ProviderHistoryStore.StoragePrice;
import dev.pinfold.broker.store.ReplicaStore;
import dev.pinfold.policy.Breaker;
import dev.pinfold.policy.ColdPlaces;
import dev.pinfold.policy.Health;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Limits;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Price;
import dev.pinfold.policy.ProviderSnapshot;
import dev.pinfold.policy.Tier;
import dev.pinfold.policy.Upkeep;
import dev.pinfold.policy.Usage;
import dev.pinfold.policy.upkeep.RepairDecision;
import dev.pinfold.spi.Capability;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fleet as the policy engine sees it: catalog, price, health and usage of this moment in one immutable value. */
public final class FleetView {
    private static final Duration USAGE_AGE = Duration.ofSeconds(30);
    private static final Duration LOSSES_AGE = Duration.ofSeconds(1);

    private final List<ProviderEntry> catalog;
    private final Map<String, Past> history;
    private final Fleet fleet;
    private final ReplicaStore replicas;
    private final ProviderStates states;
    private final Supplier<Policy> policy;
    private final Clock clock;
    private volatile Counted counted = new Counted(Instant.MIN, Map.of(), Map.of());
    private volatile Losses losses = new Losses(Instant.MIN, new ReplicaStore.Lost(0, 0));

    private record Counted(Instant at, Map<String, ReplicaStore.Usage> usage, Map<String, Integer> failures) {}

    private record Losses(Instant at, ReplicaStore.Lost lost) {}

    /**
     * Makes the view.
     *
     * @param history what is known of the providers' past, by provider
     */
    public FleetView(
            List<ProviderEntry> catalog,
            Map<String, Past> history,
            Fleet fleet,
            ReplicaStore replicas,
            ProviderStates states,
            Supplier<Policy> policy,
            Clock clock) {
        this.catalog = List.copyOf(catalog);
        this.history = Map.copyOf(history);
        this.fleet = fleet;
        this.replicas = replicas;
        this.states = states;
        this.policy = policy;
        this.clock = clock;
    }

    /** The fleet as it is. */
    public Inventory now() {
        Counted now = counted();
        return Inventory.of(
                clock.instant(),
                catalog.stream()
                        .map(entry -> snapshot(
                                entry,
                                health(entry.id(), now.failures()),
                                now.usage().get(entry.id())))
                        .toList());
    }

    /**
     * The fleet as it would be on its best day: everybody healthy and with room. What cannot be placed even there is
     * hopeless; anything else is worth waiting for.
     */
    public Inventory atItsBest() {
        Health best = new Health(1.0, 1_000_000, 0, 1, Breaker.CLOSED, null, 0);
        return Inventory.of(
                clock.instant(),
                catalog.stream().map(entry -> snapshot(entry, best, null)).toList());
    }

    private Map<String, ReplicaStore.Usage> usage() {
        return counted().usage();
    }

    private Counted counted() {
        Counted now = counted;
        if (now.at().plus(USAGE_AGE).isBefore(clock.instant())) {
            now = new Counted(clock.instant(), replicas.usage(), replicas.lostSince(auditWindow()));
            counted = now;
        }
        return now;
    }

    /** The longest time over which a rule counts failed audits. */
    private Duration auditWindow() {
        return policy.get().classes().values().stream()
                .map(c -> c.health().evict())
                .map(evict -> evict == null ? null : evict.window())
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ofDays(30));
    }

    /** What a provider holds for us, at most half a minute old. */
    public ReplicaStore.Usage usage(String provider) {
        return usage().getOrDefault(provider, new ReplicaStore.Usage(0, 0));
    }

    /**
     * Why nothing is repaired or moved now; null when it is. One provider's end is what repair is for; when so many copies
     * at several providers are lost at once, the cause is more likely ours than theirs.
     */
    public @Nullable String brake(Upkeep.Repair rule) {
        Losses now = losses;
        if (now.at().plus(LOSSES_AGE).isBefore(clock.instant())) {
            now = new Losses(clock.instant(), replicas.lost());
            losses = now;
        }
        // Counting all copies is not needed while the losses are at one provider.
        return now.lost().providers() < 2 ? null : brake(rule, now.lost(), copies());
    }

    /** Why nothing is repaired or moved while so many of all copies are lost; null when it is. */
    static @Nullable String brake(Upkeep.Repair rule, ReplicaStore.Lost lost, long all) {
        return lost.providers() < 2 || !RepairDecision.brakeTrips(rule, lost.copies(), all)
                ? null
                : "repair and moves are stopped: " + lost.copies() + " of " + all + " copies at " + lost.providers()
                        + " providers are lost, and the policy's massFailureBrake is " + rule.massFailureBrake()
                        + "; find the cause, or raise repair.rate.massFailureBrake to go on";
    }

    /** How many copies there are, at most half a minute old. */
    public long copies() {
        return usage().values().stream().mapToLong(ReplicaStore.Usage::pins).sum();
    }

    private Health health(String id, Map<String, Integer> failures) {
        HealthSnapshot health =
                fleet.find(id).map(GuardedProvider::health).orElseThrow(() -> new IllegalStateException(id));
        return new Health(
                health.successRate(),
                health.samples(),
                health.consecutiveFailures(),
                health.retrievalP95Ms(),
                switch (health.breaker()) {
                    case CLOSED -> Breaker.CLOSED;
                    case HALF_OPEN -> Breaker.HALF_OPEN;
                    case OPEN -> Breaker.OPEN;
                },
                health.unhealthySince(),
                failures.getOrDefault(id, 0));
    }

    private ProviderSnapshot snapshot(ProviderEntry entry, Health health, ReplicaStore.@Nullable Usage usage) {
        Past past = history.get(entry.id());
        return new ProviderSnapshot(
                entry.id(),
                switch (entry.tier()) {
                    case HOT -> Tier.HOT;
                    case COLD -> Tier.COLD;
                },
                new TreeMap<>(entry.labels()),
                new TreeSet<>(capabilities(entry.id())),
                new Limits(entry.limits().maxDagBytes(), entry.limits().maxPins()),
                price(entry.price(), past),
                health,
                usage == null ? Usage.EMPTY : new Usage(usage.pins(), usage.bytes()),
                states.of(entry.id()),
                past == null ? null : past.since());
    }

    private Set<String> capabilities(String id) {
        Set<Capability> all = fleet.find(id).map(GuardedProvider::capabilities).orElse(Set.of());
        Set<String> words = all.stream().map(FleetView::word).collect(Collectors.toCollection(HashSet::new));
        if (all.contains(Capability.DEAL)) {
            words.add(ColdPlaces.MAKES_DEALS);
        }
        return words;
    }

    /** The catalog's word for a capability. */
    public static String word(Capability capability) {
        return capability.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What the configured providers charge for storage. */
    public static List<StoragePrice> prices(List<ProviderEntry> catalog) {
        return catalog.stream()
                .map(entry -> new StoragePrice(
                        entry.id(),
                        money(entry.price().storagePerGiBMonth()),
                        entry.price().currency()))
                .toList();
    }

    private static Price.@Nullable Previous previous(BrokerConfig.Price price, @Nullable Past past) {
        StoragePrice before = past == null ? null : past.before();
        Instant until = past == null ? null : past.until();
        return before == null || until == null || !before.currency().equals(price.currency())
                ? null
                : new Price.Previous(before.amount(), until);
    }

    private static Price price(BrokerConfig.Price price, @Nullable Past past) {
        return new Price(
                money(price.storagePerGiBMonth()),
                money(price.egressPerGiB()),
                money(price.perPin()),
                money(price.fixedMonthly()),
                price.currency(),
                price.asOf() == null ? null : price.asOf().atStartOfDay().toInstant(ZoneOffset.UTC),
                previous(price, past));
    }

    private static Money money(BigDecimal amount) {
        return Money.of(amount.toPlainString());
    }
}
