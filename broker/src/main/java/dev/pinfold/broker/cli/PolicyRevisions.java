package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.policy.command.Outcome;
import dev.pinfold.policy.command.PolicyCommands;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The policies of a running broker: which there were, which is in force, another one, an earlier one back. */
final class PolicyRevisions {
    private PolicyRevisions() {}

    /** Lists the history. */
    @Command(
            name = "ls",
            description = "List the policies that were in force, newest first, and say how the file stands.",
            footer = {"", "Example:", "  pinfold policy ls"})
    static final class Ls extends ClientCommand {
        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.get("/api/v1/policies");
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table = new Table("revision", "name", "since", "source", "by", "restores");
            for (JsonNode revision : answer.path("history")) {
                table.row(
                        revision.path("revision").asText(),
                        revision.path("name").asText(),
                        revision.path("since").asText(),
                        revision.path("source").asText(),
                        revision.path("author").asText(),
                        revision.path("restores").asText("").replace("null", ""));
            }
            table.print(out());
            tellNotFollowed(answer, err());
            for (JsonNode problem : answer.path("file").path("problems")) {
                err().println(BrokerClient.printable("the file is not followed: "
                        + problem.path("file").asText() + ":"
                        + problem.path("line").asText() + ":"
                        + problem.path("column").asText() + ": "
                        + problem.path("message").asText()));
            }
            return Exit.DONE;
        }
    }

    private static void tellNotFollowed(JsonNode answer, PrintWriter to) {
        for (JsonNode key : answer.path("notFollowed")) {
            to.println(BrokerClient.printable(
                    key.asText() + " of the policy is not followed by a running broker: its configuration says it"));
        }
    }

    /** Prints a policy's text. */
    @Command(
            name = "show",
            description = "Print the text of a policy of the broker.",
            footer = {"", "Example:", "  pinfold policy show 3 > policy.yaml"})
    static final class Show extends ClientCommand {
        @Parameters(
                paramLabel = "REVISION",
                arity = "0..1",
                defaultValue = "current",
                description = "Which one (default: the one in force).")
        String revision = "current";

        @Override
        Exit run(BrokerClient client) {
            JsonNode policy = client.get("/api/v1/policies/" + BrokerClient.encode(revision));
            if (json) {
                print(policy);
            } else {
                out().print(policy.path("text").asText());
            }
            return Exit.DONE;
        }
    }

    /** Puts a policy in force. */
    @Command(
            name = "put",
            description = {
                "Put a policy in force for new pins and repairs. Pins that exist stay where they are until a plan",
                "is applied (see 'pinfold plan'). Its metadata.revision must be above all earlier ones."
            },
            footer = {"", "Example:", "  pinfold policy put policy.yaml"})
    static final class Put extends ClientCommand {
        @Parameters(paramLabel = "POLICY", description = "The policy file.")
        Path policy = Path.of("");

        @Override
        Exit run(BrokerClient client) {
            var text = PolicyCommand.Offline.read(policy);
            Outcome checked = new PolicyCommands().check(text, null);
            if (checked.exitCode() != Outcome.DONE) {
                (json ? out() : err()).print(json ? checked.json() : checked.human());
                return Exit.USAGE;
            }
            JsonNode answer = client.put("/api/v1/policies", "application/yaml", text.content());
            if (json) {
                print(answer);
            } else {
                out().println("revision " + answer.path("revision").asText() + " is in force; before it was "
                        + answer.path("before").asText());
                tellNotFollowed(answer, err());
            }
            return Exit.DONE;
        }
    }

    /** Brings an earlier policy back. */
    @Command(
            name = "rollback",
            description = "Put the text of an earlier policy in force again, as a new revision.",
            footer = {"", "Example:", "  pinfold policy rollback 2"})
    static final class Rollback extends ClientCommand {
        @Parameters(paramLabel = "REVISION", description = "Which one.")
        long revision;

        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.post("/api/v1/policies/" + revision + "/rollback", Json.object());
            if (json) {
                print(answer);
            } else {
                out().println("revision " + answer.path("revision").asText() + " is in force, with the text of "
                        + revision);
            }
            return Exit.DONE;
        }
    }
}
