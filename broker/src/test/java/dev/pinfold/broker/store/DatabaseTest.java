package dev.pinfold.broker.store;

import static dev.pinfold.broker.store.DatabaseFixture.count;
import static dev.pinfold.broker.store.DatabaseFixture.eventually;
import static dev.pinfold.broker.store.DatabaseFixture.kill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final Migrations NOTES = Migrations.load("/test-migrations/two");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static Database database;

    @BeforeAll
    static void open() {
        vertx = DatabaseFixture.vertx();
        database = Database.open(vertx, DatabaseFixture.config(folder), NOTES);
    }

    @AfterAll
    static void close() {
        database.close();
        vertx.close().await();
    }

    private static EmbeddedPostgres postgres() {
        return Objects.requireNonNull(database.embedded());
    }

    private static ErrorKind kindOf(String sql) {
        try {
            database.await(database.writes().query(sql).execute());
            throw new AssertionError("accepted: " + sql);
        } catch (BrokerException e) {
            return e.kind();
        }
    }

    @Test
    void many_reads_and_writes_at_once_all_come_back() {
        List<Future<?>> calls = new ArrayList<>();
        for (long id = 1000; id < 1200; id++) {
            calls.add(database.writes()
                    .preparedQuery("INSERT INTO note (id, body) VALUES ($1, $2)")
                    .execute(Tuple.of(id, "b" + id)));
        }
        database.await(Future.all(calls));
        List<Future<String>> reads = new ArrayList<>();
        for (long id = 1000; id < 1200; id++) {
            reads.add(database.reads()
                    .preparedQuery("SELECT body FROM note WHERE id = $1")
                    .execute(Tuple.of(id))
                    .map(rows -> rows.iterator().next().getString(0)));
        }
        database.await(Future.all(reads));
        assertThat(reads.get(0).result()).isEqualTo("b1000");
        assertThat(reads.get(199).result()).isEqualTo("b1199");
    }

    @Test
    void driver_errors_come_in_the_brokers_words() throws Exception {
        assertThat(kindOf("INSERT INTO note (id, body) VALUES (1, 'again')")).isEqualTo(ErrorKind.CONFLICT);
        assertThat(kindOf("SELECT 1/0")).isEqualTo(ErrorKind.BAD_REQUEST);
        assertThat(kindOf("SELECT nothing FROM nowhere")).isEqualTo(ErrorKind.INTERNAL_SERVER_ERROR);
        assertThat(kindOf("DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"))
                .isEqualTo(ErrorKind.INSUFFICIENT_STORAGE);
        assertThat(kindOf(
                        "DO $$ BEGIN RAISE EXCEPTION 'PANIC: No space left on device' USING ERRCODE = '58030'; END $$"))
                .isEqualTo(ErrorKind.INSUFFICIENT_STORAGE);
        assertThat(kindOf("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$"))
                .isEqualTo(ErrorKind.SERVICE_UNAVAILABLE);
        assertThat(kindOf("SELECT pg_terminate_backend(pg_backend_pid())")).isEqualTo(ErrorKind.SERVICE_UNAVAILABLE);
        eventually("the pool has noticed that a connection ended", PATIENCE, DatabaseTest::allConnectionsAnswer);
    }

    private static boolean allConnectionsAnswer() {
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            calls.add(database.writes().query("SELECT pg_sleep(0.01)").execute());
        }
        try {
            database.await(Future.join(calls));
            return true;
        } catch (BrokerException e) {
            return false;
        }
    }

    @Test
    void a_server_killed_under_load_comes_back_by_itself_and_keeps_what_it_confirmed() throws Exception {
        database.await(
                database.writes().query("CREATE TABLE confirmed (id bigint)").execute());
        int before = postgres().restarts();
        AtomicInteger confirmed = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        List<ErrorKind> kinds = new CopyOnWriteArrayList<>();
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int id = 0; !enough.get(); id++) {
                try {
                    database.await(database.writes()
                            .preparedQuery("INSERT INTO confirmed VALUES ($1)")
                            .execute(Tuple.of((long) id)));
                    confirmed.incrementAndGet();
                } catch (BrokerException e) {
                    kinds.add(e.kind());
                    refused.incrementAndGet();
                }
            }
        });
        eventually("some rows", PATIENCE, () -> confirmed.get() >= 50);
        kill("KILL", postgres().pid());
        eventually("the server runs again", PATIENCE, () -> postgres().restarts() == before + 1);
        int meanwhile = confirmed.get();
        eventually("rows are written again", PATIENCE, () -> confirmed.get() >= meanwhile + 200);
        enough.set(true);
        assertThat(writer.join(PATIENCE)).isTrue();
        // None at all where the server was away between two calls: connecting is tried again, a statement is not.
        assertThat(kinds).allMatch(ErrorKind.SERVICE_UNAVAILABLE::equals);
        // A commit whose answer was lost may be there as well: never fewer, and at most one more per refusal.
        assertThat(count(database, "confirmed"))
                .isBetween((long) confirmed.get(), (long) confirmed.get() + refused.get());
        System.out.printf("%d calls failed while the server was away%n", refused.get());
    }

    @Test
    void listeners_hear_notifications_and_are_told_of_a_gap_after_a_lost_connection() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        AtomicInteger missed = new AtomicInteger();
        database.onNotify("pins_changed", heard::add, missed::incrementAndGet);
        eventually("listening", PATIENCE, () -> missed.get() >= 1);
        database.await(database.writes().query("NOTIFY pins_changed, 'one'").execute());
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("one");

        int before = missed.get();
        database.await(database.writes()
                .query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()")
                .execute());
        eventually("told of the gap", PATIENCE, () -> missed.get() > before);
        database.await(database.writes().query("NOTIFY pins_changed, 'two'").execute());
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("two");
    }

    @Test
    void health_says_whether_the_database_answers() {
        Database.Health health = database.health().await();
        assertThat(health.up()).isTrue();
        assertThat(health.latency()).isLessThan(Duration.ofSeconds(2));
        assertThat(health.detail()).isEmpty();
        database.requireSpace();
    }

    @Test
    void a_database_elsewhere_is_reached_by_its_url_and_is_left_running() {
        var options = postgres().connectOptions();
        String url = "postgresql://" + options.getUser() + ":" + options.getPassword() + "@"
                + options.getHost().replace("/", "%2F") + ":5432/postgres";
        try (Database other = Database.open(vertx, new DatabaseConfig(url, folder.resolve("other"), 2, 1, 1), NOTES)) {
            assertThat(other.embedded()).isNull();
            assertThat(count(other, "note")).isPositive();
        }
        assertThat(count(database, "note")).isPositive();
    }

    @Test
    void a_database_that_cannot_be_reached_or_understood_is_refused_with_a_sentence() {
        assertThatThrownBy(() -> Database.open(
                        vertx, new DatabaseConfig("postgresql://u:secret@127.0.0.1:1/x", folder, 2, 1, 1), NOTES))
                .hasMessageContaining("cannot be reached")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> Database.open(
                        vertx, new DatabaseConfig("mysql://u:secret@127.0.0.1/x", folder, 2, 1, 1), NOTES))
                .hasMessageContaining("database.url")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_closed_database_can_be_opened_again_on_the_same_folder() {
        Path again = folder.resolve("again");
        Database.open(vertx, DatabaseFixture.config(again), NOTES).close();
        try (Database second = Database.open(vertx, DatabaseFixture.config(again), NOTES)) {
            assertThat(count(second, "note")).isEqualTo(1);
        }
    }
}
