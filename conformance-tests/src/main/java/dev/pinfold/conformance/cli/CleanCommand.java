package dev.pinfold.conformance.cli;

import dev.pinfold.conformance.session.Cleanup;
import dev.pinfold.conformance.session.Ledger;
import dev.pinfold.conformance.session.Session;
import dev.pinfold.conformance.session.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code conformance clean}: finishes the clean-up of runs that were killed. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = "Remove pins that an interrupted run left behind. Exit 1 when some could not be removed.",
        footer = {"", "Example:", "  pinfold conformance clean https://pins.example.com --token-env TOKEN"})
final class CleanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ENDPOINT", description = "The endpoint that was judged.")
    private String endpoint = "";

    @Mixin
    private Tokens tokens = new Tokens();

    @Option(names = "--state", paramLabel = "DIR", description = "Where own pins were recorded.")
    private Optional<Path> state = Optional.empty();

    @Option(names = "--force", description = "Also clean up after a run whose process still seems to be there.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Settings settings;
        try {
            URI uri = Options.endpoint(endpoint);
            settings = Settings.forEndpoint(uri, tokens.first())
                    .edit()
                    .secondToken(tokens.second())
                    .stateDir(state.orElse(Settings.defaultStateDir()))
                    .build();
        } catch (IllegalArgumentException wrong) {
            err.println("pinfold conformance: " + wrong.getMessage());
            err.flush();
            return ConformanceCommand.USAGE;
        }
        int left = 0;
        int cleaned = 0;
        for (Path file : files(settings.stateDir())) {
            Ledger ledger = Ledger.reopen(file);
            if (!ledger.endpoint().equals(settings.endpoint().toString())) {
                ledger.close();
            } else if (ledger.inUse() && !force) {
                err.println(file + " belongs to a run that is still going on; left alone (--force cleans it up)");
                ledger.close();
            } else {
                cleaned++;
                left += clean(settings, ledger);
            }
        }
        spec.commandLine()
                .getOut()
                .println(
                        cleaned == 0
                                ? "nothing to clean up for " + settings.endpoint()
                                : "cleaned up after " + cleaned + (cleaned == 1 ? " run; " : " runs; ")
                                        + (left == 0 ? "nothing is left" : left + " pins are left"));
        spec.commandLine().getOut().flush();
        err.flush();
        return left == 0 ? 0 : ConformanceCommand.NO;
    }

    private static int clean(Settings settings, Ledger ledger) throws IOException {
        try (Session session = new Session(settings, ledger)) {
            int left = new Cleanup(session, Duration.ofMinutes(10)).run();
            if (left == 0) {
                ledger.discard();
            } else {
                ledger.close();
            }
            return left;
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*.jsonl")) {
                stream.forEach(files::add);
            }
        }
        return files;
    }
}
