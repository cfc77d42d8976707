package dev.pinfold.broker.config;

import dev.pinfold.broker.config.BrokerConfig.Access;
import dev.pinfold.broker.config.BrokerConfig.DefaultStatus;
import dev.pinfold.broker.config.BrokerConfig.Tier;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

/**
 * Every setting there is, with its unit, default and bounds: the one table from which the file is checked, and against
 * which the reference ({@code docs/configuration.md}), the JSON Schema and the documented example are tested.
 */
final class ConfigKeys {
    private static final Kind<String> HOST =
            Kind.text("a host name or an IP address", "[A-Za-z0-9:]([A-Za-z0-9.:-]{0,252})");
    private static final Kind<Integer> PORT = Kind.integer(0, 65_535);

    static final Key<String> LISTEN_HOST = Key.of(
            "listen.host",
            HOST,
            "127.0.0.1",
            "Address of the application listener: the pinning API, gateway, operator API.");
    static final Key<Integer> LISTEN_PORT =
            Key.of("listen.port", PORT, "8090", "Port of the application listener; 0 takes any free one.");
    static final Key<String> MANAGEMENT_HOST = Key.optional(
            "management.host", HOST, "Address of the management listener (health, metrics); the same as listen.host.");
    static final Key<Integer> MANAGEMENT_PORT = Key.optional(
            "management.port", PORT, "Port of the management listener; listen.port + 1, or any free one after port 0.");
    static final Key<String> DATA_DIRECTORY = Key.of(
            "dataDirectory",
            Kind.anyText(),
            "./data",
            "Folder for everything the broker keeps; relative to where it is started.");

    static final Key<String> DATABASE_URL = Key.secretCapable(
            "database.url",
            Kind.text("a postgresql://user@host:port/name URL", "postgres(ql)?://[^\\s]{1,2000}"),
            "An own PostgreSQL, version 14 or newer; without it an embedded one keeps its files in the data directory.");
    static final Key<Integer> WRITE_CONNECTIONS =
            Key.of("database.writeConnections", Kind.integer(1, 200), "12", "Connections for writing.");
    static final Key<Integer> READ_CONNECTIONS =
            Key.of("database.readConnections", Kind.integer(1, 100), "6", "Pipelined connections for reading.");

    static final Key<Long> RESERVE = Key.of(
            "storage.reserve",
            Kind.size("16MiB", "1TiB"),
            "256MiB",
            "Free disk below which new work is refused (507) while reading goes on.");
    static final Key<Long> STAGING_CAPACITY = Key.of(
            "storage.stagingCapacity",
            Kind.size("64MiB", "1PiB"),
            "64GiB",
            "Most disk for content on its way to providers.");

    static final Key<Long> CACHE_CAPACITY = Key.of(
            "storage.cacheCapacity",
            Kind.size("0", "1PiB"),
            "2GiB",
            "Most disk for blocks kept from earlier reads; 0 keeps none.");

    static final Key<DefaultStatus> DEFAULT_STATUS = Key.of(
            "psa.defaultStatus",
            Kind.choice(DefaultStatus.class),
            "auto",
            "Which pins a list without a status shows; auto: pinned ones, and all of them when it filters by name.");
    static final Key<String> DELEGATES = Key.list(
            "psa.delegates",
            Kind.peerAddress(),
            20,
            null,
            "Own nodes that clients should connect to, as multiaddrs that end in /p2p/PEERID.");
    static final Key<Long> MAX_BODY_BYTES =
            Key.of("psa.maxBodyBytes", Kind.size("1KiB", "16MiB"), "1MiB", "Largest JSON body of a pinning request.");
    static final Key<Integer> MAX_META_KEYS =
            Key.of("psa.maxMetaKeys", Kind.integer(0, 1000), "100", "Most keys in the meta of one pin.");
    static final Key<Duration> IDEMPOTENCY_TTL = Key.of(
            "psa.idempotencyTtl",
            Kind.duration("1m", "30d"),
            "24h",
            "How long an Idempotency-Key gives the same answer again.");

    static final Key<Integer> REQUESTS_PER_SECOND =
            Key.of("limits.requestsPerSecond", Kind.integer(1, 1_000_000), "1000", "Requests per second of one token.");
    static final Key<Integer> BURST =
            Key.of("limits.burst", Kind.integer(1, 1_000_000), "2000", "Requests one token may send at once.");
    static final Key<Long> MAX_PINS =
            Key.of("limits.maxPins", Kind.number(1, 1_000_000_000), "10000000", "Pins one token may hold.");
    static final Key<Long> MAX_UPLOAD_BYTES =
            Key.of("limits.maxUploadBytes", Kind.size("1KiB", "1PiB"), "32GiB", "Largest upload.");

    static final Key<String> CORS_ORIGINS = Key.list(
            "cors.origins",
            Kind.origin(),
            100,
            "*",
            "Web origins that may call the API; '*' is every one, [] is none.");

    static final Key<URI> GATEWAYS = Key.list(
            "fetch.gateways",
            Kind.url(),
            20,
            null,
            "Trustless gateways to fetch pinned CIDs from; with none, nothing is fetched beyond a pin's own origins.");
    static final Key<String> ALLOW = Key.list(
            "fetch.allow",
            Kind.hostOrNetwork(),
            100,
            null,
            "Hosts and networks that may be fetched from although they are private or loopback.");
    static final Key<Long> FETCH_MAX_DAG_BYTES = Key.of(
            "fetch.maxDagBytes", Kind.size("1KiB", "1PiB"), "32GiB", "Largest content that is fetched by its CID.");
    static final Key<Integer> FETCH_CONCURRENCY =
            Key.of("fetch.concurrency", Kind.integer(1, 256), "8", "Contents that are fetched at the same time.");
    static final Key<Duration> CONNECT_TIMEOUT = Key.of(
            "fetch.connectTimeout", Kind.duration("100ms", "5m"), "5s", "Longest wait for a connection to a source.");
    static final Key<Duration> IDLE_TIMEOUT = Key.of(
            "fetch.idleTimeout", Kind.duration("100ms", "1h"), "30s", "Longest pause of a source that is sending.");
    static final Key<Duration> TOTAL_TIMEOUT =
            Key.of("fetch.totalTimeout", Kind.duration("1s", "30d"), "24h", "Longest time for one whole content.");

    static final Key<Access> GATEWAY_ACCESS = Key.of(
            "gateway.access",
            Kind.choice(Access.class),
            "public",
            "Who may read /ipfs: everybody who reaches the listener, or whoever has a token with the scope pins:read.");
    static final Key<Boolean> GATEWAY_TRUSTLESS_ONLY = Key.of(
            "gateway.trustlessOnly",
            Kind.bool(),
            "false",
            "Serve raw blocks and CARs only, which readers verify themselves; no files, pages and listings.");
    static final Key<String> GATEWAY_DENYLIST = Key.optional(
            "gateway.denylist",
            Kind.anyText(),
            "File of what is not served; read again when it changes; relative to the folder of this file.");
    static final Key<Integer> GATEWAY_MAX_READS = Key.of(
            "gateway.maxReads",
            Kind.integer(1, 100_000),
            "4096",
            "Reads at the same time; more are answered with 429.");
    static final Key<Integer> GATEWAY_MAX_DEPTH =
            Key.of("gateway.maxDepth", Kind.integer(16, 100_000), "1024", "Levels of blocks that one read goes down.");
    static final Key<Integer> GATEWAY_MAX_ENTRIES = Key.of(
            "gateway.maxEntries", Kind.integer(1, 1_000_000), "10000", "Entries of a directory that a page lists.");
    static final Key<Long> GATEWAY_MAX_BYTES =
            Key.of("gateway.maxBytes", Kind.size("1MiB", "1PiB"), "1TiB", "Bytes that one read may give.");
    static final Key<Duration> GATEWAY_MAX_TIME =
            Key.of("gateway.maxTime", Kind.duration("1s", "30d"), "1h", "Longest time for one read of a whole DAG.");

    static final Key<Integer> WORKERS =
            Key.of("reconcile.workers", Kind.integer(1, 512), "16", "Replicas that are worked on at the same time.");
    static final Key<Duration> LEASE_DURATION = Key.of(
            "reconcile.leaseDuration",
            Kind.duration("5s", "1h"),
            "60s",
            "How long a claimed replica belongs to one broker before another may take it over.");
    static final Key<Duration> POLL_INTERVAL = Key.of(
            "reconcile.pollInterval", Kind.duration("10ms", "1m"), "500ms", "How often due replicas are looked for.");
    static final Key<Duration> OBSERVE_EVERY = Key.of(
            "reconcile.observeEvery",
            Kind.duration("50ms", "1h"),
            "5s",
            "First pause before an order in progress is looked at again; it grows while nothing changes.");
    static final Key<Duration> RETRY_MIN =
            Key.of("reconcile.retryMin", Kind.duration("10ms", "1h"), "1s", "First pause after a failure.");
    static final Key<Duration> RETRY_MAX =
            Key.of("reconcile.retryMax", Kind.duration("100ms", "7d"), "10m", "Longest pause after repeated failures.");
    static final Key<Integer> MAX_ATTEMPTS = Key.of(
            "reconcile.maxAttempts",
            Kind.integer(1, 1000),
            "8",
            "Attempts at one provider before the copy is placed elsewhere.");
    static final Key<Duration> UNKNOWN_SETTLE = Key.of(
            "reconcile.unknownSettle",
            Kind.duration("100ms", "7d"),
            "1m",
            "How long an order whose reply was lost is observed before its absence is believed.");
    static final Key<Duration> AUDIT_EVERY = Key.of(
            "reconcile.auditEvery",
            Kind.duration("1s", "365d"),
            "6h",
            "How often blocks of a verified replica are fetched and hashed again.");
    static final Key<Integer> AUDIT_BLOCKS =
            Key.of("reconcile.auditBlocks", Kind.integer(1, 1000), "5", "Blocks of one audit, the root among them.");
    static final Key<Integer> LOST_AFTER = Key.of(
            "reconcile.lostAfter",
            Kind.integer(1, 100),
            "3",
            "Failed audits in a row after which a replica counts as lost and is repaired.");
    static final Key<Duration> RETIRE_AFTER = Key.of(
            "reconcile.retireAfter",
            Kind.duration("0s", "365d"),
            "10m",
            "How long a copy that no pin wants is kept before it is released.");
    static final Key<Duration> STUCK_AFTER = Key.of(
            "reconcile.stuckAfter",
            Kind.duration("1s", "365d"),
            "1h",
            "How long a provider may work on an order before the copy is placed elsewhere.");
    static final Key<Duration> GIVE_UP_AFTER = Key.of(
            "reconcile.giveUpAfter",
            Kind.duration("1s", "365d"),
            "24h",
            "How long content that no source has is looked for before the pin fails.");

    static final Key<URI> DEALS_PUBLIC_URL = Key.optional(
            "deals.publicUrl",
            Kind.url(),
            "Where storage providers reach this broker to fetch pieces, before /piece; by default its own listener.");
    static final Key<BigDecimal> DEALS_MAX_PER_DEAL =
            Key.of("deals.maxPerDeal", Kind.money(), "1", "Most coins that one deal may cost in all.");
    static final Key<BigDecimal> DEALS_MAX_PER_MONTH = Key.of(
            "deals.maxPerMonth",
            Kind.money(),
            "10",
            "Most coins that all deals of one calendar month (UTC) may cost, for each node that makes deals.");
    static final Key<BigDecimal> DEALS_COIN_PRICE = Key.optional(
            "deals.coinPrice",
            Kind.money(),
            "What one coin costs in the policy's currency; a policy with maxPricePerGiBMonth needs it.");
    static final Key<Duration> DEALS_POLL_INTERVAL = Key.of(
            "deals.pollInterval",
            Kind.duration("10ms", "1h"),
            "2m",
            "How often a deal that is not stored yet is looked at; first pause after a failure.");
    static final Key<Duration> DEALS_CHECK_INTERVAL = Key.of(
            "deals.checkInterval",
            Kind.duration("10ms", "7d"),
            "1h",
            "How often a stored deal is looked at; longest pause after repeated failures.");
    static final Key<Integer> DEALS_MAX_ATTEMPTS = Key.of(
            "deals.maxAttempts",
            Kind.integer(1, 100),
            "5",
            "Proposals of one deal until another storage provider is asked.");

    static final Key<String> POLICY_FILE = Key.required(
            "policy.file", Kind.anyText(), "The placement policy; relative to the folder of this configuration file.");

    static final List<Key<?>> BROKER = List.of(
            LISTEN_HOST,
            LISTEN_PORT,
            MANAGEMENT_HOST,
            MANAGEMENT_PORT,
            DATA_DIRECTORY,
            DATABASE_URL,
            WRITE_CONNECTIONS,
            READ_CONNECTIONS,
            RESERVE,
            STAGING_CAPACITY,
            CACHE_CAPACITY,
            DEFAULT_STATUS,
            DELEGATES,
            MAX_BODY_BYTES,
            MAX_META_KEYS,
            IDEMPOTENCY_TTL,
            REQUESTS_PER_SECOND,
            BURST,
            MAX_PINS,
            MAX_UPLOAD_BYTES,
            CORS_ORIGINS,
            GATEWAYS,
            ALLOW,
            FETCH_MAX_DAG_BYTES,
            FETCH_CONCURRENCY,
            CONNECT_TIMEOUT,
            IDLE_TIMEOUT,
            TOTAL_TIMEOUT,
            GATEWAY_ACCESS,
            GATEWAY_TRUSTLESS_ONLY,
            GATEWAY_DENYLIST,
            GATEWAY_MAX_READS,
            GATEWAY_MAX_DEPTH,
            GATEWAY_MAX_ENTRIES,
            GATEWAY_MAX_BYTES,
            GATEWAY_MAX_TIME,
            WORKERS,
            LEASE_DURATION,
            POLL_INTERVAL,
            OBSERVE_EVERY,
            RETRY_MIN,
            RETRY_MAX,
            MAX_ATTEMPTS,
            UNKNOWN_SETTLE,
            AUDIT_EVERY,
            AUDIT_BLOCKS,
            LOST_AFTER,
            RETIRE_AFTER,
            STUCK_AFTER,
            GIVE_UP_AFTER,
            DEALS_PUBLIC_URL,
            DEALS_MAX_PER_DEAL,
            DEALS_MAX_PER_MONTH,
            DEALS_COIN_PRICE,
            DEALS_POLL_INTERVAL,
            DEALS_CHECK_INTERVAL,
            DEALS_MAX_ATTEMPTS,
            POLICY_FILE);

    static final int MAX_PROVIDERS = 1000;
    static final String PROVIDERS = "providers";
    static final String SETTINGS = "settings";

    static final Key<String> ID = Key.required(
            "id",
            Kind.text("a name of lower-case letters, digits and '-', at most 63", "[a-z0-9][a-z0-9-]{0,62}"),
            "Name in the fleet; it must not change while the provider holds content.");
    static final Key<String> TYPE =
            Key.required("type", Kind.text("an adapter's name", "[a-z0-9-]{1,63}"), "The adapter that speaks to it.");
    static final Key<Tier> TIER =
            Key.of("tier", Kind.choice(Tier.class), "hot", "hot serves at once, cold only after a retrieval.");
    static final Key<String> LABELS = Key.named(
            "labels",
            Kind.text("a label of 1 to 100 letters, digits and . _ : / -", "[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}"),
            50,
            "What policies select by: region, country, jurisdiction, org, backing (whose cloud it runs on) and any other.");
    static final Key<BigDecimal> STORAGE_PRICE =
            Key.of("price.storagePerGiBMonth", Kind.money(), "0", "Price of keeping one GiB for one month.");
    static final Key<BigDecimal> EGRESS_PRICE =
            Key.of("price.egressPerGiB", Kind.money(), "0", "Price of reading one GiB.");
    static final Key<BigDecimal> PIN_PRICE = Key.of("price.perPin", Kind.money(), "0", "Price of one pin per month.");
    static final Key<BigDecimal> FIXED_PRICE =
            Key.of("price.fixedMonthly", Kind.money(), "0", "Price per month of having the account at all.");
    static final Key<String> CURRENCY = Key.of(
            "price.currency", Kind.text("a currency of 3 capitals", "[A-Z]{3}"), "USD", "Currency of the prices.");
    static final Key<LocalDate> AS_OF =
            Key.optional("price.asOf", Kind.date(), "Day on which the prices were looked up.");
    static final Key<Long> PROVIDER_MAX_DAG_BYTES =
            Key.of("limits.maxDagBytes", Kind.size("1KiB", "4096PiB"), "1PiB", "Largest content it takes.");
    static final Key<Long> PROVIDER_MAX_PINS =
            Key.of("limits.maxPins", Kind.number(1, 1_000_000_000_000L), "1000000000", "Most pins it holds.");
    static final Key<Integer> PROVIDER_RATE =
            Key.of("rate.requestsPerSecond", Kind.integer(1, 100_000), "10", "Requests per second it allows.");
    static final Key<Integer> PROVIDER_BURST =
            Key.of("rate.burst", Kind.integer(1, 100_000), "20", "Requests it allows at once.");
    static final Key<Integer> LIST_PER_MINUTE =
            Key.of("rate.listPerMinute", Kind.integer(1, 100_000), "30", "List calls per minute it allows.");
    static final Key<Integer> CONCURRENCY =
            Key.of("concurrency", Kind.integer(1, 1000), "8", "Calls to it at the same time.");
    static final Key<Duration> CALL_TIMEOUT =
            Key.of("timeouts.call", Kind.duration("100ms", "10m"), "30s", "Longest time for a call without content.");
    static final Key<Duration> TRANSFER_TIMEOUT = Key.of(
            "timeouts.transfer", Kind.duration("1s", "7d"), "1h", "Longest time for a call that carries content.");

    /** Settings of one entry of {@code providers}; {@code settings} belongs to the adapter and is not in this list. */
    static final List<Key<?>> PROVIDER = List.of(
            ID,
            TYPE,
            TIER,
            LABELS,
            STORAGE_PRICE,
            EGRESS_PRICE,
            PIN_PRICE,
            FIXED_PRICE,
            CURRENCY,
            AS_OF,
            PROVIDER_MAX_DAG_BYTES,
            PROVIDER_MAX_PINS,
            PROVIDER_RATE,
            PROVIDER_BURST,
            LIST_PER_MINUTE,
            CONCURRENCY,
            CALL_TIMEOUT,
            TRANSFER_TIMEOUT);

    private ConfigKeys() {}
}
