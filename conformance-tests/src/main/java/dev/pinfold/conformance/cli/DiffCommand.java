package dev.pinfold.conformance.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.report.ReportDiff;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code conformance diff A.json B.json}: what changed. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = "Show what changed between two JSON reports. Exit 1 when a MUST rule is newly broken.",
        footer = {"", "Example:", "  pinfold conformance diff before/report.json after/report.json"})
final class DiffCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "EARLIER", description = "report.json of the earlier run.")
    private Path earlier = Path.of("");

    @Parameters(index = "1", paramLabel = "LATER", description = "report.json of the later run.")
    private Path later = Path.of("");

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        ReportDiff.Diff diff;
        try {
            diff = ReportDiff.between(ReportDiff.read(earlier), ReportDiff.read(later));
        } catch (IOException unreadable) {
            spec.commandLine().getErr().println("pinfold conformance: cannot read " + unreadable.getMessage());
            spec.commandLine().getErr().flush();
            return ConformanceCommand.USAGE;
        }
        print(diff, spec.commandLine().getOut());
        return diff.regression() ? ConformanceCommand.NO : 0;
    }

    private void print(ReportDiff.Diff diff, PrintWriter out) {
        if (json) {
            ArrayNode array = Json.MAPPER.createArrayNode();
            diff.changes()
                    .forEach(change -> array.addObject()
                            .put("change", word(change.kind()))
                            .put("check", change.check())
                            .put("severity", change.severity())
                            .put("details", change.details()));
            out.println(Json.pretty(array));
        } else if (diff.changes().isEmpty()) {
            out.println("nothing changed");
        } else {
            diff.changes()
                    .forEach(change -> out.println(String.format(
                            Locale.ROOT,
                            "%-17s %-6s %s%s",
                            word(change.kind()),
                            change.severity(),
                            change.check(),
                            change.details().isEmpty() ? "" : "\n                  " + change.details())));
        }
        out.flush();
    }

    private static String word(ReportDiff.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
