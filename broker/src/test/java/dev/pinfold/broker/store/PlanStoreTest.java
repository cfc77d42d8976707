package dev.pinfold.broker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.flow.SharedPostgres;
import dev.pinfold.broker.store.PlanStore.PlanRow;
import dev.pinfold.broker.store.PlanStore.PlannedMove;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans are kept for a while after their end, and while they are not at it. */
class PlanStoreTest {
    private static final Duration KEPT = Duration.ofDays(90);

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static Database database;
    private static PlanStore store;

    @BeforeAll
    static void open() {
        vertx = DatabaseFixture.vertx();
        database = Database.open(
                vertx, new DatabaseConfig(SharedPostgres.freshDatabase(), folder, 4, 2, DatabaseFixture.SMALL_RESERVE));
        store = new PlanStore(database);
    }

    @AfterAll
    static void close() {
        database.close();
        vertx.close().await();
    }

    /** A plan with one move that was made so many days ago. */
    private static UUID plan(String state, int madeDaysAgo, int movedDaysAgo) {
        UUID id = UUID.randomUUID();
        store.create(id, "ops", 1, null, "world", 0);
        store.finish(id, state, null, new JsonObject());
        UUID pin = UUID.randomUUID();
        store.addMoves(
                id,
                List.of(new PlannedMove(pin, "content", false, false, 1, List.of("a"), List.of("b"), List.of("b"))));
        database.await(database.writes()
                .preparedQuery("UPDATE plan SET since = now() - $2 * interval '1 day',"
                        + " beat_at = now() - $2 * interval '1 day' WHERE id = $1")
                .execute(Tuple.of(id, madeDaysAgo)));
        database.await(database.writes()
                .preparedQuery("UPDATE plan_move SET started_at = now() - $2 * interval '1 day' WHERE plan = $1")
                .execute(Tuple.of(id, movedDaysAgo)));
        return id;
    }

    @Test
    void what_ended_long_ago_is_forgotten_with_its_moves_and_what_has_not_ended_never() {
        UUID over = plan("applied", 100, 95);
        UUID failed = plan("failed", 91, 91);
        UUID lately = plan("applied", 100, 5);
        UUID applying = plan("applying", 200, 150);
        UUID waiting = plan("canary", 200, 150);
        UUID fresh = plan("planned", 1, 1);
        assertThat(store.dropOld(KEPT)).isEqualTo(2);
        assertThat(store.list(100)).extracting(PlanRow::id).containsExactlyInAnyOrder(lately, applying, waiting, fresh);
        assertThat(store.moves(over, 10)).isEmpty();
        assertThat(store.moves(failed, 10)).isEmpty();
        assertThat(store.moves(lately, 10)).hasSize(1);
    }
}
