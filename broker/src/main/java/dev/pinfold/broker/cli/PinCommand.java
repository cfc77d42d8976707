package dev.pinfold.broker.cli;

import picocli.CommandLine.Command;

/** The group {@code pinfold pin}; words and flags follow {@code ipfs pin remote}. */
@Command(
        name = "pin",
        description = "Pin content by its CID, and look after pins.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PinAddCommand.class,
            PinLsCommand.class,
            PinStatusCommand.class,
            PinRmCommand.class,
            PinExplainCommand.class,
            PinEventsCommand.class
        },
        footer = {"", "Example:", "  pinfold pin ls --status queued,pinning,pinned,failed"})
final class PinCommand extends CommandGroup {}
