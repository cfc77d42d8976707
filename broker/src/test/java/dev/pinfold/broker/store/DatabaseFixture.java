package dev.pinfold.broker.store;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** What the store's tests share: a Vert.x that can use unix sockets, and waiting for a condition with a limit. */
final class DatabaseFixture {
    static final long SMALL_RESERVE = 1 << 20;

    private DatabaseFixture() {}

    static Vertx vertx() {
        return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    }

    static DatabaseConfig config(Path folder) {
        return new DatabaseConfig(null, folder, 4, 2, SMALL_RESERVE);
    }

    static void kill(String signal, long... pids) throws IOException, InterruptedException {
        String all = LongStream.of(pids).mapToObj(Long::toString).collect(Collectors.joining(" "));
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + all)
                .start()
                .waitFor();
    }

    /** Waits until something holds; fails the test with these words when it does not within the limit. */
    static void eventually(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            boolean ignored = never.await(20, TimeUnit.MILLISECONDS);
        }
    }

    /** Counts the rows of a table, or answers -1 while the database does not answer. */
    static long count(Database database, String table) {
        try {
            return database.await(database.reads()
                            .query("SELECT count(*) FROM " + table)
                            .execute())
                    .iterator()
                    .next()
                    .getLong(0);
        } catch (RuntimeException e) {
            return -1;
        }
    }
}
