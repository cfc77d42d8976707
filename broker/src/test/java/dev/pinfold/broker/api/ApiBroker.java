package dev.pinfold.broker.api;

import dev.pinfold.broker.Broker;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.EmbeddedPostgres;
import dev.pinfold.broker.store.TokenStore.NewToken;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A whole broker in this process with three stores on the disk, on a database that the test can look into. Each test
 * class starts one in a folder of its own; {@link #tenant} gives tests accounts that nobody else uses.
 */
final class ApiBroker implements AutoCloseable {
    static final Set<Scope> CLIENT = EnumSet.of(Scope.PINS_READ, Scope.PINS_WRITE, Scope.CONTENT_WRITE);
    private static final AtomicLong NAMES = new AtomicLong();

    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final Vertx vertx;
    private final Pool database;
    private final Broker broker;

    private ApiBroker(Path folder, String settings) throws IOException {
        this.folder = folder;
        postgres = EmbeddedPostgres.start(folder.resolve("postgres"));
        vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        database = PgBuilder.pool()
                .connectingTo(postgres.connectOptions())
                .with(new PoolOptions().setMaxSize(2))
                .using(vertx)
                .build();
        Files.writeString(folder.resolve("policy.yaml"), POLICY);
        Path config = folder.resolve("broker.yaml");
        Files.writeString(folder.resolve("database.url"), url(postgres.connectOptions()));
        Files.createDirectories(folder.resolve("data").resolve("stores"));
        Files.writeString(config, CONFIG + settings);
        broker = Broker.start(
                ConfigLoader.standard().load(config, new Overrides(folder.resolve("data"), 0, java.util.List.of())));
    }

    /** Starts a broker; {@code settings} are further top-level lines of its configuration. */
    static ApiBroker start(Path folder, String settings) {
        try {
            return new ApiBroker(folder, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String url(PgConnectOptions options) {
        return "postgresql://%s:%s@%s:%d/%s"
                .formatted(
                        options.getUser(),
                        URLEncoder.encode(options.getPassword(), StandardCharsets.UTF_8),
                        URLEncoder.encode(options.getHost(), StandardCharsets.UTF_8),
                        options.getPort(),
                        options.getDatabase());
    }

    URI endpoint() {
        return URI.create(broker.endpoint());
    }

    /** An account: a tenant and the text of a token of it. */
    record Account(String tenant, String token, UUID tokenId) {}

    Account tenant() {
        return token("tenant-" + NAMES.incrementAndGet(), CLIENT, null, null);
    }

    Account operator() {
        return token("operators", EnumSet.of(Scope.OPERATOR), null, null);
    }

    Account token(String tenant, Set<Scope> scopes, @Nullable Integer requestsPerSecond, @Nullable Long maxPins) {
        String text = Tokens.fresh();
        UUID id = UUID.randomUUID();
        await(broker.tokens().ensureTenant(tenant));
        await(broker.tokens()
                .create(new NewToken(
                        id,
                        tenant,
                        "token-" + NAMES.incrementAndGet(),
                        Buffer.buffer(Tokens.hash(text)),
                        scopes,
                        requestsPerSecond,
                        maxPins)));
        return new Account(tenant, text, id);
    }

    /** What a refused request must leave as it is: rows of every table that a client's request can write, and staged files. */
    Map<String, Long> state() {
        Map<String, Long> state = new TreeMap<>();
        for (Row row : await(database.query(STATE).execute())) {
            state.put(row.getString(0), row.getLong(1));
        }
        state.put("staged files", files(folder.resolve("data").resolve("staging")));
        return state;
    }

    long number(String sql) {
        return await(database.query(sql).execute()).iterator().next().getLong(0);
    }

    void change(String sql) {
        await(database.query(sql).execute());
    }

    /** Runs a statement, then work while its locks are held, then the statement that the work answers, then commits. */
    void whileLocked(String lock, Supplier<String> work) {
        io.vertx.sqlclient.SqlConnection sql = await(database.getConnection());
        try {
            var transaction = await(sql.begin());
            await(sql.query(lock).execute());
            String change = work.get();
            await(sql.query(change).execute());
            await(transaction.commit());
        } finally {
            await(sql.close());
        }
    }

    /** Waits until some statement waits for a lock. */
    void awaitLockWait() {
        await(
                "a statement waits for a lock",
                () -> number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") > 0);
    }

    /** Waits until something holds; fails with these words when it does not within 20 s. */
    void await(String what, BooleanSupplier condition) {
        if (!holdsWithin(Duration.ofSeconds(20), condition)) {
            throw new AssertionError("not within 20 s: " + what);
        }
    }

    boolean holdsWithin(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(10_000_000);
        }
        return true;
    }

    private static long files(Path folder) {
        AtomicLong count = new AtomicLong();
        try {
            if (Files.isDirectory(folder)) {
                Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        count.incrementAndGet();
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }
                });
            }
            return count.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer from the database within 20 s", e);
        }
    }

    @Override
    public void close() {
        broker.close();
        await(database.close());
        await(vertx.close());
        postgres.close();
    }

    private static final String STATE = """
            SELECT 'pins', count(*) FROM pin UNION ALL SELECT 'contents', count(*) FROM content
            UNION ALL SELECT 'tokens', count(*) FROM token UNION ALL SELECT 'tenants', count(*) FROM tenant
            UNION ALL SELECT 'revoked tokens', count(*) FROM token WHERE revoked_at IS NOT NULL
            UNION ALL SELECT 'idempotency keys', count(*) FROM idempotency
            UNION ALL SELECT 'quota in use', coalesce(sum(pins), 0)::bigint FROM token
            """;

    private static final String CONFIG = """
            database: {url: {file: database.url}, writeConnections: 8, readConnections: 4}
            storage: {stagingCapacity: 2GiB, reserve: 16MiB}
            policy: {file: policy.yaml}
            reconcile: {pollInterval: 100ms, observeEvery: 500ms, retryMin: 500ms, retryMax: 10s, workers: 4}
            providers:
              - {id: eu, type: local, labels: {region: eu, country: IE, jurisdiction: EU, org: aurora, backing: one}, rate: {requestsPerSecond: 2000, burst: 4000}, settings: {path: stores/eu}}
              - {id: us, type: local, labels: {region: us, country: US, jurisdiction: US, org: borealis, backing: two}, rate: {requestsPerSecond: 2000, burst: 4000}, settings: {path: stores/us}}
            """;

    private static final String POLICY = """
            apiVersion: pinfold/v1
            kind: PolicySet
            metadata: {name: api-tests, revision: 1}
            classes:
              two:
                hot:
                  replicas: {min: 1, target: 2}
                  ack: {pinnedAt: 1, by: verified}
                  spread: [{by: region, maxPerDomain: 1, whenUnsatisfiable: reject}]
            rules: [{name: everything, match: {}, class: two}]
            """;
}
