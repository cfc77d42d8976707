package dev.pinfold.conformance.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.pinfold.conformance.Catalog;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.rule.Check;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code conformance list}: all checks. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List every check.",
        footer = {"", "Example:", "  pinfold conformance list"})
final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ArrayNode array = Json.MAPPER.createArrayNode();
            for (Check check : Catalog.all()) {
                array.addObject()
                        .put("id", check.id())
                        .put("level", check.level().name())
                        .put("severity", check.severity().name().toLowerCase(Locale.ROOT))
                        .put("rule", check.rule())
                        .put("source", check.source())
                        .put("why", check.why());
            }
            out.println(Json.pretty(array));
        } else {
            for (Check check : Catalog.all()) {
                out.println(String.format(
                        Locale.ROOT, "%-2s %-6s %-38s %s", check.level(), check.severity(), check.id(), check.rule()));
            }
        }
        out.flush();
        return 0;
    }
}
