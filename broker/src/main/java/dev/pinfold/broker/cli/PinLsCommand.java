package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code pinfold pin ls}: every matching pin, newest first, however many pages that takes. */
@Command(
        name = "ls",
        description = {
            "List pins, newest first: requestid, status, created, CID, name.",
            "Without --status only pinned ones, or all of them when --name is given."
        },
        footer = {"", "Example:", "  pinfold pin ls --status queued,pinning,failed", "  pinfold pin ls --name 'nft/1'"})
final class PinLsCommand extends ClientCommand {
    @Mixin
    PinFilter filter = new PinFilter();

    @Option(names = "--limit", paramLabel = "N", description = "At most this many (default: all).")
    long limit = Long.MAX_VALUE;

    @Override
    Exit run(BrokerClient client) {
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit must be at least 1");
        }
        List<String> query = filter.query(spec);
        if (!json) {
            Pins.walk(client, query, limit, pin -> out().println(line(pin)));
            return Exit.DONE;
        }
        boolean[] first = {true};
        out().print("{\"results\":[");
        long count = Pins.walk(client, query, limit, pin -> {
            out().print((first[0] ? "\n" : ",\n") + Json.compact(pin));
            first[0] = false;
        });
        out().println("],\"count\":" + count + "}");
        return Exit.DONE;
    }

    private static String line(JsonNode pin) {
        String text = String.join(
                "  ",
                pin.path("requestid").asText(),
                String.format("%-7s", pin.path("status").asText()),
                pin.path("created").asText(),
                pin.path("pin").path("cid").asText(),
                pin.path("pin").path("name").asText(""));
        return BrokerClient.printable(text).replace('\n', ' ').stripTrailing();
    }
}
