package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What an operator decides about a provider: cordon, drain, audit. */
final class ProviderLife {
    private ProviderLife() {}

    /** Stops new copies. */
    @Command(
            name = "cordon",
            description = "Let a provider keep what it has and take nothing new.",
            footer = {"", "Example:", "  pinfold provider cordon eu-west --reason 'raised its price'"})
    static final class Cordon extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The provider.")
        String id = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why; shown wherever it matters.")
        String reason = "";

        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = put(client, id, "cordoned", reason);
            if (json) {
                print(answer);
            } else {
                out().println(id + " is cordoned");
            }
            return Exit.DONE;
        }
    }

    private static JsonNode put(BrokerClient client, String provider, String state, String why) {
        ObjectNode body = Json.object().put("state", state).put("reason", why);
        return client.put(
                "/api/v1/providers/" + BrokerClient.encode(provider) + "/state",
                "application/json",
                Json.compact(body));
    }

    /** Takes a decision back. */
    @Command(
            name = "uncordon",
            description = "Make a cordoned or drained provider active again. What has left it does not come back.",
            footer = {"", "Example:", "  pinfold provider uncordon eu-west"})
    static final class Uncordon extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The provider.")
        String id = "";

        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = put(client, id, "active", "");
            if (json) {
                print(answer);
            } else {
                out().println(id + " is active");
            }
            return Exit.DONE;
        }
    }

    /** Leaves a provider. */
    @Command(
            name = "drain",
            description = {
                "Leave a provider: every copy is made elsewhere before the one there is released. Exit code 1 with",
                "--follow when the deadline passes first."
            },
            footer = {
                "",
                "Example:",
                "  pinfold provider drain eu-west --by 2027-03-31T00:00:00Z --reason 'announced its end'",
                "  pinfold provider drain eu-west --status"
            })
    static final class Drain extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The provider.")
        String id = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why; shown wherever it matters.")
        String reason = "";

        @Option(names = "--by", paramLabel = "INSTANT", description = "When it must be over, for example its end.")
        @Nullable
        String by;

        @Option(names = "--follow", description = "Wait until nothing is left there.")
        boolean follow;

        @Option(names = "--status", description = "Begin nothing; show how far it is, and what came of earlier ones.")
        boolean status;

        private static Instant instant(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new CliException(
                        Exit.USAGE, "--by must be an instant such as 2027-01-31T00:00:00Z, not '" + text + "'", e);
            }
        }

        @Override
        Exit run(BrokerClient client) throws InterruptedException {
            if (status) {
                return show(client);
            }
            ObjectNode body = Json.object().put("provider", id).put("reason", reason);
            if (by != null) {
                body.put("mustFinishBy", instant(by).toString());
            }
            JsonNode drain = client.post("/api/v1/drains", body);
            while (follow && !drain.path("done").asBoolean()) {
                TimeUnit.MILLISECONDS.sleep(500);
                drain = client.get("/api/v1/drains/" + BrokerClient.encode(id));
                if (drain.path("pastDeadline").asBoolean()) {
                    break;
                }
            }
            if (json) {
                print(drain);
            } else {
                out().println(BrokerClient.printable(line(drain)));
            }
            return follow && !drain.path("done").asBoolean() ? Exit.NO : Exit.DONE;
        }

        private Exit show(BrokerClient client) {
            if (follow || by != null || !reason.isEmpty()) {
                throw new CliException(Exit.USAGE, "--status begins nothing: leave --by, --reason and --follow out");
            }
            JsonNode drain = Json.object();
            for (JsonNode each : client.get("/api/v1/drains").path("drains")) {
                drain = each.path("provider").asText().equals(id) ? each : drain;
            }
            JsonNode ends = client.get("/api/v1/drains/" + BrokerClient.encode(id) + "/certificates")
                    .path("certificates");
            if (json) {
                ObjectNode both = Json.object();
                if (drain.isEmpty()) {
                    both.putNull("drain");
                } else {
                    both.set("drain", drain);
                }
                both.set("certificates", ends);
                print(both);
            } else {
                if (!drain.isEmpty()) {
                    out().println(BrokerClient.printable(line(drain)));
                }
                ends.forEach(end -> out().println(BrokerClient.printable(ended(end))));
                if (drain.isEmpty() && ends.isEmpty()) {
                    out().println(BrokerClient.printable(id + " is not being left, and never was"));
                }
            }
            return drain.isEmpty() && ends.isEmpty() ? Exit.NO : Exit.DONE;
        }
    }

    private static String ended(JsonNode end) {
        long unsized = end.path("movedOfUnknownSize").asLong();
        return end.path("provider").asText() + ": left at "
                + end.path("endedAt").asText()
                + (end.path("inTime").isNull() ? "" : end.path("inTime").asBoolean() ? ", in time" : ", TOO LATE")
                + ", as " + end.path("by").asText() + " began at "
                + end.path("since").asText()
                + (end.path("reason").asText("").isEmpty()
                        ? ""
                        : " (" + end.path("reason").asText() + ")")
                + "; " + end.path("movedCopies").asText() + " copies with "
                + Bytes.show(end.path("movedBytes").asLong()) + " moved"
                + (unsized == 0 ? "" : " (" + unsized + " more of unknown size among them)")
                + ", " + end.path("releasedCopies").asText() + " released that nobody wanted, nothing left";
    }

    private static String line(JsonNode drain) {
        return drain.path("provider").asText() + ": " + drain.path("copiesLeft").asText() + " of "
                + drain.path("copiesBefore").asText() + " copies left"
                + (drain.path("blocked").asLong() == 0
                        ? ""
                        : ", " + drain.path("blocked").asText() + " have nowhere to go: "
                                + drain.path("blockedBy").asText())
                + (drain.path("endsAbout").isNull()
                        ? ""
                        : "; at this pace done " + drain.path("endsAbout").asText())
                + (drain.path("missesDeadline").asBoolean()
                        ? ", AFTER the deadline " + drain.path("mustFinishBy").asText()
                        : "");
    }

    /** Lists drains. */
    @Command(
            name = "drains",
            description = "List the providers that are being left, and how far that is.",
            footer = {"", "Example:", "  pinfold provider drains"})
    static final class Drains extends ClientCommand {
        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.get("/api/v1/drains");
            if (json) {
                print(answer);
            } else {
                answer.path("drains").forEach(drain -> out().println(BrokerClient.printable(line(drain))));
            }
            return Exit.DONE;
        }
    }

    /** Looks at every copy now. */
    @Command(
            name = "audit",
            description = {
                "Fetch and hash blocks of every copy at a provider now, instead of when its turn comes. Exit code 1",
                "with --follow when copies are lost."
            },
            footer = {"", "Example:", "  pinfold provider audit eu-west --follow"})
    static final class Audit extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The provider.")
        String id = "";

        @Option(names = "--follow", description = "Wait until every copy was looked at.")
        boolean follow;

        @Override
        Exit run(BrokerClient client) throws InterruptedException {
            JsonNode audit = client.post("/api/v1/audits", Json.object().put("provider", id));
            String wanted = audit.path("id").asText();
            do {
                for (JsonNode each : client.get("/api/v1/audits").path("audits")) {
                    audit = each.path("id").asText().equals(wanted) ? each : audit;
                }
                if (follow && !audit.path("done").asBoolean()) {
                    TimeUnit.MILLISECONDS.sleep(500);
                }
            } while (follow && !audit.path("done").asBoolean());
            if (json) {
                print(audit);
            } else {
                out().println(id + ": " + audit.path("sound").asText("0") + " sound and "
                        + audit.path("lost").asText("0") + " lost of "
                        + audit.path("copies").asText("0") + " copies so far");
            }
            return follow && audit.path("lost").asLong() > 0 ? Exit.NO : Exit.DONE;
        }
    }
}
