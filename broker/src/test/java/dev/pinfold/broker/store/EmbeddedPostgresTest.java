package dev.pinfold.broker.store;

import static dev.pinfold.broker.store.DatabaseFixture.eventually;
import static dev.pinfold.broker.store.DatabaseFixture.kill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    private static Vertx vertx;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        vertx = DatabaseFixture.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    private static String ask(EmbeddedPostgres postgres, String sql) {
        PgConnection connection =
                PgConnection.connect(vertx, postgres.connectOptions()).await();
        try {
            var rows = connection.query(sql).execute().await().iterator();
            return rows.hasNext() ? String.valueOf(rows.next().getValue(0)) : "";
        } finally {
            connection.close().await();
        }
    }

    @Test
    void the_first_start_makes_a_private_durable_server_and_the_second_finds_its_rows() throws IOException {
        long begin = System.nanoTime();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            System.out.printf("first start %d ms%n", (System.nanoTime() - begin) / 1_000_000);
            assertThat(ask(postgres, "SHOW fsync")).isEqualTo("on");
            assertThat(ask(postgres, "SHOW listen_addresses")).isEmpty();
            assertThat(ask(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(ask(
                            postgres,
                            "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname='pinfold'"))
                    .isEqualTo("true");
            ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
            assertThat(mode(folder)).isEqualTo("rwx------");
            assertThat(mode(folder.resolve("data"))).isEqualTo("rwx------");
            assertThat(mode(folder.resolve("password"))).isEqualTo("rw-------");
        }
        begin = System.nanoTime();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            System.out.printf("second start %d ms%n", (System.nanoTime() - begin) / 1_000_000);
            assertThat(ask(postgres, "SELECT answer FROM kept")).isEqualTo("42");
            begin = System.nanoTime();
        }
        System.out.printf("stop %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_wrong_password_is_refused() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            var options = postgres.connectOptions().setPassword("guess");
            assertThatThrownBy(() -> PgConnection.connect(vertx, options).await())
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void closing_ends_the_process_and_closing_again_does_nothing() {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder);
        long pid = postgres.pid();
        postgres.close();
        postgres.close();
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(folder.resolve("data/postmaster.pid")).doesNotExist();
    }

    @Test
    void a_server_that_was_killed_is_started_again_with_every_committed_row() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
            for (int round = 1; round <= 3; round++) {
                int expected = round;
                kill("KILL", postgres.pid());
                eventually("the server runs again", Duration.ofSeconds(20), () -> postgres.restarts() == expected);
                assertThat(ask(postgres, "SELECT answer FROM kept")).isEqualTo("42");
            }
        }
    }

    @Test
    void two_brokers_on_one_folder_are_refused() {
        EmbeddedPostgres first = EmbeddedPostgres.start(folder);
        try (first) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(folder))
                    .hasMessageContaining("another Pinfold runs on")
                    .hasMessageContaining("--data");
            assertThat(ask(first, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_pid_file_whose_number_now_belongs_to_a_stranger_is_no_obstacle_and_the_stranger_lives_on() throws Exception {
        long killed;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
            killed = postgres.pid();
        }
        Process stranger = new ProcessBuilder("sleep", "120").start();
        try {
            Path data = folder.toRealPath().resolve("data");
            Files.writeString(
                    data.resolve("postmaster.pid"),
                    String.join(
                                    "\n",
                                    Long.toString(stranger.pid()),
                                    data.toString(),
                                    "1",
                                    "5432",
                                    folder.toString(),
                                    "",
                                    "0 0",
                                    "ready")
                            + "\n");
            Files.writeString(folder.resolve(".s.PGSQL.5432.lock"), stranger.pid() + "\n" + data + "\n");
            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
                assertThat(ask(postgres, "SELECT answer FROM kept")).isEqualTo("42");
                assertThat(postgres.pid()).isNotEqualTo(killed).isNotEqualTo(stranger.pid());
            }
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_path_too_long_for_a_unix_socket_gets_a_short_private_one_that_is_removed_at_the_end() throws IOException {
        Path deep = folder.resolve("a".repeat(60)).resolve("b".repeat(60));
        Path sockets;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(deep)) {
            sockets = postgres.socketFolder();
            assertThat(sockets).isNotEqualTo(deep);
            assertThat(mode(sockets)).isEqualTo("rwx------");
            assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
        }
        assertThat(sockets).doesNotExist();
    }

    @Test
    void a_start_cut_short_while_the_database_was_made_is_made_again() throws IOException {
        Files.createDirectories(folder.resolve("data.new/base"));
        Files.writeString(folder.resolve("data.new/PG_VERSION"), "17\n");
        Files.writeString(folder.resolve("password"), "half");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
        }
        assertThat(folder.resolve("data.new")).doesNotExist();
    }

    @Test
    void a_server_that_cannot_start_says_why_with_the_end_of_its_log() throws IOException {
        EmbeddedPostgres.start(folder).close();
        Files.writeString(folder.resolve("data/PG_VERSION"), "12\n");
        assertThatThrownBy(() -> EmbeddedPostgres.start(folder))
                .hasMessageContaining("PostgreSQL did not start")
                .hasMessageContaining("incompatible")
                .hasMessageContaining("postgres.log");
    }

    @Test
    void an_archive_entry_that_leads_outside_its_folder_is_refused() throws IOException {
        for (String name : List.of("../evil", "a/../../evil")) {
            byte[] archive = archive(new TarArchiveEntry(name), "x");
            assertThatThrownBy(() -> PostgresBinaries.untar(new ByteArrayInputStream(archive), folder.resolve("here")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("leads outside");
        }
        TarArchiveEntry link = new TarArchiveEntry("link", TarArchiveEntry.LF_SYMLINK);
        link.setLinkName("../../etc");
        byte[] archive = archive(link, "");
        assertThatThrownBy(() -> PostgresBinaries.untar(new ByteArrayInputStream(archive), folder.resolve("here")))
                .hasMessageContaining("leads outside");
        assertThat(folder.resolve("evil")).doesNotExist();
    }

    private static byte[] archive(TarArchiveEntry entry, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new XZCompressorOutputStream(bytes))) {
            byte[] body = content.getBytes(StandardCharsets.UTF_8);
            entry.setSize(body.length);
            tar.putArchiveEntry(entry);
            tar.write(body);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}
