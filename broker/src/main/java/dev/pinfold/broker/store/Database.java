package dev.pinfold.broker.store;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The broker's connections to its database, embedded or given by a URL.
 *
 * <p>Reads share a few pipelined connections, which is fastest for short queries. Writes have a pool of plain ones, so that
 * their commits reach the disk together. One more connection listens. Driver failures are translated in one place.
 */
public final class Database implements AutoCloseable {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(20);
    private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);
    private static final int PIPELINED_READS = 32;
    private static final int BOOKKEEPERS = 6;

    private final @Nullable EmbeddedPostgres embedded;
    private final DiskGuard disk;
    private final Pool writes;
    private final Pool bookkeeping;
    private final SqlClient reads;
    private final Notifications notifications;

    /**
     * Whether the database answers.
     *
     * @param latency how long it took to answer or to fail
     * @param detail empty, or why it is not up
     */
    public record Health(boolean up, Duration latency, String detail) {}

    private Database(Vertx vertx, DatabaseConfig config, @Nullable EmbeddedPostgres embedded, DiskGuard disk) {
        this.embedded = embedded;
        this.disk = disk;
        PgConnectOptions options = embedded == null ? fromUrl(config.url()) : embedded.connectOptions();
        options.setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(512)
                // Bridges a restart of the server: only the attempt to connect is repeated, never a statement.
                .setReconnectAttempts(10)
                .setReconnectInterval(100)
                .getProperties()
                .put("application_name", "pinfold");
        this.writes = PgBuilder.pool()
                .with(poolOptions(config.writeConnections()))
                .connectingTo(new PgConnectOptions(options).setPipeliningLimit(1))
                .using(vertx)
                .build();
        this.bookkeeping = PgBuilder.pool()
                .with(poolOptions(BOOKKEEPERS))
                .connectingTo(new PgConnectOptions(options)
                        .setPipeliningLimit(1)
                        .addProperty("options", "-c synchronous_commit=off"))
                .using(vertx)
                .build();
        this.reads = PgBuilder.client()
                .with(poolOptions(config.readConnections()))
                .connectingTo(new PgConnectOptions(options)
                        .setPipeliningLimit(PIPELINED_READS)
                        // A list statement takes longer to plan than to run, and the right plan does not depend on
                        // the values: every filter has an index of its own.
                        .addProperty("options", "-c plan_cache_mode=force_generic_plan -c jit=off"))
                .using(vertx)
                .build();
        this.notifications = new Notifications(vertx, new PgConnectOptions(options).setReconnectAttempts(0));
    }

    /**
     * Opens the database and brings its schema up to date; blocking, to be called from the main or a virtual thread.
     *
     * @throws IllegalStateException it cannot be opened; the message says why and what to do
     */
    public static Database open(Vertx vertx, DatabaseConfig config) {
        return open(vertx, config, Migrations.ofTheBroker());
    }

    static Database open(Vertx vertx, DatabaseConfig config, Migrations migrations) {
        Path folder = config.dataDirectory().toAbsolutePath();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the data directory " + folder + " cannot be made: " + e, e);
        }
        DiskGuard disk = DiskGuard.watch(folder, config.reserveBytes(), config.url() == null);
        EmbeddedPostgres embedded = null;
        try {
            if (config.url() == null) {
                embedded = EmbeddedPostgres.start(folder.resolve("postgres"), disk::releaseBallast);
            }
            Database database = new Database(vertx, config, embedded, disk);
            database.migrate(migrations);
            return database;
        } catch (RuntimeException e) {
            if (embedded != null) {
                embedded.close();
            }
            disk.close();
            throw e;
        }
    }

    private static PgConnectOptions fromUrl(@Nullable String url) {
        try {
            return PgConnectOptions.fromUri(String.valueOf(url));
        } catch (IllegalArgumentException e) {
            // The URL itself is not repeated: it holds a password.
            throw new IllegalStateException(
                    "database.url is not of the form postgresql://user:password@host:port/database");
        }
    }

    private static PoolOptions poolOptions(int connections) {
        return new PoolOptions()
                .setMaxSize(connections)
                .setMaxWaitQueueSize(10_000)
                // Vert.x 5.0.8 reports a wait that ended in time as an unhandled failure; callers have their own
                // limits.
                .setConnectionTimeout(0);
    }

    private void migrate(Migrations migrations) {
        try {
            migrations.apply(writes);
        } catch (IllegalStateException e) {
            closeClients();
            throw e;
        } catch (Throwable e) {
            closeClients();
            BrokerException translated = translate(e);
            throw new IllegalStateException(translated.details() + " (" + e.getMessage() + ")", e);
        }
    }

    /** Connections for changes and transactions. Not pipelined. */
    public Pool writes() {
        assert !Transactions.open() : "a second connection within a transaction";
        return writes;
    }

    /**
     * Connections for changes that a crash may take back: what is observed, decided and counted again anyway. Their
     * commits do not wait for the disk. Order is kept: a change that is on the disk has all earlier ones before it.
     */
    public Pool bookkeeping() {
        assert !Transactions.open() : "a second connection within a transaction";
        return bookkeeping;
    }

    /** Connections for single queries, many at once on each. No transactions. */
    public SqlClient reads() {
        return reads;
    }

    /**
     * Listens to a channel for as long as the database is open.
     *
     * @param channel {@code [a-z][a-z0-9_]*}
     * @param handler gets each payload, on an event loop
     * @param missed called when listening begins and after every gap: notifications may have been lost, so look yourself
     */
    public void onNotify(String channel, Consumer<String> handler, Runnable missed) {
        notifications.listen(channel, handler, missed);
    }

    /** Asks the database a harmless question; never fails. */
    public Future<Health> health() {
        long begin = System.nanoTime();
        return reads.query("SELECT 1")
                .execute()
                .timeout(HEALTH_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .map(rows -> new Health(true, Duration.ofNanos(System.nanoTime() - begin), ""))
                .otherwise(failure -> new Health(
                        false,
                        Duration.ofNanos(System.nanoTime() - begin),
                        translate(failure).details()));
    }

    /** Throws {@link ErrorKind#INSUFFICIENT_STORAGE} while the disk has less free space than the reserve. */
    public void requireSpace() {
        disk.require();
    }

    /** Whether {@link #requireSpace()} would pass. */
    public boolean hasSpace() {
        return !disk.low();
    }

    /** Free bytes of the data directory's disk, at most a second old. */
    public long usableBytes() {
        return disk.usableBytes();
    }

    /** Waits for a result of this database, at most 20 seconds; failures come translated. Not for event loops. */
    public <T> T await(Future<T> future) {
        try {
            return future.await(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new BrokerException(
                    ErrorKind.SERVICE_UNAVAILABLE,
                    "the database did not answer within " + CALL_LIMIT.toSeconds()
                            + " s; the change may have been made",
                    e);
        } catch (Throwable e) {
            throw translate(e);
        }
    }

    /** Says what a failure of this database means to the broker's clients. */
    public BrokerException translate(Throwable failure) {
        boolean full = embedded != null && (embedded.outOfSpace() || disk.lowNow());
        return DatabaseErrors.translate(failure, full);
    }

    /** The server of our own; null where a URL was given. */
    @Nullable
    EmbeddedPostgres embedded() {
        return embedded;
    }

    private void closeClients() {
        notifications.close();
        Future.join(writes.close(), bookkeeping.close(), reads.close())
                .otherwiseEmpty()
                .await();
    }

    /** Closes every connection and stops the embedded server. To be called once; not from an event loop. */
    @Override
    public void close() {
        closeClients();
        if (embedded != null) {
            embedded.close();
        }
        disk.close();
    }
}
