package dev.pinfold.conformance.cli;

import dev.pinfold.conformance.Catalog;
import dev.pinfold.conformance.Conformance;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.http.Limits;
import dev.pinfold.conformance.probe.Probes;
import dev.pinfold.conformance.report.JsonReport;
import dev.pinfold.conformance.report.ReportFiles;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.session.Settings;
import dev.pinfold.conformance.session.SettingsEditor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code conformance run}: one run, live on the terminal, then reports and an exit code. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Run the checks against an endpoint.",
        footer = {
            "",
            "Exit codes: 0 all MUST rules hold, 1 some are broken, 2 wrong usage, 3 the run did not finish.",
            "",
            "Example:",
            "  pinfold conformance run https://pins.example.com --token-env TOKEN --report report"
        })
final class RunCommand implements Callable<Integer> {
    private static final Duration STOPPING = Duration.ofSeconds(20);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ENDPOINT", description = "Base URL; /pins is found below it.")
    private String endpoint = "";

    @Mixin
    private Tokens tokens = new Tokens();

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            defaultValue = "L6",
            description = "Deepest level, L0 to L6 (default: ${DEFAULT-VALUE}).")
    private String level = "L6";

    @Option(
            names = "--profile",
            paramLabel = "P,…",
            defaultValue = "psa",
            description = "psa, gateway, or both (default: ${DEFAULT-VALUE}).")
    private String profile = "psa";

    @Option(names = "--gateway", paramLabel = "URL", description = "Base URL of the gateway (default: the endpoint).")
    private Optional<String> gateway = Optional.empty();

    @Option(
            names = "--gateway-cid",
            paramLabel = "CID",
            description =
                    "Content that the gateway holds; most of its checks need some (default: what 'conformance sample' writes, if it is there).")
    private Optional<String> gatewayCid = Optional.empty();

    @Option(names = "--only", paramLabel = "ID,…", description = "Run these checks only.")
    private Optional<String> only = Optional.empty();

    @Option(
            names = "--pace",
            paramLabel = "RATE",
            description =
                    "Most requests per second, as 1/s, 30/min or unlimited (default: unlimited on this machine, 4/s elsewhere).")
    private Optional<String> pace = Optional.empty();

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Most requests at a time (default: 32 on this machine, 4 elsewhere).")
    private Optional<Integer> concurrency = Optional.empty();

    @Option(
            names = "--population",
            paramLabel = "N",
            description = "Pins made for paging checks (default: 1200 on this machine, 30 elsewhere).")
    private Optional<Integer> population = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Longest wait for one answer (default: ${DEFAULT-VALUE}).")
    private String timeout = "10s";

    @Option(
            names = "--wait-pinned",
            paramLabel = "TIME",
            description = "Longest wait for a pin to be pinned (default: 5s on this machine, 30s elsewhere).")
    private Optional<String> waitPinned = Optional.empty();

    @Option(
            names = "--expect-public-delegates",
            description = "Judge delegates as public although the endpoint is on this machine.")
    private boolean publicDelegates;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write report.json, junit.xml, report.md, report.html and badge.svg there.")
    private Optional<Path> report = Optional.empty();

    @Option(names = "--state", paramLabel = "DIR", description = "Where own pins are recorded until they are gone.")
    private Optional<Path> state = Optional.empty();

    @Option(names = "--json", description = "Print the JSON report on stdout.")
    private boolean json;

    @Option(names = "--probe-durability", paramLabel = "TIME", description = "Then watch a pin for this long.")
    private Optional<String> durability = Optional.empty();

    @Option(
            names = "--probe-loss",
            paramLabel = "N",
            description =
                    "Then fetch blocks of up to N pinned pins of the account through the gateway, from the root down to a leaf (reads only).")
    private Optional<Integer> loss = Optional.empty();

    @Option(names = "--probe-load", paramLabel = "RATE", description = "Then read at this rate for 10 seconds.")
    private Optional<String> load = Optional.empty();

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Settings settings;
        Probes probes;
        try {
            settings = settings();
            probes = new Probes(
                    durability.map(Options::duration).orElse(Duration.ZERO),
                    loss.orElse(0),
                    load.map(Options::rate).orElse(0.0),
                    Duration.ofSeconds(10));
        } catch (IllegalArgumentException wrong) {
            err.println("pinfold conformance: " + wrong.getMessage());
            return ConformanceCommand.USAGE;
        }
        String warning = Options.clearTextWarning(settings.endpoint());
        if (!warning.isEmpty()) {
            err.println(warning);
        }
        try {
            return judge(settings, probes, err);
        } catch (UncheckedIOException state) {
            err.println("pinfold conformance: " + state.getMessage());
            return ConformanceCommand.USAGE;
        }
    }

    private int judge(Settings settings, Probes probes, PrintWriter err) throws IOException {
        Terminal terminal = new Terminal(err);
        Conformance run = new Conformance(settings, terminal);
        Thread hook = new Thread(() -> stop(run), "conformance-clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
        Report result = run.run(probes::run);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            return ConformanceCommand.NOT_FINISHED;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(JsonReport.write(result)));
        } else {
            terminal.summary(result, out);
        }
        out.flush();
        if (report.isPresent()) {
            List<Path> files = ReportFiles.write(result, report.get());
            err.println("wrote "
                    + String.join(", ", files.stream().map(Path::toString).toList()));
        }
        err.flush();
        return result.exitCode();
    }

    /** Ctrl-C: the clean-up happens before the process ends. */
    private static void stop(Conformance run) {
        run.cancel();
        try {
            if (!run.awaitClosed(STOPPING)) {
                System.err.println("not everything could be removed in time: `pinfold conformance clean` finishes it");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Settings settings() {
        URI uri = Options.endpoint(endpoint);
        Set<Profile> profiles = profiles();
        String token = profiles.contains(Profile.PSA) ? tokens.first() : "";
        Settings defaults = Settings.forEndpoint(uri, token);
        SettingsEditor editor = defaults.edit()
                .secondToken(tokens.second())
                .profiles(profiles)
                .level(level())
                .only(only())
                .gatewayCid(gatewayCid)
                .limits(Limits.DEFAULT.withTimeout(Options.duration(timeout)));
        if (gateway.isPresent() || profiles.contains(Profile.GATEWAY)) {
            editor.gateway(Optional.of(gateway.map(Options::endpoint).orElse(uri)));
        }
        pace.map(Options::rate).ifPresent(editor::pace);
        positive(concurrency, "--concurrency").ifPresent(editor::concurrency);
        positive(population, "--population").ifPresent(editor::population);
        waitPinned.map(Options::duration).ifPresent(editor::waitPinned);
        state.ifPresent(editor::stateDir);
        if (publicDelegates) {
            editor.publicDelegates(true);
        }
        return editor.build();
    }

    private static OptionalInt positive(Optional<Integer> value, String option) {
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.get() < 1 || value.get() > 100_000) {
            throw new IllegalArgumentException(option + " is 1 to 100000, not " + value.get());
        }
        return OptionalInt.of(value.get());
    }

    private Level level() {
        return Arrays.stream(Level.values())
                .filter(l -> l != Level.G && l.name().equalsIgnoreCase(level))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--level is L0 to L6, not '" + level + "'"));
    }

    private Set<Profile> profiles() {
        Set<Profile> chosen = EnumSet.noneOf(Profile.class);
        for (String name : profile.split(",", -1)) {
            chosen.add(Arrays.stream(Profile.values())
                    .filter(p -> p.name().toLowerCase(Locale.ROOT).equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--profile is psa, gateway or psa,gateway, not '" + profile + "'")));
        }
        return chosen;
    }

    private Set<String> only() {
        Set<String> ids = new LinkedHashSet<>();
        for (String id : only.map(list -> list.split(",", -1)).orElse(new String[0])) {
            if (Catalog.byId(id.strip()).isEmpty()) {
                throw new IllegalArgumentException(ExplainCommand.unknown(id.strip()));
            }
            ids.add(id.strip());
        }
        return ids;
    }
}
