package dev.pinfold.broker.flow;

import dev.pinfold.broker.Broker;
import dev.pinfold.broker.api.Tokens;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.TokenStore.NewToken;
import dev.pinfold.kit.ScriptedPsa;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A whole broker in this process, on free loopback ports, with short pauses and a database of its own; its providers are
 * scripted companies and local stores. It can be stopped and started again on the same data.
 */
public final class BrokerUnderTest implements AutoCloseable {
    private final Path folder;
    private final BrokerConfig config;
    private final Map<String, PinClient> clients = new ConcurrentHashMap<>();
    private @Nullable Broker broker;

    private BrokerUnderTest(Path folder, BrokerConfig config) {
        this.folder = folder;
        this.config = config;
    }

    /** Chooses what the broker has; everything it keeps lies in the folder. */
    public static Builder in(Path folder) {
        return new Builder(folder);
    }

    /** Starts it where it is stopped. */
    public BrokerUnderTest start() {
        if (broker == null) {
            broker = Broker.start(config);
        }
        return this;
    }

    /** Stops it; its data stay. */
    public void stop() {
        if (broker != null) {
            broker.close();
            broker = null;
        }
    }

    private Broker running() {
        if (broker == null) {
            throw new IllegalStateException("the broker is stopped");
        }
        return broker;
    }

    /** The client of the tenant {@code default}, who may do everything. */
    public PinClient client() {
        return tenant("default");
    }

    /** A client of this tenant, who may do everything; the tenant is made on first use. */
    public PinClient tenant(String tenant) {
        return clients.computeIfAbsent(tenant, this::newClient);
    }

    private PinClient newClient(String tenant) {
        String token = Tokens.fresh();
        NewToken row = new NewToken(
                UUID.randomUUID(),
                tenant,
                "test",
                Buffer.buffer(Tokens.hash(token)),
                EnumSet.allOf(Scope.class),
                null,
                null);
        try {
            running().tokens().ensureTenant(tenant).await(20, TimeUnit.SECONDS);
            running().tokens().create(row).await(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the database does not answer", e);
        }
        return new PinClient(() -> running().endpoint(), token);
    }

    /** Every method and path it serves. */
    public List<String> routes() {
        return running().routes();
    }

    public String endpoint() {
        return running().endpoint();
    }

    public String managementEndpoint() {
        return running().managementEndpoint();
    }

    public BrokerConfig config() {
        return config;
    }

    /** The file of its policy, which it watches. */
    public Path policyFile() {
        return config.policy().file();
    }

    /** Where a local store keeps its content. */
    public Path store(String id) {
        return config.dataDirectory().resolve("stores").resolve(id);
    }

    /** The process id of its own PostgreSQL; only with {@link Builder#ownDatabase()}. */
    public long postgresPid() {
        try (Stream<Path> files = Files.walk(folder)) {
            Path pidFile = files.filter(f -> f.endsWith("postmaster.pid"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no PostgreSQL runs in " + folder));
            return Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Choices before the start; each has a default that suits tests. */
    public static final class Builder {
        private final Path folder;
        private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        private final List<String> providers = new ArrayList<>();
        private String replicas = "{min: 1, target: 1}";
        private String ack = "{pinnedAt: 1, by: verified}";
        private boolean ownDatabase;
        private @Nullable String database;
        private @Nullable String policy;

        private Builder(Path folder) {
            this.folder = folder;
            set("listen.port", "0");
            set("storage.reserve", "16MiB");
            set("storage.stagingCapacity", "1GiB");
            set("database.writeConnections", "8");
            set("database.readConnections", "2");
            set("limits.requestsPerSecond", "1000000");
            set("limits.burst", "1000000");
            set("fetch.allow", "[127.0.0.1]");
            set("fetch.connectTimeout", "1s");
            set("fetch.idleTimeout", "2s");
            set("fetch.totalTimeout", "10s");
            set("reconcile.workers", "64");
            set("reconcile.leaseDuration", "5s");
            set("reconcile.pollInterval", "30ms");
            set("reconcile.observeEvery", "50ms");
            set("reconcile.retryMin", "50ms");
            set("reconcile.retryMax", "500ms");
            set("reconcile.maxAttempts", "4");
            set("reconcile.unknownSettle", "500ms");
            set("reconcile.auditEvery", "1s");
            set("reconcile.lostAfter", "2");
            set("reconcile.retireAfter", "200ms");
            set("reconcile.stuckAfter", "30s");
            set("reconcile.giveUpAfter", "60s");
        }

        /** Sets a value of the configuration by its dotted path, for example {@code reconcile.retireAfter}. */
        public Builder set(String path, String value) {
            int dot = path.indexOf('.');
            sections.computeIfAbsent(path.substring(0, dot), key -> new LinkedHashMap<>())
                    .put(path.substring(dot + 1), value);
            return this;
        }

        /** How many copies there shall be, and after how many verified ones a pin is {@code pinned}. */
        public Builder copies(int min, int target, int pinnedAt) {
            replicas = "{min: " + min + ", target: " + target + "}";
            ack = "{pinnedAt: " + pinnedAt + ", by: verified}";
            return this;
        }

        /** Counts copies that are only claimed. */
        public Builder ackClaimed() {
            ack = ack.replace("verified", "claimed");
            return this;
        }

        /** The whole policy instead of the one that {@link #copies} describes. */
        public Builder policy(String yaml) {
            policy = yaml;
            return this;
        }

        /** The database of another broker, so that both are one service. */
        public Builder database(String url) {
            database = url;
            return this;
        }

        /** A scripted company as a provider under its name; reads go to its gateway. */
        public Builder upstream(ScriptedPsa company) {
            return upstream(company, "timeouts: {call: 5s, transfer: 10s}");
        }

        /**
         * A scripted company as a provider under its name.
         *
         * @param more further keys of the provider's entry, as one line of YAML each
         */
        public Builder upstream(ScriptedPsa company, String... more) {
            Path token = folder.resolve(company.name() + ".token");
            write(token, company.token());
            List<String> lines = new ArrayList<>(List.of(
                    "id: " + company.name(),
                    "type: psa",
                    "labels: {region: region-" + company.name() + ", org: org-" + company.name() + "}",
                    "settings: {endpoint: \"" + company.endpoint() + "\", token: {file: \"" + token + "\"}, gateway: \""
                            + company.gateway() + "\", connectTimeout: 1s, stallTimeout: 2s}"));
            lines.addAll(List.of(more));
            return provider(lines);
        }

        /** A store on this machine's disk. */
        public Builder local(String id) {
            return local(id, new String[0]);
        }

        /**
         * A store on this machine's disk.
         *
         * @param more further keys of the provider's entry, as one line of YAML each; labels replace the usual ones
         */
        public Builder local(String id, String... more) {
            List<String> lines = new ArrayList<>(List.of(
                    "id: " + id,
                    "type: local",
                    "labels: {region: region-" + id + ", org: org-" + id + "}",
                    "settings: {path: stores/" + id + "}"));
            lines.addAll(List.of(more));
            return provider(lines);
        }

        /** Any provider, by the lines of its entry; labels come third where it has any. */
        Builder provider(List<String> lines) {
            List<String> all = new ArrayList<>(lines);
            if (all.stream().filter(line -> line.startsWith("labels:")).count() > 1) {
                all.remove(2);
            }
            if (all.stream().noneMatch(line -> line.startsWith("rate:"))) {
                all.add("rate: {requestsPerSecond: 20000, burst: 20000, listPerMinute: 100000}");
            }
            if (all.stream().noneMatch(line -> line.startsWith("concurrency:"))) {
                all.add("concurrency: 32");
            }
            providers.add("  - " + String.join("\n    ", all));
            return this;
        }

        /** A PostgreSQL of its own instead of a database in the one that all brokers of this JVM share. */
        public Builder ownDatabase() {
            ownDatabase = true;
            return this;
        }

        /** Reads the configuration and starts the broker. */
        public BrokerUnderTest start() {
            return prepare().start();
        }

        /** Reads the configuration; the broker is not started yet. */
        public BrokerUnderTest prepare() {
            if (!ownDatabase) {
                // The URL holds a password, so it does not belong into the file.
                Path url = folder.resolve("database.url");
                write(url, database == null ? SharedPostgres.freshDatabase() : database);
                set("database.url", "{file: \"" + url + "\"}");
            }
            Path data = folder.resolve("data");
            Path file = folder.resolve("broker.yaml");
            write(folder.resolve("policy.yaml"), policy == null ? policy() : policy);
            write(file, yaml(data));
            folder(data.resolve("stores"));
            return new BrokerUnderTest(folder, ConfigLoader.standard().load(file, ConfigLoader.Overrides.NONE));
        }

        private String yaml(Path data) {
            String all = sections.entrySet().stream()
                    .map(section -> section.getKey() + ": {"
                            + section.getValue().entrySet().stream()
                                    .map(e -> e.getKey() + ": " + e.getValue())
                                    .collect(Collectors.joining(", "))
                            + "}\n")
                    .collect(Collectors.joining());
            return "dataDirectory: \"" + data + "\"\n" + all + "policy: {file: policy.yaml}\nproviders:\n"
                    + String.join("\n", providers) + "\n";
        }

        private String policy() {
            if (policy != null) {
                return policy;
            }
            return """
                    apiVersion: pinfold/v1
                    kind: PolicySet
                    metadata: {name: test, revision: 1}
                    classes:
                      all:
                        hot:
                          replicas: %s
                          ack: %s
                          spread:
                            - {by: region, maxPerDomain: 1, whenUnsatisfiable: reject}
                    rules:
                      - {name: everything, match: {}, class: all}
                    repair: {delay: {underTarget: 0s}}
                    """.formatted(replicas, ack);
        }

        private static void folder(Path made) {
            try {
                Files.createDirectories(made);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void write(Path file, String text) {
            folder(file.toAbsolutePath().resolveSibling(""));
            try {
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
