package dev.pinfold.broker.provider;

import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.spi.ProviderConfig;
import java.time.Duration;
import java.util.Map;

/**
 * What it takes to open and guard one provider.
 *
 * @param id its name in the fleet, unique
 * @param type the adapter, as {@link dev.pinfold.spi.ProviderFactory#type()} names it
 * @param labels region, country, jurisdiction, org, backing and any other
 * @param adapter settings for the adapter, already checked against what it declares
 * @param guard how it is guarded
 */
public record ProviderSpec(
        String id, String type, Map<String, String> labels, ProviderConfig adapter, GuardSettings guard) {
    private static final double SECONDS_PER_MINUTE = 60;

    public ProviderSpec {
        labels = Map.copyOf(labels);
    }

    /** The part of a configuration entry that matters for calling the provider. */
    public static ProviderSpec of(ProviderEntry entry) {
        GuardSettings defaults = GuardSettings.defaults();
        int listPerMinute = entry.rate().listPerMinute();
        Duration transfer = entry.timeouts().transfer();
        GuardSettings guard = new GuardSettings(
                entry.rate().requestsPerSecond(),
                entry.rate().burst(),
                listPerMinute / SECONDS_PER_MINUTE,
                Math.max(1, listPerMinute / 6),
                entry.concurrency(),
                defaults.maxWait(),
                entry.timeouts().call(),
                transfer,
                defaults.breaker());
        return new ProviderSpec(entry.id(), entry.type(), entry.labels(), entry.adapter(), guard);
    }
}
