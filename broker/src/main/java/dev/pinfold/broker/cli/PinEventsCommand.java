package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pinfold pin events}: what happened to a pin, in order. */
@Command(
        name = "events",
        description = "Show what happened to a pin, oldest first.",
        footer = {"", "Example:", "  pinfold pin events bafkqabtimvwgy3yk"})
final class PinEventsCommand extends ClientCommand {
    @Parameters(paramLabel = "REQUESTID|CID", description = "The pin; for a CID its newest pin.")
    String id = "";

    @Override
    Exit run(BrokerClient client) {
        String requestid = Pins.find(client, id).path("requestid").asText();
        JsonNode events = client.get("/api/v1/pins/" + BrokerClient.encode(requestid) + "/events");
        if (json) {
            print(events);
            return Exit.DONE;
        }
        Table table = new Table("at", "what", "provider", "detail");
        for (JsonNode event : events.path("events")) {
            JsonNode detail = event.path("detail");
            table.row(
                    event.path("at").asText(),
                    event.path("type").asText(),
                    event.path("provider").asText("").replace("null", ""),
                    detail.isContainerNode()
                            ? detail.toString()
                            : detail.asText("").replace("null", ""));
        }
        table.print(out());
        return Exit.DONE;
    }
}
