package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinfold pin add}: orders a pin and, unless told otherwise, waits until it is pinned. */
@Command(
        name = "add",
        description = "Pin content that is already on the network, by its CID.",
        footer = {"", "Example:", "  pinfold pin add bafkqabtimvwgy3yk --name hello"})
final class PinAddCommand extends ClientCommand {
    @Parameters(paramLabel = "CID", description = "The root of the content.")
    String cid = "";

    @Option(names = "--name", paramLabel = "NAME", description = "A name for the pin.")
    @Nullable
    String name;

    @Option(names = "--meta", paramLabel = "KEY=VALUE", description = "Your own data, kept with the pin; repeatable.")
    Map<String, String> meta = new LinkedHashMap<>();

    @Option(names = "--origin", paramLabel = "MULTIADDR", description = "A node that has the content; repeatable.")
    List<String> origins = List.of();

    @Option(names = "--background", description = "Return as soon as the order is accepted.")
    boolean background;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Stop waiting after this time (exit code 1); the pin goes on.")
    @Nullable
    Duration timeout;

    @Override
    Exit run(BrokerClient client) throws InterruptedException {
        ObjectNode body = Json.object().put("cid", cid);
        if (name != null) {
            body.put("name", name);
        }
        if (!meta.isEmpty()) {
            ObjectNode data = body.putObject("meta");
            meta.forEach(data::put);
        }
        if (!origins.isEmpty()) {
            origins.forEach(body.putArray("origins")::add);
        }
        JsonNode pin = client.post("/pins", body);
        if (!background) {
            pin = new Follower(client, err(), Terminal.watched()).follow(pin, timeout);
        }
        if (json) {
            print(pin);
        } else {
            Pins.print(pin, out());
        }
        return outcome(pin);
    }

    private Exit outcome(JsonNode pin) {
        String status = pin.path("status").asText();
        if (status.equals("failed")) {
            err().println("pinfold: " + Pins.failure(pin));
            return Exit.NO;
        }
        if (!background && !status.equals("pinned")) {
            err().println("pinfold: still " + status + "; see 'pinfold pin status "
                    + pin.path("requestid").asText() + "'");
            return Exit.NO;
        }
        return Exit.DONE;
    }
}
