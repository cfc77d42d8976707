package dev.pinfold.broker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.pinfold.broker.alert.Alert;
import dev.pinfold.broker.alert.AlertKind;
import dev.pinfold.broker.flow.SharedPostgres;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts are raised once, whoever raises them and however often. */
class AlertStoreTest {
    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static Database database;
    private static AlertStore store;

    @BeforeAll
    static void open() {
        vertx = DatabaseFixture.vertx();
        database = Database.open(
                vertx, new DatabaseConfig(SharedPostgres.freshDatabase(), folder, 4, 2, DatabaseFixture.SMALL_RESERVE));
        store = new AlertStore(database);
    }

    @AfterAll
    static void close() {
        database.close();
        vertx.close().await();
    }

    @BeforeEach
    void empty() {
        database.await(database.writes().query("DELETE FROM alert").execute());
    }

    private List<Alert> all() {
        return store.newest(true, Long.MAX_VALUE, 100);
    }

    @Test
    void a_condition_that_is_raised_again_keeps_its_alert_and_tells_the_latest() {
        assertThat(store.raise(AlertKind.FUNDS_LOW, "f1", "3 days left")).isTrue();
        assertThat(store.raise(AlertKind.FUNDS_LOW, "f1", "2 days left")).isFalse();
        assertThat(store.raise(AlertKind.FUNDS_LOW, "f2", "9 days left")).isTrue();
        assertThat(store.open(AlertKind.FUNDS_LOW))
                .extracting(Alert::subject, Alert::message)
                .containsExactly(tuple("f1", "2 days left"), tuple("f2", "9 days left"));
        assertThat(store.countOpen()).containsOnly(java.util.Map.entry(AlertKind.FUNDS_LOW, 2L));
    }

    @Test
    void a_condition_that_begins_anew_is_another_alert() {
        store.raise(AlertKind.DRAIN_LATE, "dying", "late");
        assertThat(store.clear(AlertKind.DRAIN_LATE, "dying")).isTrue();
        assertThat(store.clear(AlertKind.DRAIN_LATE, "dying")).isFalse();
        assertThat(store.raise(AlertKind.DRAIN_LATE, "dying", "late again")).isTrue();
        assertThat(all()).extracting(Alert::message).containsExactly("late again", "late");
        assertThat(store.newest(false, Long.MAX_VALUE, 100))
                .extracting(Alert::message)
                .containsExactly("late again");
    }

    @Test
    void what_happened_is_told_once_also_after_somebody_cleared_it() {
        store.raise(AlertKind.DEAL_SLASHED, "deal 7", "it is gone");
        long id = all().getFirst().id();
        Alert cleared = store.clearByHand(id, "ann").orElseThrow();
        assertThat(cleared.clearedBy()).isEqualTo("ann");
        assertThat(store.clearByHand(id, "bob").orElseThrow().clearedBy()).isEqualTo("ann");
        assertThat(store.raise(AlertKind.DEAL_SLASHED, "deal 7", "it is gone")).isFalse();
        assertThat(all()).hasSize(1);
        assertThat(store.clearByHand(id + 1, "ann")).isEmpty();
    }

    @Test
    void sixteen_that_raise_at_once_make_one_alert() throws InterruptedException {
        try (ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
            List<java.util.concurrent.Callable<Boolean>> raises = IntStream.range(0, 16)
                    .<java.util.concurrent.Callable<Boolean>>mapToObj(
                            i -> () -> store.raise(AlertKind.REPAIR_STOPPED, "all", "stopped " + i))
                    .toList();
            assertThat(together.invokeAll(raises).stream().filter(f -> f.resultNow()))
                    .hasSize(1);
        }
        assertThat(all()).hasSize(1);
    }

    @Test
    void what_is_long_over_is_forgotten_and_what_is_open_never() {
        store.raise(AlertKind.DEAL_SLASHED, "open", "x");
        store.raise(AlertKind.DEAL_SLASHED, "over", "x");
        store.clear(AlertKind.DEAL_SLASHED, "over");
        database.await(database.writes()
                .query(
                        "UPDATE alert SET since = since - interval '91 days', cleared_at = cleared_at - interval '91 days'")
                .execute());
        store.dropOld(Duration.ofDays(90));
        assertThat(all()).extracting(Alert::subject).containsExactly("open");
    }
}
