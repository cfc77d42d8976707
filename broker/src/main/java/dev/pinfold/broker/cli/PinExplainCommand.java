package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pinfold pin explain}: where each copy is, in which state, and why there. */
@Command(
        name = "explain",
        description = "Say where the copies of a pin are, in which state, and why there.",
        footer = {"", "Example:", "  pinfold pin explain bafkqabtimvwgy3yk"})
final class PinExplainCommand extends ClientCommand {
    @Parameters(paramLabel = "REQUESTID|CID", description = "The pin; for a CID its newest pin.")
    String id = "";

    @Override
    Exit run(BrokerClient client) {
        String requestid = Pins.find(client, id).path("requestid").asText();
        JsonNode placement = client.get("/api/v1/pins/" + BrokerClient.encode(requestid) + "/placement");
        if (json) {
            print(placement);
            return Exit.DONE;
        }
        out().println(placement.path("cid").asText() + "  (requestid " + requestid + ")");
        out().println(wanted(placement));
        String details = placement.path("info").path("status_details").asText("");
        if (!details.isEmpty()) {
            out().println(BrokerClient.printable(details));
        }
        out().println();
        Table table = new Table("provider", "region", "state", "since", "verified", "note");
        for (JsonNode replica : placement.path("replicas")) {
            table.row(
                    replica.path("provider").asText(),
                    replica.path("region").asText(""),
                    replica.path("state").asText(),
                    replica.path("since").asText(""),
                    replica.path("verifiedAt").asText(""),
                    note(replica));
        }
        table.print(out());
        out().println();
        why(placement.path("placement")).forEach(line -> out().println(BrokerClient.printable(line)));
        return Exit.DONE;
    }

    private static String wanted(JsonNode placement) {
        JsonNode goal = placement.path("goal");
        String status = placement.path("status").asText();
        return goal.isObject()
                ? status + "; wanted: " + goal.path("target").asText() + " copies; counts as pinned with "
                        + goal.path("pinnedAt").asText() + " "
                        + goal.path("ack").asText()
                : status + "; where its copies go is not decided yet";
    }

    /** The last decision in words: what was chosen at which price, and why the others were not. */
    private static List<String> why(JsonNode plan) {
        List<String> lines = new ArrayList<>();
        if (!plan.isObject()) {
            return lines;
        }
        lines.add("last decision: rule '" + plan.path("rule").asText("none") + "' gives class '"
                + plan.path("class").asText("none") + "'");
        for (JsonNode chosen : plan.path("chosen")) {
            lines.add("  chosen    " + chosen.path("provider").asText() + ": "
                    + chosen.path("monthlyCost").asText() + " a month");
        }
        for (JsonNode excluded : plan.path("excluded")) {
            lines.add("  excluded  " + excluded.path("provider").asText() + ": "
                    + excluded.path("reason").asText());
        }
        for (JsonNode conflict : plan.path("conflict")) {
            lines.add("  conflict  " + conflict.path("constraint").asText() + ": "
                    + conflict.path("suggestion").asText());
        }
        return lines;
    }

    private static String note(JsonNode replica) {
        String text = replica.path("detail").asText("");
        if (text.isEmpty()) {
            text = replica.path("failure").asText("");
        }
        if (replica.path("attempts").asInt() > 1) {
            text += (text.isEmpty() ? "" : "; ") + replica.path("attempts").asInt() + " attempts";
        }
        if (replica.path("nextTry").isTextual()) {
            text += (text.isEmpty() ? "" : "; ") + "next look "
                    + replica.path("nextTry").asText();
        }
        return text;
    }
}
