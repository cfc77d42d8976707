package dev.pinfold.conformance.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Judges pinning services; carries the subcommands. */
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = "Judge any IPFS Pinning Service API endpoint, and trustless gateways, over HTTP.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            ListCommand.class,
            ExplainCommand.class,
            DiffCommand.class,
            CleanCommand.class,
            SampleCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 all MUST rules hold, 1 some are broken, 2 wrong usage, 3 the run did not finish.",
            "",
            "Example:",
            "  pinfold conformance run https://pins.example.com --token-env TOKEN --level L3"
        })
public final class ConformanceCommand implements Runnable {
    /** The answer is no: a broken rule, a regression, something left behind. */
    static final int NO = 1;

    static final int USAGE = 2;
    static final int NOT_FINISHED = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: run, list, explain, diff, clean or sample");
    }
}
