package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
        JsonNode goal = placement.path("goal");
        out().println(placement.path("status").asText() + "; wanted: at least "
                + goal.path("min").asText("?")
                + " copies, better " + goal.path("target").asText("?") + "; counts as pinned with "
                + ack(goal.path("ack")));
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
        for (JsonNode line : placement.path("explanation")) {
            out().println(BrokerClient.printable(line.asText()));
        }
        return Exit.DONE;
    }

    private static String ack(JsonNode ack) {
        if (!ack.isObject()) {
            return ack.asText("?");
        }
        StringBuilder text = new StringBuilder();
        ack.properties()
                .forEach(e -> text.append(text.isEmpty() ? "" : ", ")
                        .append(e.getValue().asText())
                        .append(' ')
                        .append(e.getKey()));
        return text.toString();
    }

    private static String note(JsonNode replica) {
        JsonNode failure = replica.path("failure");
        String text = failure.isObject() ? failure.path("detail").asText(failure.toString()) : failure.asText("");
        if (replica.path("attempts").asInt() > 1) {
            text += (text.isEmpty() ? "" : "; ") + replica.path("attempts").asInt() + " attempts";
        }
        if (replica.path("nextTry").isTextual()) {
            text += (text.isEmpty() ? "" : "; ") + "next try "
                    + replica.path("nextTry").asText();
        }
        return text.equals("null") ? "" : text;
    }
}
