package dev.pinfold.broker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    static Path folder;

    private static EmbeddedPostgres postgres;
    private static Vertx vertx;
    private Pool pool;

    @BeforeAll
    static void start() {
        vertx = DatabaseFixture.vertx();
        postgres = EmbeddedPostgres.start(folder);
    }

    @AfterAll
    static void stop() {
        postgres.close();
        vertx.close().await();
    }

    /** Each test gets a database of its own on the one server. */
    @BeforeEach
    void open() {
        String name = "test" + NUMBER.incrementAndGet();
        Pool admin = pool("postgres");
        admin.query("CREATE DATABASE " + name).execute().await();
        admin.close().await();
        pool = pool(name);
    }

    @AfterEach
    void close() {
        pool.close().await();
    }

    private static Pool pool(String database) {
        PgConnectOptions options = postgres.connectOptions().setDatabase(database);
        return PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(4))
                .connectingTo(options)
                .using(vertx)
                .build();
    }

    private String single(String sql) {
        return String.valueOf(
                pool.query(sql).execute().await().iterator().next().getValue(0));
    }

    @Test
    void every_script_is_applied_once_and_in_order() {
        assertThat(Migrations.load("/test-migrations/two").apply(pool)).isEqualTo(2);
        assertThat(Migrations.load("/test-migrations/two").apply(pool)).isZero();
        assertThat(single("SELECT body || ' by ' || author FROM note")).isEqualTo("first; with a semicolon by nobody");
        assertThat(single("SELECT string_agg(name, ',' ORDER BY version) FROM schema_version"))
                .isEqualTo("V001__notes.sql,V002__note_author.sql");
    }

    @Test
    void a_later_script_is_applied_to_a_database_that_has_the_earlier_one() {
        assertThat(Migrations.load("/test-migrations/one").apply(pool)).isEqualTo(1);
        assertThat(Migrations.load("/test-migrations/two").apply(pool)).isEqualTo(1);
    }

    @Test
    void two_brokers_that_start_at_once_apply_each_script_once() {
        Migrations migrations = Migrations.load("/test-migrations/two");
        int applied = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> migrations.apply(pool)))
                .toList()
                .stream()
                .mapToInt(CompletableFuture::join)
                .sum();
        assertThat(applied).isEqualTo(2);
    }

    @Test
    void a_script_that_fails_leaves_nothing_and_keeps_the_ones_before_it() {
        assertThatThrownBy(() -> Migrations.load("/test-migrations/broken").apply(pool))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("V002__half_right.sql failed and was taken back")
                .hasMessageContaining("nowhere");
        assertThat(single("SELECT to_regclass('half')")).isEqualTo("null");
        assertThat(single("SELECT max(version) FROM schema_version")).isEqualTo("1");
        assertThat(Migrations.load("/test-migrations/two").apply(pool)).isEqualTo(1);
    }

    @Test
    void a_script_changed_after_it_was_applied_is_refused() {
        Migrations.load("/test-migrations/one").apply(pool);
        assertThatThrownBy(() -> Migrations.load("/test-migrations/changed").apply(pool))
                .hasMessageContaining("V001__notes.sql was changed after it was applied");
    }

    @Test
    void a_database_newer_than_the_program_is_refused() {
        Migrations.load("/test-migrations/two").apply(pool);
        assertThatThrownBy(() -> Migrations.load("/test-migrations/one").apply(pool))
                .hasMessageContaining("schema version 2")
                .hasMessageContaining("versions up to 1");
    }

    @Test
    void a_gap_in_the_numbers_is_refused() {
        assertThatThrownBy(() -> Migrations.load("/test-migrations/gap")).hasMessageContaining("without a gap");
    }

    @Test
    void the_brokers_own_scripts_can_be_applied_and_are_then_up_to_date() {
        Migrations own = Migrations.ofTheBroker();
        own.apply(pool);
        assertThat(own.apply(pool)).isZero();
    }
}
