package dev.pinfold.conformance.cli;

import dev.pinfold.conformance.Catalog;
import dev.pinfold.conformance.rule.Check;
import java.io.PrintWriter;
import java.util.Comparator;
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
        description = "Explain one check: the rule, where it stands, why it matters.",
        footer = {"", "Example:", "  pinfold conformance explain post.202-and-schema"})
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

    /** Names the checks whose ids are nearest. */
    static String unknown(String id) {
        List<String> near = Catalog.all().stream()
                .map(Check::id)
                .filter(known -> distance(id, known) <= Math.max(2, id.length() / 3))
                .sorted(Comparator.comparingInt(known -> distance(id, known)))
                .limit(3)
                .toList();
        return "there is no check '" + id + "'"
                + (near.isEmpty()
                        ? "; `conformance list` shows all"
                        : "; did you mean " + String.join(", ", near) + "?");
    }

    /** Insertions, deletions and changes that turn one into the other. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
