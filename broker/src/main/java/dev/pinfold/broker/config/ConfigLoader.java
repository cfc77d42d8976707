package dev.pinfold.broker.config;

import dev.pinfold.broker.config.BrokerConfig.Cors;
import dev.pinfold.broker.config.BrokerConfig.Database;
import dev.pinfold.broker.config.BrokerConfig.Deals;
import dev.pinfold.broker.config.BrokerConfig.Fetch;
import dev.pinfold.broker.config.BrokerConfig.Gateway;
import dev.pinfold.broker.config.BrokerConfig.Limits;
import dev.pinfold.broker.config.BrokerConfig.Listen;
import dev.pinfold.broker.config.BrokerConfig.PolicyFile;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.config.BrokerConfig.Psa;
import dev.pinfold.broker.config.BrokerConfig.Reconcile;
import dev.pinfold.broker.config.BrokerConfig.Storage;
import dev.pinfold.broker.config.YamlNode.Mapping;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.deal.AttoFil;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration file into a {@link BrokerConfig}. Strict: whatever is not known is an error, and every problem
 * of the file is reported at once with its place. What it accepts stands in {@link ConfigKeys}.
 */
public final class ConfigLoader {
    private final Map<String, String> environment;
    private final Map<String, ProviderFactory> factories;

    ConfigLoader(Map<String, String> environment, Iterable<ProviderFactory> factories) {
        this.environment = environment;
        this.factories = ProviderReader.byType(factories);
    }

    /** With the process's environment and every adapter on the class path. */
    public static ConfigLoader standard() {
        return new ConfigLoader(System.getenv(), ServiceLoader.load(ProviderFactory.class));
    }

    /**
     * What the command line says in place of the file.
     *
     * @param sources trustless gateways in addition to those of the file; their hosts are allowed even when private
     */
    public record Overrides(
            @Nullable Path dataDirectory, @Nullable Integer port, List<URI> sources) {
        public static final Overrides NONE = new Overrides(null, null, List.of());

        public Overrides {
            sources = List.copyOf(sources);
        }
    }

    /**
     * Reads the URL of a trustless gateway.
     *
     * @throws IllegalArgumentException with the end of the sentence "'text' …"
     */
    public static URI gateway(String text) {
        return Kind.readUrl(text);
    }

    /**
     * Reads and checks a file.
     *
     * @throws ConfigException with every problem found
     */
    public BrokerConfig load(Path file, Overrides overrides) {
        List<Problem> problems = new ArrayList<>();
        YamlNode root = YamlFile.read(file, file.toString(), problems);
        return build(file, root, overrides, problems);
    }

    private BrokerConfig build(Path file, YamlNode root, Overrides overrides, List<Problem> problems) {
        String name = file.toString();
        if (!(root instanceof Mapping mapping)) {
            problems.add(new Problem(name, 1, 1, "the file must be a group of keys, this is " + root.kind()));
            throw new ConfigException(problems);
        }
        Path directory = folderOf(file);
        Secrets secrets = new Secrets(environment, directory);
        ConfigReader in = new ConfigReader(name, mapping, secrets, problems);
        in.refuseUnknown(ConfigKeys.BROKER.stream().map(Key::path).toList(), ConfigKeys.PROVIDERS);
        Listen listen = listen(in, overrides);
        Path data = dataDirectory(in, overrides);
        BrokerConfig config = new BrokerConfig(
                listen,
                management(in, listen),
                data,
                database(in),
                new Storage(
                        in.value(ConfigKeys.RESERVE),
                        in.value(ConfigKeys.STAGING_CAPACITY),
                        in.value(ConfigKeys.CACHE_CAPACITY)),
                psa(in),
                limits(in),
                new Cors(in.list(ConfigKeys.CORS_ORIGINS)),
                fetch(in, overrides),
                gateway(in, directory),
                reconcile(in),
                deals(in),
                policy(in, directory),
                providers(in, name, secrets, data, problems));
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
            throw new ConfigException(problems);
        }
        return config;
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? Path.of(".").toAbsolutePath() : parent;
    }

    private static Listen listen(ConfigReader in, Overrides overrides) {
        int port = in.value(ConfigKeys.LISTEN_PORT);
        return new Listen(in.value(ConfigKeys.LISTEN_HOST), overrides.port() == null ? port : overrides.port());
    }

    private static Listen management(ConfigReader in, Listen listen) {
        String host = in.valueOrNull(ConfigKeys.MANAGEMENT_HOST);
        Integer port = in.valueOrNull(ConfigKeys.MANAGEMENT_PORT);
        int next = listen.port() == 0 ? 0 : listen.port() + 1;
        int chosen = port == null ? next : port;
        if (chosen > 65_535) {
            in.report(in.markOf(ConfigKeys.LISTEN_PORT), "listen.port + 1 is no port; give 'management.port'");
        }
        if (chosen != 0 && chosen == listen.port()) {
            in.report(
                    in.markOf(ConfigKeys.MANAGEMENT_PORT),
                    "'management.port' is the same as listen.port (" + chosen + "); give another one");
        }
        return new Listen(host == null ? listen.host() : host, chosen);
    }

    private static Path dataDirectory(ConfigReader in, Overrides overrides) {
        String text = in.value(ConfigKeys.DATA_DIRECTORY);
        Path chosen = overrides.dataDirectory();
        return (chosen == null ? path(in, ConfigKeys.DATA_DIRECTORY, text) : chosen)
                .toAbsolutePath()
                .normalize();
    }

    private static Path path(ConfigReader in, Key<String> key, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            in.report(in.markOf(key), "'" + key.path() + "' is not a path: " + e.getReason());
            return Path.of(".");
        }
    }

    private static Database database(ConfigReader in) {
        Secret url = in.secret(ConfigKeys.DATABASE_URL);
        if (url != null) {
            String form = "'database.url' (" + url.source() + ") ";
            if (!url.value().matches("postgres(ql)?://\\S+")) {
                in.report(in.markOf(ConfigKeys.DATABASE_URL), form + "is not a postgresql://user@host:port/name URL");
            } else if (in.find("database.url") instanceof YamlNode.Scalar
                    && url.value().matches("[a-z]+://[^/@]*:[^/]*@.*|.*[?&]password=.*")) {
                in.report(
                        in.markOf(ConfigKeys.DATABASE_URL),
                        "'database.url' holds a password; write {env: NAME} or {file: PATH} and put the URL there");
            }
        }
        return new Database(url, in.value(ConfigKeys.WRITE_CONNECTIONS), in.value(ConfigKeys.READ_CONNECTIONS));
    }

    private static Psa psa(ConfigReader in) {
        return new Psa(
                in.value(ConfigKeys.DEFAULT_STATUS),
                in.list(ConfigKeys.DELEGATES),
                in.value(ConfigKeys.MAX_BODY_BYTES),
                in.value(ConfigKeys.MAX_META_KEYS),
                in.value(ConfigKeys.IDEMPOTENCY_TTL));
    }

    private static Limits limits(ConfigReader in) {
        return new Limits(
                in.value(ConfigKeys.REQUESTS_PER_SECOND),
                in.value(ConfigKeys.BURST),
                in.value(ConfigKeys.MAX_PINS),
                in.value(ConfigKeys.MAX_UPLOAD_BYTES));
    }

    private static Fetch fetch(ConfigReader in, Overrides overrides) {
        Set<URI> gateways = new LinkedHashSet<>(in.list(ConfigKeys.GATEWAYS));
        Set<String> allow = new LinkedHashSet<>(in.list(ConfigKeys.ALLOW));
        for (URI source : overrides.sources()) {
            gateways.add(source);
            allow.add(source.getHost());
        }
        return new Fetch(
                List.copyOf(gateways),
                List.copyOf(allow),
                in.value(ConfigKeys.FETCH_MAX_DAG_BYTES),
                in.value(ConfigKeys.FETCH_CONCURRENCY),
                in.value(ConfigKeys.CONNECT_TIMEOUT),
                in.value(ConfigKeys.IDLE_TIMEOUT),
                in.value(ConfigKeys.TOTAL_TIMEOUT));
    }

    private static Gateway gateway(ConfigReader in, Path directory) {
        String denylist = in.valueOrNull(ConfigKeys.GATEWAY_DENYLIST);
        Path file = denylist == null
                ? null
                : directory
                        .resolve(path(in, ConfigKeys.GATEWAY_DENYLIST, denylist))
                        .normalize();
        if (file != null && !Files.isRegularFile(file)) {
            in.report(
                    in.markOf(ConfigKeys.GATEWAY_DENYLIST),
                    "'gateway.denylist': there is no file " + file + "; check the path");
        }
        return new Gateway(
                in.value(ConfigKeys.GATEWAY_ACCESS),
                in.value(ConfigKeys.GATEWAY_TRUSTLESS_ONLY),
                file,
                in.value(ConfigKeys.GATEWAY_MAX_READS),
                in.value(ConfigKeys.GATEWAY_MAX_DEPTH),
                in.value(ConfigKeys.GATEWAY_MAX_ENTRIES),
                in.value(ConfigKeys.GATEWAY_MAX_BYTES),
                in.value(ConfigKeys.GATEWAY_MAX_TIME));
    }

    private static Reconcile reconcile(ConfigReader in) {
        Reconcile reconcile = new Reconcile(
                in.value(ConfigKeys.WORKERS),
                in.value(ConfigKeys.LEASE_DURATION),
                in.value(ConfigKeys.POLL_INTERVAL),
                in.value(ConfigKeys.OBSERVE_EVERY),
                in.value(ConfigKeys.RETRY_MIN),
                in.value(ConfigKeys.RETRY_MAX),
                in.value(ConfigKeys.MAX_ATTEMPTS),
                in.value(ConfigKeys.UNKNOWN_SETTLE),
                in.value(ConfigKeys.AUDIT_EVERY),
                in.value(ConfigKeys.AUDIT_BLOCKS),
                in.value(ConfigKeys.LOST_AFTER),
                in.value(ConfigKeys.RETIRE_AFTER),
                in.value(ConfigKeys.STUCK_AFTER),
                in.value(ConfigKeys.GIVE_UP_AFTER));
        if (reconcile.retryMax().compareTo(reconcile.retryMin()) < 0) {
            in.report(in.markOf(ConfigKeys.RETRY_MAX), "'reconcile.retryMax' is shorter than retryMin; make it longer");
        }
        return reconcile;
    }

    private static Deals deals(ConfigReader in) {
        Deals deals = new Deals(
                in.valueOrNull(ConfigKeys.DEALS_PUBLIC_URL),
                coins(in, ConfigKeys.DEALS_MAX_PER_DEAL),
                coins(in, ConfigKeys.DEALS_MAX_PER_MONTH),
                in.valueOrNull(ConfigKeys.DEALS_COIN_PRICE),
                in.value(ConfigKeys.DEALS_POLL_INTERVAL),
                in.value(ConfigKeys.DEALS_CHECK_INTERVAL),
                in.value(ConfigKeys.DEALS_MAX_ATTEMPTS));
        if (deals.coinPrice() != null && deals.coinPrice().signum() == 0) {
            in.report(
                    in.markOf(ConfigKeys.DEALS_COIN_PRICE),
                    "'deals.coinPrice' is 0; say what a coin costs, or nothing");
        }
        if (deals.checkInterval().compareTo(deals.pollInterval()) < 0) {
            in.report(
                    in.markOf(ConfigKeys.DEALS_CHECK_INTERVAL),
                    "'deals.checkInterval' is shorter than pollInterval; make it longer");
        }
        return deals;
    }

    private static AttoFil coins(ConfigReader in, Key<BigDecimal> key) {
        try {
            return AttoFil.ofCoins(in.value(key).toPlainString());
        } catch (IllegalArgumentException e) {
            in.report(in.markOf(key), "'" + key.path() + "': " + e.getMessage());
            return AttoFil.ZERO;
        }
    }

    private static PolicyFile policy(ConfigReader in, Path directory) {
        String text = in.valueOrNull(ConfigKeys.POLICY_FILE);
        if (text == null) {
            return new PolicyFile(directory);
        }
        Path file = directory.resolve(path(in, ConfigKeys.POLICY_FILE, text)).normalize();
        if (!Files.isRegularFile(file)) {
            in.report(
                    in.markOf(ConfigKeys.POLICY_FILE), "'policy.file': there is no file " + file + "; check the path");
        }
        return new PolicyFile(file);
    }

    private List<ProviderEntry> providers(
            ConfigReader in, String name, Secrets secrets, Path data, List<Problem> problems) {
        YamlNode node = in.find(ConfigKeys.PROVIDERS);
        if (!(node instanceof YamlNode.Sequence list) || list.items().isEmpty()) {
            String what = node == null ? "is missing" : "must be a list with at least one provider";
            in.report(node == null ? YamlNode.Mark.START : node.mark(), "'providers' " + what);
            return List.of();
        }
        if (list.items().size() > ConfigKeys.MAX_PROVIDERS) {
            in.report(list.mark(), "'providers' has more than " + ConfigKeys.MAX_PROVIDERS + " entries");
            return List.of();
        }
        return new ProviderReader(name, secrets, data, factories, problems).read(list);
    }
}
