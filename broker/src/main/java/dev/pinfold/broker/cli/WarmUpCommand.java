package dev.pinfold.broker.cli;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Runs a throw-away broker and the everyday commands against it, so that the JVM can record which classes a start
 * needs. The launcher calls it once per build; nothing of it leaves the given folder.
 */
@Command(
        name = "warm-up",
        hidden = true,
        description = "Run a throw-away broker and everyday commands, for the launcher's start cache.",
        footer = {"", "Example:", "  pinfold warm-up /tmp/scratch"})
final class WarmUpCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "An empty folder.")
    Path directory = Path.of(".");

    @Override
    public Integer call() throws Exception {
        run("--version");
        run("pin", "ls", "--help");
        Path quickstart = Home.directory().resolve("config/quickstart.yaml");
        BrokerConfig config = ConfigLoader.standard().load(quickstart, new Overrides(directory, 0, List.of()));
        try (RunningBroker broker = BrokerStarter.standard().start(config)) {
            ClientFile.write(directory, broker.endpoint(), broker.token());
            everyday();
        }
        return Exit.DONE.code();
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
