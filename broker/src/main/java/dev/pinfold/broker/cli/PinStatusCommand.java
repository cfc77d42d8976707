package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pinfold pin status}: one pin as the Pinning Service API shows it. */
@Command(
        name = "status",
        description = "Show one pin.",
        footer = {"", "Example:", "  pinfold pin status 0199f0c2-7c1e-7b54-a9a0-6d2f3a1b9c11"})
final class PinStatusCommand extends ClientCommand {
    @Parameters(paramLabel = "REQUESTID|CID", description = "The pin; for a CID its newest pin.")
    String id = "";

    @Override
    Exit run(BrokerClient client) {
        JsonNode pin = Pins.find(client, id);
        if (json) {
            print(pin);
        } else {
            Pins.print(pin, out());
        }
        return Exit.DONE;
    }
}
