package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code pinfold pin rm}: removes pins by requestid or by filter. */
@Command(
        name = "rm",
        description = {
            "Remove pins by requestid, or by filter.",
            "A filter that matches several pins needs --force; without --status it covers pinned ones only."
        },
        footer = {
            "",
            "Example:",
            "  pinfold pin rm 0199f0c2-7c1e-7b54-a9a0-6d2f3a1b9c11",
            "  pinfold pin rm --name old --status failed --force"
        })
final class PinRmCommand extends ClientCommand {
    @Parameters(paramLabel = "REQUESTID", arity = "0..*", description = "The pins to remove.")
    List<String> ids = List.of();

    @Mixin
    PinFilter filter = new PinFilter();

    @Option(names = "--force", description = "Also remove when a filter matches more than one pin.")
    boolean force;

    @Override
    Exit run(BrokerClient client) {
        if (ids.isEmpty() == filter.isEmpty()) {
            String text = ids.isEmpty() ? "which pins? Give requestids" : "give requestids or a filter, not both";
            throw new ParameterException(
                    spec.commandLine(), text + (ids.isEmpty() ? ", or --cid, --name, --status" : ""));
        }
        List<String> targets = ids.isEmpty() ? matching(client) : ids;
        ObjectNode document = Json.object();
        ArrayNode removed = document.putArray("removed");
        ArrayNode failed = document.putArray("failed");
        Exit worst = Exit.DONE;
        for (String id : targets) {
            try {
                client.delete("/pins/" + BrokerClient.encode(id));
                removed.add(id);
            } catch (CliException e) {
                if (e.exit() == Exit.UNREACHABLE) {
                    throw e;
                }
                failed.addObject()
                        .put("requestid", id)
                        .put("reason", e.reason())
                        .put("details", e.text());
                err().println("pinfold: " + id + ": " + e.text());
                worst = e.exit();
            }
        }
        if (json) {
            print(document);
        } else {
            removed.forEach(id -> out().println(id.asText()));
        }
        return worst;
    }

    private List<String> matching(BrokerClient client) {
        List<String> query = new ArrayList<>(filter.query(spec));
        if (filter.statuses.isEmpty()) {
            query.add("status=pinned");
        }
        List<String> found = new ArrayList<>();
        Pins.walk(
                client,
                query,
                Long.MAX_VALUE,
                pin -> found.add(pin.path("requestid").asText()));
        if (found.isEmpty()) {
            throw new CliException(Exit.NO, "NOT_FOUND", "no pin matches; nothing is removed", null);
        }
        if (found.size() > 1 && !force) {
            throw new CliException(Exit.NO, "AMBIGUOUS", found.size() + " pins match; --force removes them all", null);
        }
        return found;
    }
}
