package dev.pinfold.broker.provider;

import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderFactory;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every configured provider, opened by its adapter and guarded, by id and in the order of the configuration.
 *
 * <p>Adapters are found by {@link ServiceLoader}: a new kind of provider edits nothing here. Opening contacts nobody.
 */
public final class Fleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private final Map<String, GuardedProvider> providers;

    private Fleet(Map<String, GuardedProvider> providers) {
        this.providers = Collections.unmodifiableMap(providers);
    }

    /** The adapters on the class path, by type. */
    public static Map<String, ProviderFactory> factories() {
        Map<String, ProviderFactory> byType = new TreeMap<>();
        for (ProviderFactory factory : ServiceLoader.load(ProviderFactory.class)) {
            ProviderFactory other = byType.putIfAbsent(factory.type(), factory);
            if (other != null) {
                throw new IllegalStateException("Two adapters are called '" + factory.type() + "': "
                        + other.getClass().getName() + " and "
                        + factory.getClass().getName() + "; remove one from the class path");
            }
        }
        return byType;
    }

    /** Opens all providers with the adapters on the class path. */
    public static Fleet open(List<ProviderSpec> specs, Vertx vertx, Metrics metrics) {
        return open(specs, factories(), vertx, TimeSource.system(), metrics);
    }

    /**
     * Opens all providers.
     *
     * @throws IllegalArgumentException one or more cannot be opened; the message names each and says why; none stays open
     */
    public static Fleet open(
            List<ProviderSpec> specs,
            Map<String, ProviderFactory> factories,
            Vertx vertx,
            TimeSource time,
            Metrics metrics) {
        Map<String, Provider> opened = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (ProviderSpec spec : specs) {
            try {
                if (opened.containsKey(spec.id())) {
                    problems.add("provider '" + spec.id() + "' is there twice; every id is used once");
                } else {
                    opened.put(spec.id(), openOne(spec, factories));
                }
            } catch (IllegalArgumentException e) {
                problems.add("provider '" + spec.id() + "': " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            opened.values().forEach(Provider::close);
            throw new IllegalArgumentException(String.join("\n", problems));
        }
        Map<String, GuardedProvider> guarded = new LinkedHashMap<>();
        for (ProviderSpec spec : specs) {
            Provider adapter = Objects.requireNonNull(opened.get(spec.id()));
            guarded.put(spec.id(), new GuardedProvider(spec, adapter, vertx, time, metrics));
            LOG.info("event=provider.opened provider={} type={}", spec.id(), spec.type());
        }
        return new Fleet(guarded);
    }

    private static Provider openOne(ProviderSpec spec, Map<String, ProviderFactory> factories) {
        ProviderFactory factory = factories.get(spec.type());
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no adapter '" + spec.type() + "'; known are " + String.join(", ", factories.keySet()));
        }
        return factory.open(spec.adapter());
    }

    /** The provider with this id. */
    public Optional<GuardedProvider> find(String id) {
        return Optional.ofNullable(providers.get(id));
    }

    /** All providers, in the order of the configuration. */
    public Collection<GuardedProvider> all() {
        return providers.values();
    }

    /** Closes every provider; one that fails to close does not keep the others open. */
    @Override
    public void close() {
        for (GuardedProvider provider : providers.values()) {
            try {
                provider.close();
            } catch (RuntimeException e) {
                LOG.warn("event=provider.close provider={} failure=\"{}\"", provider.id(), e.toString());
            }
        }
    }
}
