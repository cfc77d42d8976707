package dev.pinfold.broker.chaos;

import dev.pinfold.broker.cli.Main;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code pinfold serve} in a JVM of its own, to be killed without warning. What it prints goes to {@code output.log} of
 * its folder. Its PostgreSQL, where it has one of its own, dies with it.
 */
final class KillableBroker implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final Path folder;
    private final Process process;
    private final long begun = System.nanoTime();
    private @Nullable Address address;

    /** Where it answers, and to whom. */
    record Address(URI endpoint, String token) {}

    private KillableBroker(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts it with {@code broker.yaml} of a folder; its data is below the folder too. Does not wait. */
    static KillableBroker start(Path folder) throws IOException {
        Path data = folder.resolve("data");
        Files.createDirectories(data);
        Files.deleteIfExists(data.resolve("client.json"));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--config",
                folder.resolve("broker.yaml").toString(),
                "--data",
                data.toString(),
                "--port",
                "0");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output.log").toFile()))
                .start();
        return new KillableBroker(folder, process);
    }

    /** Where it answers; empty while it does not yet. */
    Optional<Address> address() {
        Path file = folder.resolve("data/client.json");
        if (address == null && Files.exists(file)) {
            try {
                JsonObject json = new JsonObject(Files.readString(file));
                address = new Address(URI.create(json.getString("endpoint")), json.getString("token"));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return Optional.ofNullable(address);
    }

    /** Waits until it answers. */
    Address awaitReady() {
        Eventually.holds(
                () -> "the broker starts; see " + folder.resolve("output.log") + "\n" + logTail(), START_LIMIT, () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(
                                "the broker ended by itself with code " + process.exitValue() + "\n" + logTail());
                    }
                    return address().isPresent();
                });
        return address().orElseThrow();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Time since it was started. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** SIGKILL to the broker alone; returns when it is dead. */
    void kill() {
        process.destroyForcibly();
        awaitDeath();
    }

    /** SIGKILL to its PostgreSQL and to the broker, as near to each other as can be. */
    void killWithPostgres() {
        Optional<ProcessHandle> server = postgres();
        process.destroyForcibly();
        server.ifPresent(ProcessHandle::destroyForcibly);
        awaitDeath();
    }

    /** SIGKILL to its PostgreSQL alone; tells whether there was one. */
    boolean killPostgres() {
        return postgres().map(ProcessHandle::destroyForcibly).orElse(false);
    }

    private Optional<ProcessHandle> postgres() {
        return process.children()
                .filter(child -> child.info().command().orElse("").endsWith("/postgres"))
                .findFirst();
    }

    private void awaitDeath() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The last lines that it printed. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(folder.resolve("output.log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
