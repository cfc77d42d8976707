package dev.pinfold.broker.cli;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs a throw-away broker and the everyday commands against it, or commands alone, so that the JVM can record which classes
 * a start needs. The launcher calls it for each of its two start caches, once per build; nothing of it leaves the given folder.
 */
@Command(
        name = "warm-up",
        hidden = true,
        description = "Run a throw-away broker and everyday commands, for the launcher's start cache.",
        footer = {"", "Example:", "  pinfold warm-up /tmp/scratch"})
final class WarmUpCommand implements Callable<Integer> {
    private static final URI NOBODY = URI.create("http://127.0.0.1:1");

    @Parameters(paramLabel = "DIR", description = "An empty folder.")
    Path directory = Path.of(".");

    @Option(names = "--commands", description = "Without the broker: commands that need none, and some that find none.")
    boolean commandsOnly;

    @Override
    public Integer call() throws Exception {
        run("--version");
        run("pin", "ls", "--help");
        if (commandsOnly) {
            commands();
        } else {
            withBroker();
        }
        return Exit.DONE.code();
    }

    private void commands() throws IOException {
        Path config = Home.directory().resolve("config");
        String policy = config.resolve("policies/eu-only.yaml").toString();
        run(
                "policy",
                "check",
                policy,
                "--catalog",
                config.resolve("providers/catalog.example.yaml").toString());
        run("policy", "test", policy);
        ClientFile.write(directory, NOBODY, "none");
        everyday();
    }

    private void withBroker() throws Exception {
        Path quickstart = Home.directory().resolve("config/quickstart.yaml");
        BrokerConfig config = ConfigLoader.standard().load(quickstart, new Overrides(directory, 0, List.of()));
        try (RunningBroker broker = BrokerStarter.standard().start(config)) {
            ClientFile.write(directory, broker.endpoint(), broker.token());
            everyday();
        }
    }

    private void everyday() throws IOException {
        Path file = Files.writeString(directory.resolve("hello.txt"), "hello\n");
        String data = directory.toString();
        run("add", file.toString(), "--data", data, "--timeout", "20s");
        run("pin", "ls", "--data", data, "--json");
        run("pin", "add", "bafkqabtimvwgy3yk", "--data", data, "--background");
        run("provider", "ls", "--data", data);
        run("pin", "explain", "bafkqabtimvwgy3yk", "--data", data);
        run(
                "get",
                "bafkqabtimvwgy3yk",
                "--data",
                data,
                "-o",
                directory.resolve("out").toString());
    }

    private static void run(String... arguments) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Main.run(Main.commandLine(), nowhere, nowhere, arguments);
    }
}
