package dev.pinfold.broker.config;

import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.deal.AttoFil;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of a broker: checked, complete, immutable. What each value means, its unit, default and
 * bounds stand in {@link ConfigKeys}; sizes are bytes. Printing it shows no secret.
 */
public record BrokerConfig(
        Listen listen,
        Listen management,
        Path dataDirectory,
        Database database,
        Storage storage,
        Psa psa,
        Limits limits,
        Cors cors,
        Fetch fetch,
        Gateway gateway,
        Reconcile reconcile,
        Deals deals,
        PolicyFile policy,
        List<ProviderEntry> providers) {

    public BrokerConfig {
        providers = List.copyOf(providers);
    }

    /** Where a listener binds; port 0 takes any free one. */
    public record Listen(String host, int port) {}

    /**
     * Which PostgreSQL to use.
     *
     * @param url null means the embedded one
     */
    public record Database(@Nullable Secret url, int writeConnections, int readConnections) {}

    /** How much of the disk may be used. */
    public record Storage(long reserve, long stagingCapacity, long cacheCapacity) {}

    /** Choices where the Pinning Service API is silent. */
    public record Psa(
            DefaultStatus defaultStatus,
            List<String> delegates,
            long maxBodyBytes,
            int maxMetaKeys,
            Duration idempotencyTtl) {
        public Psa {
            delegates = List.copyOf(delegates);
        }
    }

    /** Which pins a list shows when the request names no status. */
    public enum DefaultStatus {
        /** Pinned ones; all when the request filters by name. */
        AUTO,
        PINNED,
        ALL
    }

    /** What one token may use when the token itself does not say otherwise. */
    public record Limits(int requestsPerSecond, int burst, long maxPins, long maxUploadBytes) {}

    /** Which web pages may call the API. */
    public record Cors(List<String> origins) {
        public Cors {
            origins = List.copyOf(origins);
        }
    }

    /** How content is fetched by its CID. */
    public record Fetch(
            List<URI> gateways,
            List<String> allow,
            long maxDagBytes,
            int concurrency,
            Duration connectTimeout,
            Duration idleTimeout,
            Duration totalTimeout) {
        public Fetch {
            gateways = List.copyOf(gateways);
            allow = List.copyOf(allow);
        }
    }

    /**
     * Who may read through the gateway, and what a read may cost.
     *
     * @param denylist null means that nothing is denied
     */
    public record Gateway(
            Access access,
            boolean trustlessOnly,
            @Nullable Path denylist,
            int maxReads,
            int maxDepth,
            int maxEntries,
            long maxBytes,
            Duration maxTime) {}

    /** Who may read. */
    public enum Access {
        /** Everybody who reaches the listener. */
        PUBLIC,
        /** Whoever has a token with the scope {@code pins:read}. */
        TOKEN
    }

    /** How replicas are brought to, and kept at, what the policy wants. */
    public record Reconcile(
            int workers,
            Duration leaseDuration,
            Duration pollInterval,
            Duration observeEvery,
            Duration retryMin,
            Duration retryMax,
            int maxAttempts,
            Duration unknownSettle,
            Duration auditEvery,
            int auditBlocks,
            int lostAfter,
            Duration retireAfter,
            Duration stuckAfter,
            Duration giveUpAfter) {}

    /**
     * How deals are made.
     *
     * @param publicUrl where storage providers reach this broker; null: at its listener
     * @param coinPrice of one coin in the policy's currency; null where nobody says
     */
    public record Deals(
            @Nullable URI publicUrl,
            AttoFil maxPerDeal,
            AttoFil maxPerMonth,
            @Nullable BigDecimal coinPrice,
            Duration pollInterval,
            Duration checkInterval,
            int maxAttempts) {}

    /** Where the placement policy stands. */
    public record PolicyFile(Path file) {}

    /** Whether a provider serves at once or only after a retrieval. */
    public enum Tier {
        HOT,
        COLD
    }

    /**
     * One provider.
     *
     * @param type the adapter, as {@link dev.pinfold.spi.ProviderFactory#type()} names it
     * @param labels region, country, jurisdiction, org, backing and any other
     * @param adapter id and settings, ready for {@link dev.pinfold.spi.ProviderFactory#open}
     */
    public record ProviderEntry(
            String id,
            String type,
            Tier tier,
            Map<String, String> labels,
            Price price,
            ProviderLimits limits,
            Rate rate,
            int concurrency,
            Timeouts timeouts,
            ProviderConfig adapter) {
        public ProviderEntry {
            labels = Map.copyOf(labels);
        }
    }

    /** What a provider charges, in the currency named. */
    public record Price(
            BigDecimal storagePerGiBMonth,
            BigDecimal egressPerGiB,
            BigDecimal perPin,
            BigDecimal fixedMonthly,
            String currency,
            @Nullable LocalDate asOf) {}

    /** What a provider takes. */
    public record ProviderLimits(long maxDagBytes, long maxPins) {}

    /** How fast a provider may be asked. */
    public record Rate(int requestsPerSecond, int burst, int listPerMinute) {}

    /** How long a call may take, and a call that carries content. */
    public record Timeouts(Duration call, Duration transfer) {}
}
