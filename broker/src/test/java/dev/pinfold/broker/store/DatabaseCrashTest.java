package dev.pinfold.broker.store;

import static dev.pinfold.broker.store.DatabaseFixture.eventually;
import static dev.pinfold.broker.store.DatabaseFixture.kill;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker's JVM, its PostgreSQL, or both are killed while rows are written; every confirmed row must be there. */
class DatabaseCrashTest {
    private static final int ROUNDS =
            Boolean.getBoolean("pinfold.thorough") ? 20 : Integer.getInteger("pinfold.rounds", 2);

    @TempDir
    Path folder;

    private final Random random = seeded();
    private long lastRow = 1;
    private long postgresPid;

    private static Random seeded() {
        long seed = Long.getLong("pinfold.seed", System.nanoTime());
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    /** Runs a broker until it has confirmed some rows, and leaves it running. */
    private Process writeRows() throws Exception {
        Files.deleteIfExists(output());
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DatabaseChild.class.getName(),
                        folder.resolve("data").toString())
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
        long wanted = lastRow + 30 + random.nextInt(200);
        eventually("rows are written", Duration.ofSeconds(30), () -> {
            readOutput();
            return lastRow >= wanted;
        });
        return child;
    }

    private Path output() {
        return folder.resolve("output");
    }

    /** Every whole line was printed after its commit. */
    private void readOutput() {
        try {
            String text = Files.readString(output());
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                if (line.matches("row [0-9]+")) {
                    lastRow = Math.max(lastRow, Long.parseLong(line.substring(4)));
                } else if (line.matches("pid [0-9]+")) {
                    postgresPid = Long.parseLong(line.substring(4));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkRows() {
        Vertx vertx = DatabaseFixture.vertx();
        long begin = System.nanoTime();
        try (Database database = Database.open(
                vertx, DatabaseFixture.config(folder.resolve("data")), Migrations.load("/test-migrations/two"))) {
            System.out.printf("opened after the crash in %d ms%n", (System.nanoTime() - begin) / 1_000_000);
            assertThat(DatabaseFixture.count(database, "note")).isBetween(lastRow, lastRow + 1);
        } finally {
            vertx.close().await();
        }
    }

    @Test
    void a_killed_broker_takes_its_server_along_and_loses_nothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Process child = writeRows();
            child.destroyForcibly().waitFor();
            readOutput();
            checkRows();
        }
    }

    @Test
    void a_broker_and_server_killed_together_lose_nothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Process child = writeRows();
            kill("KILL", child.pid(), postgresPid);
            child.waitFor();
            readOutput();
            checkRows();
        }
    }

    @Test
    void a_server_that_outlived_its_broker_is_stopped_first() throws Exception {
        Process child = writeRows();
        // A stopped process cannot act on the signal that ends it with its parent: it is an orphan for a while.
        kill("STOP", postgresPid);
        child.destroyForcibly().waitFor();
        readOutput();
        assertThat(ProcessHandle.of(postgresPid)).isPresent();
        kill("CONT", postgresPid);
        checkRows();
    }
}
