package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.ConfigException;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pinfold doctor}: looks at everything a broker needs on this machine and says what to do where it is missing. */
@Command(
        name = "doctor",
        description = {
            "Check this machine, the configuration and, when it runs, the broker: JDK, ports, data directory,",
            "disk, database, providers, policy, clock. Exit code 1 when something stands in the way."
        },
        footer = {"", "Example:", "  pinfold doctor --config broker.yaml"})
final class DoctorCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration (default: the local quickstart).")
    @Nullable
    Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory (default: ./data).")
    @Nullable
    Path data;

    @Option(names = "--port", paramLabel = "N", description = "The application port (default: 8090).")
    @Nullable
    Integer port;

    @Option(names = "--json", description = "Print exactly one JSON document on stdout.")
    boolean json;

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>(MachineChecks.all());
        BrokerConfig loaded = load(findings);
        if (loaded != null) {
            findings.addAll(new PlaceChecks(loaded).all());
            findings.addAll(new BrokerChecks(loaded).all());
        }
        boolean bad = findings.stream().anyMatch(f -> f.level() == Finding.Level.FAIL);
        if (json) {
            print(findings, !bad);
        } else {
            findings.forEach(this::print);
        }
        return (bad ? Exit.NO : Exit.DONE).code();
    }

    private @Nullable BrokerConfig load(List<Finding> findings) {
        Path file = config == null ? Home.directory().resolve("config/quickstart.yaml") : config;
        try {
            BrokerConfig loaded = ConfigLoader.standard().load(file, new Overrides(data, port, List.of()));
            findings.add(
                    Finding.ok("configuration", file + ", " + loaded.providers().size() + " providers"));
            return loaded;
        } catch (ConfigException e) {
            e.problems().forEach(p -> findings.add(Finding.fail("configuration", p.toString(), "correct this line")));
            return null;
        }
    }

    private void print(Finding finding) {
        PrintWriter out = spec.commandLine().getOut();
        String level = finding.level().name().toLowerCase(Locale.ROOT);
        out.println(String.format("%-5s %-14s %s", level, finding.check(), BrokerClient.printable(finding.text())));
        if (!finding.advice().isEmpty()) {
            out.println(" ".repeat(21) + "→ " + finding.advice());
        }
    }

    private void print(List<Finding> findings, boolean healthy) {
        ObjectNode document = Json.object().put("healthy", healthy);
        ArrayNode checks = document.putArray("checks");
        for (Finding finding : findings) {
            checks.addObject()
                    .put("check", finding.check())
                    .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                    .put("text", finding.text())
                    .put("advice", finding.advice());
        }
        spec.commandLine().getOut().println(Json.write(document));
    }
}
