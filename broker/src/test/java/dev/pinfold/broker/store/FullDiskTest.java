package dev.pinfold.broker.store;

import static dev.pinfold.broker.store.DatabaseFixture.count;
import static dev.pinfold.broker.store.DatabaseFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a small disk of its own (a tmpfs, so only root can run it): what happens when it fills up. */
class FullDiskTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long RESERVE = 128L << 20;
    private static final String WAL_ONLY = "SELECT pg_logical_emit_message(false, 'filler', repeat('x', 4000000))";

    @TempDir
    static Path mountPoint;

    private Vertx vertx;
    private Database database;
    private Path filler;

    @BeforeEach
    void mount() throws Exception {
        int code = run("mount", "-t", "tmpfs", "-o", "size=400m,mode=0700", "pinfold-test", mountPoint.toString());
        if (code != 0) {
            System.out.println("skipped: a small disk cannot be mounted here (only root can)");
        }
        Assumptions.assumeTrue(code == 0, "a small disk can be mounted");
        filler = mountPoint.resolve("filler");
        vertx = DatabaseFixture.vertx();
        database = Database.open(
                vertx,
                new DatabaseConfig(null, mountPoint.resolve("data"), 4, 2, RESERVE),
                Migrations.load("/test-migrations/two"));
    }

    @AfterEach
    void unmount() throws Exception {
        if (vertx != null) {
            database.close();
            vertx.close().await();
            assertThat(run("umount", mountPoint.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Writes zeros until this much is left, or until nothing is left. */
    private void fill(long leave) throws IOException {
        byte[] zeros = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (leave == 0 || mountPoint.toFile().getUsableSpace() > leave) {
                out.write(zeros);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private EmbeddedPostgres postgres() {
        return Objects.requireNonNull(database.embedded());
    }

    private Path ballast() {
        return mountPoint.resolve("data/ballast");
    }

    @Test
    void new_work_is_refused_before_the_disk_is_full_and_taken_again_when_there_is_space() throws Exception {
        database.requireSpace();
        eventually("ballast is kept", PATIENCE, () -> Files.exists(ballast()));
        fill(RESERVE / 2);
        eventually("refused", PATIENCE, () -> !database.hasSpace());
        assertThatThrownBy(database::requireSpace)
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INSUFFICIENT_STORAGE))
                .hasMessageContaining("nearly full");
        assertThat(count(database, "note")).isEqualTo(1);
        database.await(database.writes()
                .query("UPDATE note SET body = 'what is under way may end'")
                .execute());

        Files.delete(filler);
        eventually("taken again", PATIENCE, database::hasSpace);
        database.requireSpace();
        assertThat(postgres().restarts()).isZero();
    }

    @Test
    void a_disk_filled_to_the_last_byte_stops_changes_but_not_reading_and_heals_without_a_restart() throws Exception {
        eventually("ballast is kept", PATIENCE, () -> Files.exists(ballast()));
        fill(0);
        BrokerException failure = writeUntilItFails();
        System.out.printf("first failure: %s, cause %s%n", failure.getMessage(), failure.getCause());
        assertThat(failure.kind()).isEqualTo(ErrorKind.INSUFFICIENT_STORAGE);
        eventually("reading goes on", PATIENCE, () -> count(database, "note") == 1);
        assertThat(database.hasSpace()).isFalse();
        System.out.printf("restarts %d, ballast there: %s%n", postgres().restarts(), Files.exists(ballast()));

        Files.delete(filler);
        eventually("new work is taken again", PATIENCE, database::hasSpace);
        eventually("changes are made again", PATIENCE, () -> {
            try {
                database.await(database.writes().query(WAL_ONLY).execute());
                return true;
            } catch (BrokerException e) {
                return false;
            }
        });
        database.await(database.writes()
                .query("INSERT INTO note (id, body) VALUES (2, 'after')")
                .execute());
        assertThat(count(database, "note")).isEqualTo(2);
        eventually("the ballast is back", PATIENCE, () -> Files.exists(ballast()));
    }

    /** Writes to the server's log past the guard, as work under way does, until the disk gives out. */
    private BrokerException writeUntilItFails() {
        for (int i = 0; i < 400; i++) {
            try {
                database.await(database.writes().query(WAL_ONLY).execute());
            } catch (BrokerException e) {
                return e;
            }
        }
        throw new AssertionError("1600 MB fitted onto a disk of 400 MB");
    }
}
