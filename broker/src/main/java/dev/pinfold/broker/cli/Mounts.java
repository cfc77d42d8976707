package dev.pinfold.broker.cli;

import dev.pinfold.broker.bench.BenchCommand;
import dev.pinfold.conformance.cli.ConformanceCommand;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Commands of other modules that show up under {@code pinfold}. Their classes are loaded only when one of them may be
 * meant, so that {@code pinfold pin ls} starts as fast as if they were not there.
 */
final class Mounts {
    /** Completes the commands of all. */
    private static final String SHOWS_ALL = "completion";

    private static final Map<String, Supplier<Class<?>>> COMMANDS =
            new TreeMap<>(Map.of("bench", () -> BenchCommand.class, "conformance", () -> ConformanceCommand.class));

    private Mounts() {}

    /** Mounts every command. */
    static void addTo(CommandLine root) {
        COMMANDS.forEach((name, command) -> mount(root, name, command));
    }

    /** Mounts what these arguments may mean. */
    static void addMeant(CommandLine root, String... arguments) {
        String word = Arrays.stream(arguments)
                .filter(a -> !a.startsWith("-"))
                .findFirst()
                .orElse("");
        Supplier<Class<?>> meant = COMMANDS.get(word);
        if (meant != null) {
            mount(root, word, meant);
        } else if (word.equals(SHOWS_ALL) || !root.getSubcommands().containsKey(word)) {
            addTo(root);
        }
    }

    private static void mount(CommandLine root, String name, Supplier<Class<?>> command) {
        CommandLine mounted = new CommandLine(command.get());
        leaveHelpToTheRoot(mounted);
        root.addSubcommand(name, mounted);
    }

    /** A command that also stands alone brings its own {@code --help}; below the root it inherits that one. */
    private static void leaveHelpToTheRoot(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.mixinStandardHelpOptions(false);
        command.getSubcommands().values().forEach(Mounts::leaveHelpToTheRoot);
    }
}
