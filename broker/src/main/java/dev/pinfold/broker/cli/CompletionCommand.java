package dev.pinfold.broker.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinfold completion}: a script that completes commands and options in a shell. */
@Command(
        name = "completion",
        description = "Print a completion script for bash, zsh or fish.",
        footer = {
            "",
            "Example:",
            "  source <(pinfold completion bash)",
            "  source <(pinfold completion zsh)",
            "  pinfold completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    String shell = "";

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        String script = switch (shell.toLowerCase(Locale.ROOT)) {
            case "bash" -> AutoComplete.bash("pinfold", root);
            case "zsh" -> "autoload -U +X compinit && compinit\n" + AutoComplete.bash("pinfold", root);
            case "fish" -> fish(root);
            default -> throw new ParameterException(spec.commandLine(), "'" + shell + "' is not bash, zsh or fish");
        };
        spec.commandLine().getOut().println(script);
        return Exit.DONE.code();
    }

    private static String fish(CommandLine root) {
        StringBuilder out = new StringBuilder("complete -c pinfold -f\n");
        fish(root, "", out);
        return out.toString();
    }

    private static void fish(CommandLine command, String path, StringBuilder out) {
        String seen = path.isEmpty()
                ? ""
                : "__fish_seen_subcommand_from " + path.strip().replace(" ", "; and __fish_seen_subcommand_from ");
        String names = String.join(" ", command.getSubcommands().keySet());
        String none = names.isEmpty() ? "" : "not __fish_seen_subcommand_from " + names;
        String here = String.join(
                "; and ",
                java.util.stream.Stream.of(seen, none).filter(s -> !s.isEmpty()).toList());
        for (var entry : command.getSubcommands().entrySet()) {
            String[] about = entry.getValue().getCommandSpec().usageMessage().description();
            out.append("complete -c pinfold -n '").append(here).append("' -a ").append(entry.getKey());
            out.append(about.length == 0 ? "" : " -d '" + about[0].replace("'", "") + "'")
                    .append('\n');
            fish(entry.getValue(), path + " " + entry.getKey(), out);
        }
        for (OptionSpec option : command.getCommandSpec().options()) {
            out.append("complete -c pinfold").append(seen.isEmpty() ? "" : " -n '" + seen + "'");
            out.append(" -l ").append(option.longestName().replaceFirst("^--", ""));
            out.append(option.arity().max() > 0 ? " -r -F" : "").append('\n');
        }
    }
}
