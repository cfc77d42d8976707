package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs one command. Exit codes: 0 done, 1 the answer is no, 2 wrong usage or unreadable input, 3 the broker could not
 * be reached. Answers go to stdout; errors and progress to stderr.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(commandLine(), out, err, args);
        System.exit(code);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Pinfold());
    }

    static int run(CommandLine commandLine, PrintWriter out, PrintWriter err, String... args) {
        Commands.addMeant(commandLine, args);
        commandLine
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler(Main::failed);
        int code = commandLine.execute(args);
        out.flush();
        err.flush();
        if (out.checkError() && code == 0) {
            return Exit.NO.code();
        }
        return code;
    }

    private static int wrongUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("pinfold: " + BrokerClient.printable(String.valueOf(e.getMessage())));
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return Exit.USAGE.code();
    }

    private static int failed(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        return switch (e) {
            case CliException told -> {
                if (asksForJson(command.getCommandSpec())) {
                    command.getOut().println(Json.write(Json.object().set("error", error(told))));
                }
                err.println("pinfold: " + told.text());
                yield told.exit().code();
            }
            case ConfigException config -> {
                err.println(config.getMessage());
                yield Exit.USAGE.code();
            }
            default -> {
                err.println("pinfold: unexpected " + e + "; run again with PINFOLD_DEBUG=1 to see where");
                if (System.getenv("PINFOLD_DEBUG") != null) {
                    Arrays.stream(e.getStackTrace()).forEach(frame -> err.println("    at " + frame));
                }
                yield Exit.NO.code();
            }
        };
    }

    static ObjectNode error(CliException e) {
        return Json.object().put("reason", e.reason()).put("details", e.text());
    }

    private static boolean asksForJson(CommandSpec spec) {
        var option = spec.findOption("--json");
        return option != null && Boolean.TRUE.equals(option.getValue());
    }
}
