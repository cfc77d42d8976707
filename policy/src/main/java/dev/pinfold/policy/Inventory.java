package dev.pinfold.policy;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Every provider as it is known at one instant: the immutable world a decision is taken in. {@link #asOf()} is the only
 * clock the engine has. The order in which providers are given never matters.
 */
public final class Inventory {
    private final Instant asOf;
    private final List<ProviderSnapshot> providers;
    private final SortedMap<String, FxRate> fxRates;
    private volatile @Nullable String hash;
    private volatile @Nullable String worldHash;

    /**
     * What one unit of a foreign currency is worth.
     *
     * @param rate units of the policy's currency
     * @param asOf when that was read
     */
    public record FxRate(Money rate, Instant asOf) {}

    private Inventory(Instant asOf, Collection<ProviderSnapshot> providers, Map<String, FxRate> fxRates) {
        this.asOf = asOf;
        this.providers = providers.stream()
                .sorted(Comparator.comparing(ProviderSnapshot::id))
                .toList();
        this.fxRates = Collections.unmodifiableSortedMap(new TreeMap<>(fxRates));
        Set<String> seen = new HashSet<>();
        for (ProviderSnapshot provider : this.providers) {
            if (!seen.add(provider.id())) {
                throw new IllegalArgumentException("two providers are called '" + provider.id() + "'");
            }
        }
    }

    /** An inventory without foreign currencies; two providers of one name are refused with IllegalArgumentException. */
    public static Inventory of(Instant asOf, Collection<ProviderSnapshot> providers) {
        return new Inventory(asOf, providers, Map.of());
    }

    /** An inventory with exchange rates by currency label. */
    public static Inventory of(Instant asOf, Collection<ProviderSnapshot> providers, Map<String, FxRate> fxRates) {
        return new Inventory(asOf, providers, fxRates);
    }

    /** The instant this snapshot describes. */
    public Instant asOf() {
        return asOf;
    }

    /** All providers, ordered by id. */
    public List<ProviderSnapshot> providers() {
        return providers;
    }

    /** Exchange rates by currency label. */
    public SortedMap<String, FxRate> fxRates() {
        return fxRates;
    }

    /** The provider of that id, if there is one. */
    public Optional<ProviderSnapshot> provider(String id) {
        return providers.stream().filter(p -> p.id().equals(id)).findFirst();
    }

    /** The same world with only the providers that pass. */
    public Inventory keeping(Predicate<ProviderSnapshot> kept) {
        return new Inventory(asOf, providers.stream().filter(kept).toList(), fxRates);
    }

    /** Fingerprint of everything but {@link #asOf()}: 32 hex digits, equal for equal contents in any order. */
    public String hash() {
        String known = hash;
        if (known == null) {
            known = InventoryHash.everything(this);
            hash = known;
        }
        return known;
    }

    /** As {@link #hash()} but without health and usage, which move all the time: has the world a plan was made for changed? */
    public String worldHash() {
        String known = worldHash;
        if (known == null) {
            known = InventoryHash.world(this);
            worldHash = known;
        }
        return known;
    }
}
