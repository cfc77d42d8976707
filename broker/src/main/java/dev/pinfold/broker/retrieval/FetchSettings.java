package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.content.dag.DagLimits;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How content is fetched.
 *
 * @param gateways trustless gateways, asked last
 * @param dag what one DAG may cost
 * @param progress the longest without a byte, and the window over which the slowest rate is judged
 * @param slowestBytesPerSecond a source slower than this is left when there is another
 */
public record FetchSettings(List<URI> gateways, DagLimits dag, Duration progress, long slowestBytesPerSecond) {
    private static final long LAST_RESORT_SHARE = 64;

    public FetchSettings {
        gateways = List.copyOf(gateways);
    }

    /** No gateways, default limits, 10 s, 64 KiB/s. */
    public static FetchSettings defaults() {
        return new FetchSettings(List.of(), DagLimits.DEFAULT, Duration.ofSeconds(10), 64 << 10);
    }

    /** What the configuration says. */
    public static FetchSettings of(BrokerConfig.Fetch fetch) {
        FetchSettings defaults = defaults();
        DagLimits dag = defaults.dag()
                .withSize(defaults.dag().blocks(), fetch.maxDagBytes())
                .withTime(fetch.totalTimeout());
        return new FetchSettings(fetch.gateways(), dag, fetch.idleTimeout(), defaults.slowestBytesPerSecond());
    }

    /** The slowest rate that is borne; a source that is the last hope may be much slower. */
    long slowest(boolean lastHope) {
        return lastHope ? slowestBytesPerSecond / LAST_RESORT_SHARE : slowestBytesPerSecond;
    }
}
