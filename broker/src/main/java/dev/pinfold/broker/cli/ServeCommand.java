package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pinfold serve}: runs the broker until it is told to stop. */
@Command(
        name = "serve",
        description = {
            "Run the broker. Without --config it needs nothing: an embedded database, three local stores that",
            "stand for three regions, and nothing is sent beyond this machine."
        },
        footer = {
            "",
            "Example:",
            "  pinfold serve",
            "  pinfold serve --config broker.yaml --data /var/lib/pinfold",
            "  pinfold serve --source https://trustless-gateway.link"
        })
final class ServeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration (default: a local quickstart).")
    @Nullable
    Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "Where everything is kept (default: ./data).")
    @Nullable
    Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port (default: 8090); management on N+1; 0: any free ones.")
    @Nullable
    Integer port;

    @Option(
            names = "--source",
            paramLabel = "URL",
            description = "A trustless gateway to fetch pinned CIDs from; repeatable.")
    List<String> sources = List.of();

    @Option(names = "--json", description = "Print endpoint, management, token and data as one JSON document.")
    boolean json;

    /** Starts brokers; replaced by tests. */
    BrokerStarter starter = BrokerStarter.standard();

    @Override
    public Integer call() throws Exception {
        BrokerConfig loaded = load();
        Path directory = prepared(loaded.dataDirectory());
        CountDownLatch stopped = new CountDownLatch(1);
        RunningBroker broker = starter.start(loaded);
        Thread hook = new Thread(() -> stop(broker, stopped), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        ClientFile.write(directory, broker.endpoint(), broker.token());
        announce(broker, directory);
        broker.awaitEnd();
        stop(broker, stopped);
        return Exit.DONE.code();
    }

    private BrokerConfig load() {
        if (port != null && (port < 0 || port > 65_534)) {
            throw new ParameterException(spec.commandLine(), "--port must be within 0 to 65534");
        }
        Overrides overrides =
                new Overrides(data, port, sources.stream().map(this::source).toList());
        Path file = config == null ? Home.directory().resolve("config/quickstart.yaml") : config;
        return ConfigLoader.standard().load(file, overrides);
    }

    private URI source(String text) {
        try {
            return ConfigLoader.gateway(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--source: '" + text + "' " + e.getMessage());
        }
    }

    private static Path prepared(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CliException(
                    Exit.USAGE, "the data directory " + directory + " cannot be made: " + e.getMessage(), e);
        }
        if (!Files.isWritable(directory)) {
            throw new CliException(
                    Exit.USAGE,
                    "the data directory " + directory + " cannot be written; check its owner or use --data DIR");
        }
        return directory;
    }

    private void announce(RunningBroker broker, Path directory) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode document = Json.object()
                    .put("endpoint", broker.endpoint().toString())
                    .put("management", broker.managementEndpoint().toString())
                    .put("token", broker.token())
                    .put("data", directory.toString());
            out.println(Json.write(document));
        } else {
            lines(broker, directory).forEach(out::println);
        }
        out.flush();
    }

    private List<String> lines(RunningBroker broker, Path directory) {
        boolean standard = directory.equals(Path.of("data").toAbsolutePath().normalize());
        String where = standard ? "" : " --data " + directory;
        Duration up = Duration.ofMillis(
                java.lang.management.ManagementFactory.getRuntimeMXBean().getUptime());
        return List.of(
                "Pinfold " + Pinfold.Version.number() + " is ready after " + up.toMillis() + " ms. Ctrl-C stops it.",
                "",
                "  endpoint    " + broker.endpoint(),
                "  token       " + broker.token(),
                "  health      " + broker.managementEndpoint() + "/readyz",
                "  data        " + directory,
                "",
                "Try next, in another terminal:",
                "",
                "  ./pinfold add README.md" + where,
                "  ./pinfold pin ls" + where,
                "  ./pinfold provider ls" + where,
                "");
    }

    private void stop(RunningBroker broker, CountDownLatch stopped) {
        synchronized (stopped) {
            if (stopped.getCount() == 0) {
                return;
            }
            stopped.countDown();
            broker.close();
        }
    }
}
