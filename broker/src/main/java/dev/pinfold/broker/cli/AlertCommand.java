package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The group {@code pinfold alert}: what an operator should know. */
@Command(
        name = "alert",
        description =
                "See what needs an operator: budgets near their end, repair that is stopped, drains that are late.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {AlertCommand.Ls.class, AlertCommand.Clear.class},
        footer = {"", "Example:", "  pinfold alert ls"})
final class AlertCommand extends CommandGroup {
    /** Lists alerts. */
    @Command(
            name = "ls",
            description = "List the open alerts, newest first.",
            footer = {"", "Example:", "  pinfold alert ls --all"})
    static final class Ls extends ClientCommand {
        @Option(names = "--all", description = "Those that are over too.")
        boolean all;

        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.get("/api/v1/alerts?state=" + (all ? "all" : "open"));
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table = new Table("id", "since", "severity", "kind", "subject", "state", "message");
            for (JsonNode alert : answer.path("alerts")) {
                table.row(
                        alert.path("id").asText(),
                        alert.path("since").asText(),
                        alert.path("severity").asText(),
                        alert.path("kind").asText(),
                        alert.path("subject").asText(),
                        alert.path("clearedAt").isNull() ? "open" : "cleared",
                        alert.path("message").asText());
            }
            table.print(out());
            return Exit.DONE;
        }
    }

    /** Clears an alert. */
    @Command(
            name = "clear",
            description = "Clear an alert that has been seen to. One whose cause lasts is raised again.",
            footer = {"", "Example:", "  pinfold alert clear 12"})
    static final class Clear extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The alert's number, from 'pinfold alert ls'.")
        long id;

        @Override
        Exit run(BrokerClient client) {
            JsonNode alert = client.delete("/api/v1/alerts/" + id);
            if (json) {
                print(alert);
            } else {
                out().println("cleared " + alert.path("kind").asText() + " "
                        + BrokerClient.printable(alert.path("subject").asText()));
            }
            return Exit.DONE;
        }
    }
}
