package dev.pinfold.conformance.cli;

import dev.pinfold.conformance.Catalog;
import dev.pinfold.conformance.rule.Check;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code conformance explain ID}: one check in full. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Explain one check: the rule, where it stands, why it matters.")
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "Id of the check, as in a report.")
    private String id = "";

    @Override
    public Integer call() {
        Optional<Check> found = Catalog.byId(id);
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("pinfold conformance: " + unknown(id));
            spec.commandLine().getErr().flush();
            return ConformanceCommand.USAGE;
        }
        Check check = found.get();
        PrintWriter out = spec.commandLine().getOut();
        out.println(check.id() + "  (" + check.level() + " " + check.level().title() + ", " + check.severity() + ")");
        out.println();
        out.println("Rule:    " + check.rule());
        out.println("Source:  " + check.source());
        out.println("Why:     " + check.why());
        out.println();
        out.println("Run it alone: pinfold conformance run ENDPOINT --only " + check.id());
        out.flush();
        return 0;
    }

    /** Names the checks that sound like it. */
    static String unknown(String id) {
        String word = id.contains(".") ? id.substring(0, id.indexOf('.')) : id;
        List<String> alike = Catalog.all().stream()
                .map(Check::id)
                .filter(known -> !word.isEmpty() && known.contains(word))
                .limit(5)
                .toList();
        return "there is no check '" + id + "'"
                + (alike.isEmpty()
                        ? "; `conformance list` shows all"
                        : "; did you mean " + String.join(", ", alike) + "?");
    }
}
