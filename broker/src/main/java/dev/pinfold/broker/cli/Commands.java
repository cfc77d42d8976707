package dev.pinfold.broker.cli;

import dev.pinfold.broker.bench.BenchCommand;
import dev.pinfold.conformance.cli.ConformanceCommand;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands of {@code pinfold}, in the order of its help. Only the one that is meant is made, because making all takes
 * a fifth of a warm start; all are there when help, completion or a suggestion needs them.
 */
final class Commands {
    /** Completes the commands of all. */
    private static final String SHOWS_ALL = "completion";

    private static final Map<String, Supplier<Class<?>>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("serve", () -> ServeCommand.class);
        ALL.put("add", () -> AddCommand.class);
        ALL.put("get", () -> GetCommand.class);
        ALL.put("pin", () -> PinCommand.class);
        ALL.put("provider", () -> ProviderCommand.class);
        ALL.put("token", () -> TokenCommand.class);
        ALL.put("tenant", () -> TenantCommand.class);
        ALL.put("policy", () -> PolicyCommand.class);
        ALL.put("plan", () -> PlanCommand.class);
        ALL.put("alert", () -> AlertCommand.class);
        ALL.put("piece", () -> PieceCommand.class);
        ALL.put("deal", () -> DealCommand.class);
        ALL.put("conformance", () -> ConformanceCommand.class);
        ALL.put("bench", () -> BenchCommand.class);
        ALL.put("doctor", () -> DoctorCommand.class);
        ALL.put(SHOWS_ALL, () -> CompletionCommand.class);
        ALL.put("warm-up", () -> WarmUpCommand.class);
    }

    private Commands() {}

    /** Adds every command. */
    static void addAll(CommandLine root) {
        ALL.forEach((name, command) -> add(root, name, command));
    }

    /** Adds what these arguments may mean. */
    static void addMeant(CommandLine root, String... arguments) {
        String word = Arrays.stream(arguments)
                .filter(a -> !a.startsWith("-"))
                .findFirst()
                .orElse("");
        Supplier<Class<?>> meant = ALL.get(word);
        if (meant == null || word.equals(SHOWS_ALL)) {
            addAll(root);
        } else {
            add(root, word, meant);
        }
    }

    private static void add(CommandLine root, String name, Supplier<Class<?>> command) {
        CommandLine added = new CommandLine(command.get());
        leaveHelpToTheRoot(added);
        root.addSubcommand(name, added);
    }

    /** A command that also stands alone brings its own {@code --help}; below the root it inherits that one. */
    private static void leaveHelpToTheRoot(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.mixinStandardHelpOptions(false);
        command.getSubcommands().values().forEach(Commands::leaveHelpToTheRoot);
    }
}
