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
        return document(client, query);
    }

    /** Streams the document, so that a list of any length fits; a failure on the way ends it with {@code error}. */
    private Exit document(BrokerClient client, List<String> query) {
        boolean[] first = {true};
        try {
            long count = Pins.walk(client, query, limit, pin -> {
                out().print((first[0] ? "{\"results\":[\n" : ",\n") + Json.compact(pin));
                first[0] = false;
            });
            out().println((first[0] ? "{\"results\":[" : "\n") + "],\"count\":" + count + "}");
            return Exit.DONE;
        } catch (CliException e) {
            if (first[0]) {
                throw e;
            }
            out().println("\n],\"error\":" + Json.compact(Main.error(e)) + "}");
            err().println("pinfold: " + e.text());
            return e.exit();
        }
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
