package dev.pinfold.broker.store;

import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own: made on first use, reached by a private unix socket with a password, fsync on, and gone
 * when the broker is gone.
 *
 * <p>One platform thread starts the server and stays with it, because the signal that ends the server with the broker
 * follows the thread that started it. The same thread starts the server again when it dies, with growing pauses.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration CHILDREN_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** Only what ended the server counts; a statement that failed for want of space is an ERROR. */
    private static final Pattern NO_SPACE =
            Pattern.compile("\\] (PANIC|FATAL): .*(No space left on device|Disk quota exceeded)");

    private final PostgresHome home;
    private final PostgresBinaries binaries;
    private final BooleanSupplier freeSpace;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final AtomicInteger restarts = new AtomicInteger();
    private final Thread supervisor;
    private volatile boolean outOfSpace;
    private volatile @Nullable Process server;

    private EmbeddedPostgres(PostgresHome home, PostgresBinaries binaries, BooleanSupplier freeSpace) {
        this.home = home;
        this.binaries = binaries;
        this.freeSpace = freeSpace;
        this.supervisor = Thread.ofPlatform().daemon().name("pinfold-postgres").unstarted(this::supervise);
    }

    /** Starts the server in a folder, which is made on first use; returns when it takes connections. */
    public static EmbeddedPostgres start(Path folder) {
        return start(folder, () -> false);
    }

    /**
     * Starts the server in a folder.
     *
     * @param freeSpace called when the server died for want of disk space; gives some back and tells whether it could
     */
    static EmbeddedPostgres start(Path folder, BooleanSupplier freeSpace) {
        PostgresHome home = PostgresHome.open(folder);
        try {
            PostgresBinaries binaries =
                    PostgresBinaries.unpack(folder.toAbsolutePath().resolve("programs"));
            home.initialise(binaries);
            EmbeddedPostgres postgres = new EmbeddedPostgres(home, binaries, freeSpace);
            postgres.supervisor.start();
            postgres.awaitStart();
            return postgres;
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    private void awaitStart() {
        try {
            started.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL started", e);
        }
    }

    /** How to connect; needs a Vert.x that can use unix sockets. */
    public PgConnectOptions connectOptions() {
        return new PgConnectOptions()
                .setHost(home.socketFolder().toString())
                .setPort(5432)
                .setUser(PostgresHome.USER)
                .setPassword(home.password())
                .setDatabase("postgres");
    }

    /** The server's process id; changes when it had to be started again. */
    public long pid() {
        Process process = server;
        return process == null ? -1 : process.pid();
    }

    /** How often the server had to be started again since {@link #start}. */
    public int restarts() {
        return restarts.get();
    }

    /** Whether the server is down because its disk is full. */
    boolean outOfSpace() {
        return outOfSpace;
    }

    private void supervise() {
        try {
            Process process = launchWithRetry();
            started.complete(null);
            while (!isStopping()) {
                process.waitFor();
                if (!isStopping()) {
                    process = restart(process);
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("the thread that watches PostgreSQL was interrupted");
        } catch (IOException | RuntimeException e) {
            started.completeExceptionally(e);
        }
    }

    private Process launchWithRetry() throws IOException, InterruptedException {
        long logBegin = home.logSize();
        try {
            return launch();
        } catch (IllegalStateException e) {
            if (diedForSpace(logBegin) && freeSpace.getAsBoolean()) {
                return launch();
            }
            throw e;
        }
    }

    private Process restart(Process dead) throws InterruptedException {
        LOG.warn("PostgreSQL ended by itself with code {}; starting it again; {}", dead.exitValue(), home.logTail());
        Duration pause = FIRST_PAUSE;
        long logBegin = Math.max(0, home.logSize() - (8 << 10));
        while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                if (diedForSpace(logBegin)) {
                    outOfSpace = true;
                    boolean freed = freeSpace.getAsBoolean();
                    LOG.warn("PostgreSQL ran out of disk space{}", freed ? "; it gets the ballast" : "");
                }
                logBegin = home.logSize();
                Process process = launch();
                restarts.incrementAndGet();
                outOfSpace = false;
                LOG.info("PostgreSQL runs again as process {}", process.pid());
                return process;
            } catch (IOException | IllegalStateException e) {
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                LOG.warn("PostgreSQL does not start; next try in {} ms: {}", pause.toMillis(), e.getMessage());
            }
        }
        return dead;
    }

    private boolean diedForSpace(long logBegin) {
        return NO_SPACE.matcher(home.logSince(logBegin)).find();
    }

    /**
     * Launches the server. The children of one that was killed hold its shared memory for a moment longer, and no server
     * starts beside them: that passes by itself.
     */
    private Process launch() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + CHILDREN_LIMIT.toNanos();
        while (true) {
            try {
                return launchOnce();
            } catch (IllegalStateException e) {
                boolean children = String.valueOf(e.getMessage()).contains("pre-existing shared memory block");
                if (!children || System.nanoTime() - deadline > 0 || stopping.await(200, TimeUnit.MILLISECONDS)) {
                    throw e;
                }
                LOG.info("the children of a killed PostgreSQL are still ending; trying again");
            }
        }
    }

    private Process launchOnce() throws IOException, InterruptedException {
        clearTheWay();
        home.rotateLog();
        long logBegin = home.logSize();
        Process process = new ProcessBuilder(serverCommand())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(home.log().toFile()))
                .start();
        process.getOutputStream().close();
        server = process;
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!isReady(process)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("PostgreSQL did not start (exit code " + process.exitValue() + ")"
                        + (home.logSince(logBegin).isBlank() ? "" : "; " + home.logTail()));
            }
            if (stopping.await(10, TimeUnit.MILLISECONDS)) {
                return process;
            }
            if (System.nanoTime() - deadline > 0) {
                interrupt(process.pid());
                throw new IllegalStateException(
                        "PostgreSQL was not ready after " + START_LIMIT.toSeconds() + " s; " + home.logTail());
            }
        }
        return process;
    }

    private List<String> serverCommand() {
        List<String> options = new ArrayList<>(List.of("-D", home.data().toString()));
        for (String setting : List.of(
                "listen_addresses=",
                "unix_socket_directories=" + home.socketFolder(),
                "unix_socket_permissions=0700",
                "max_connections=350",
                "shared_buffers=128MB",
                "fsync=on",
                // Less can pile up between two checkpoints, so a small disk is not filled by the log alone.
                "max_wal_size=512MB",
                "logging_collector=off",
                "log_destination=stderr")) {
            options.add("-c");
            options.add(setting);
        }
        return binaries.commandThatDiesWithCaller("postgres", options.toArray(String[]::new));
    }

    private boolean isReady(Process process) {
        return PostmasterPid.read(home.data())
                .filter(file -> file.pid() == process.pid() && file.ready())
                .isPresent();
    }

    /** Ends a server that outlived its broker, and disowns a pid file whose server is gone. */
    private void clearTheWay() throws IOException, InterruptedException {
        for (long pid : PostmasterPid.serversOf(home.data())) {
            LOG.warn("PostgreSQL process {} outlived its broker; stopping it", pid);
            interrupt(pid);
            if (!ended(pid, STOP_LIMIT)) {
                throw new IllegalStateException(
                        "the PostgreSQL of an earlier run (process " + pid + ") does not stop: end it and start again");
            }
        }
        // The number may be a stranger's by now, or that of a dead server that nobody has waited for yet.
        if (PostmasterPid.read(home.data()).filter(PostmasterPid::processLives).isPresent()) {
            PostmasterPid.disown(home.data(), ProcessHandle.current().pid());
        }
        Files.deleteIfExists(home.socketFolder().resolve(".s.PGSQL.5432.lock"));
    }

    private static boolean ended(long pid, Duration limit) throws InterruptedException {
        try {
            ProcessHandle.of(pid)
                    .map(ProcessHandle::onExit)
                    .orElse(CompletableFuture.completedFuture(null))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    /** Asks for a fast shutdown. Java can only send TERM, which PostgreSQL reads as "wait until every client has left". */
    private static void interrupt(long pid) throws IOException, InterruptedException {
        new ProcessBuilder("/bin/sh", "-c", "kill -INT \"$0\"", Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Stops the server: clients are cut off, what was committed is on the disk. Idempotent. */
    @Override
    public void close() {
        if (isStopping()) {
            return;
        }
        stopping.countDown();
        boolean interrupted = Thread.interrupted();
        try {
            Process process = server;
            if (process != null && process.isAlive()) {
                interrupt(process.pid());
                if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn("PostgreSQL did not stop within {} s and is killed", STOP_LIMIT.toSeconds());
                    process.destroyForcibly();
                }
            }
            supervisor.join(STOP_LIMIT);
        } catch (IOException e) {
            LOG.warn("PostgreSQL could not be told to stop: {}", e.toString());
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            home.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Where this server keeps its data; for tests. */
    Path dataFolder() {
        return home.data();
    }

    /** Where the server's socket is; for tests. */
    Path socketFolder() {
        return home.socketFolder();
    }

    /** Whether the socket exists; for tests. */
    boolean socketExists() {
        return Files.exists(home.socketFolder().resolve(".s.PGSQL.5432"));
    }
}
