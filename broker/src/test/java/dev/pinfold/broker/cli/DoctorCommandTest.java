package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    @TempDir
    Path folder;

    /** A configuration with free ports, and whatever else is given. */
    private Path config(String more) throws IOException {
        return config(freePort(), more);
    }

    private Path config(int port, String more) throws IOException {
        Path root = Path.of(System.getProperty("pinfold.root", "..")).toAbsolutePath();
        Path file = folder.resolve("broker.yaml");
        Files.writeString(file, """
                listen: {port: %d}
                management: {port: %d}
                dataDirectory: %s
                policy: {file: %s}
                storage: {reserve: 16MiB}
                providers:
                  - {id: disk, type: local, labels: {region: here}, settings: {path: disk}}
                %s""".formatted(
                        port,
                        freePort(),
                        folder.resolve("data"),
                        root.resolve("config/policies/quickstart.yaml").normalize(),
                        more));
        return file;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static JsonNode check(Ran ran, String name) {
        List<String> all = new ArrayList<>();
        for (JsonNode check : ran.json().path("checks")) {
            all.add(check.path("check").asText());
            if (check.path("check").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " among " + all);
    }

    private static void assertFails(Ran ran, String name, String text, String advice) {
        assertThat(ran.code()).as(ran.err()).isEqualTo(1);
        assertThat(ran.json().path("healthy").asBoolean()).isFalse();
        JsonNode check = check(ran, name);
        assertThat(check.path("level").asText()).isEqualTo("fail");
        assertThat(check.path("text").asText()).contains(text);
        assertThat(check.path("advice").asText()).contains(advice);
    }

    @Test
    void a_machine_with_everything_is_healthy_and_nothing_is_changed_by_looking() throws IOException {
        Ran ran = Ran.pinfold("doctor", "--config", config("").toString(), "--json");
        assertThat(ran.code()).as(ran.out()).isZero();
        assertThat(ran.json().path("healthy").asBoolean()).isTrue();
        for (String name : List.of(
                "jdk",
                "memory",
                "clock",
                "configuration",
                "data",
                "disk",
                "port",
                "management",
                "database",
                "policy",
                "broker")) {
            assertThat(check(ran, name).path("level").asText()).as(name).isEqualTo("ok");
        }
        assertThat(check(ran, "data").path("text").asText()).contains("will be made");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void people_get_a_line_for_each_check_and_an_arrow_to_what_to_do() throws IOException {
        Ran well = Ran.pinfold("doctor", "--config", config("").toString());
        assertThat(well.out()).contains("ok    jdk").contains("ok    policy").doesNotContain("→");
        Files.writeString(folder.resolve("data"), "a file, not a folder");
        Ran ill = Ran.pinfold("doctor", "--config", config("").toString());
        assertThat(ill.code()).isEqualTo(1);
        assertThat(ill.out()).contains("fail  data").contains("→ change its owner, or choose another place");
    }

    @Test
    void a_wrong_configuration_is_told_with_its_line() throws IOException {
        Ran ran = Ran.pinfold("doctor", "--config", config("lisen: {port: 1}\n").toString(), "--json");
        assertFails(ran, "configuration", "broker.yaml:8:1", "correct this line");
        assertThat(check(ran, "configuration").path("text").asText()).contains("listen");
    }

    @Test
    void a_port_that_something_else_holds_is_told() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ran ran = Ran.pinfold(
                    "doctor", "--config", config(other.getLocalPort(), "").toString(), "--json");
            assertFails(ran, "port", "127.0.0.1:" + other.getLocalPort(), "--port N");
        }
    }

    @Test
    void a_database_that_does_not_answer_is_told_without_its_password() throws IOException {
        Path secret = folder.resolve("url");
        Files.writeString(secret, "postgresql://pinfold:hunter2@127.0.0.1:" + freePort() + "/pinfold");
        Ran ran = Ran.pinfold(
                "doctor",
                "--config",
                config("database: {url: {file: " + secret + "}}\n").toString(),
                "--json");
        assertFails(ran, "database", "127.0.0.1:", "start PostgreSQL there");
        assertThat(ran.out()).doesNotContain("hunter2");
    }

    @Test
    void a_disk_with_less_space_than_is_to_be_kept_free_is_told() throws IOException {
        assumeTrue(Files.getFileStore(folder).getUsableSpace() < 1L << 40, "this disk has more than 1 TiB free");
        Path file = config("");
        Files.writeString(file, Files.readString(file).replace("reserve: 16MiB", "reserve: 1TiB"));
        Ran ran = Ran.pinfold("doctor", "--config", file.toString(), "--json");
        assertFails(ran, "disk", "free", "storage.reserve");
    }

    @Test
    void a_broker_that_runs_is_asked_for_its_providers_and_one_that_does_not_is_no_fault() throws IOException {
        try (FakeBroker broker = new FakeBroker()) {
            Files.createDirectories(folder.resolve("data"));
            ClientFile.write(folder.resolve("data"), broker.endpoint(), FakeBroker.TOKEN);
            Ran ran = Ran.pinfold("doctor", "--config", config("").toString(), "--json");
            assertThat(ran.code()).as(ran.out()).isZero();
            assertThat(check(ran, "broker").path("text").asText()).contains("answers at");
            assertThat(check(ran, "provider").path("text").asText()).contains("is active");
        }
        Ran stopped = Ran.pinfold("doctor", "--config", config("").toString(), "--json");
        assertThat(stopped.code()).as(stopped.out()).isZero();
        assertThat(check(stopped, "broker").path("text").asText()).contains("does not run now");
    }

    @Test
    void too_old_a_jdk_too_little_memory_and_a_clock_before_its_time_are_told() {
        assertThat(MachineChecks.jdk(17).level()).isEqualTo(Finding.Level.FAIL);
        assertThat(MachineChecks.jdk(21).level()).isEqualTo(Finding.Level.OK);
        assertThat(MachineChecks.memory(64L << 20).level()).isEqualTo(Finding.Level.WARN);
        assertThat(MachineChecks.clock(Instant.parse("1970-01-02T00:00:00Z")).advice())
                .contains("NTP");
    }
}
