package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Takes over what a provider holds already, page by page. */
@Command(
        name = "adopt",
        description = {
            "Take over pins that exist at a provider already, without asking it for them again: each becomes a pin of",
            "the token that is used. Only shows what would be taken over until --apply is given. Can be broken off and",
            "run again: what was taken over is known. Exit code 1 when a named CID is not there or not allowed there."
        },
        footer = {
            "",
            "Example:",
            "  pinfold provider adopt old-service --all",
            "  pinfold provider adopt old-service --all --apply --name adopted/old-service"
        })
final class ProviderAdopt extends ClientCommand {
    private static final Set<String> THERE = Set.of("adopted", "adoptable", "known", "duplicate");

    @Parameters(index = "0", paramLabel = "ID", description = "The provider.")
    String id = "";

    @Parameters(index = "1..*", paramLabel = "CID", description = "The pins that are meant.")
    List<String> cids = new ArrayList<>();

    @Option(names = "--all", description = "Every pin of the account.")
    boolean all;

    @Option(names = "--apply", description = "Take them over; without it nothing changes.")
    boolean apply;

    @Option(names = "--name", paramLabel = "NAME", description = "The name that the pins get here.")
    @Nullable
    String name;

    @Option(names = "--from", paramLabel = "CURSOR", description = "Go on where an earlier run stopped.")
    @Nullable
    String from;

    @Override
    Exit run(BrokerClient client) {
        if (all != cids.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "name the CIDs that are meant, or say --all");
        }
        // Pages overlap where a provider's list has no exact place to go on at: what was said first counts.
        Map<String, JsonNode> byId = new LinkedHashMap<>();
        String cursor = from;
        do {
            JsonNode page = page(client, cursor);
            page.path("pins")
                    .forEach(pin -> byId.putIfAbsent(pin.path("upstreamId").asText(), pin));
            cursor = page.path("next").isTextual() ? page.path("next").asText() : null;
        } while (cursor != null);
        List<JsonNode> pins = List.copyOf(byId.values());
        Set<String> there = pins.stream()
                .filter(pin -> THERE.contains(pin.path("verdict").asText()))
                .map(pin -> canonical(pin.path("cid").asText()))
                .collect(Collectors.toSet());
        Set<String> missing = new HashSet<>(cids);
        missing.removeIf(cid -> there.contains(canonical(cid)));
        show(pins, missing);
        return missing.isEmpty() ? Exit.DONE : Exit.NO;
    }

    private JsonNode page(BrokerClient client, @Nullable String cursor) {
        ObjectNode body = Json.object().put("apply", apply);
        if (all) {
            body.put("all", true);
        } else {
            ArrayNode named = body.putArray("cids");
            cids.forEach(named::add);
        }
        if (name != null) {
            body.put("name", name);
        }
        if (cursor != null) {
            body.put("from", cursor);
        }
        try {
            return client.post("/api/v1/providers/" + BrokerClient.encode(id) + "/adoptions", body);
        } catch (CliException e) {
            if (cursor != null) {
                spec.commandLine().getErr().println("go on with --from '" + BrokerClient.printable(cursor) + "'");
            }
            throw e;
        }
    }

    private static String canonical(String cid) {
        try {
            return Cid.parse(cid).canonical();
        } catch (IllegalArgumentException e) {
            return cid;
        }
    }

    private void show(List<JsonNode> pins, Set<String> missing) {
        Map<String, Long> counts = pins.stream()
                .collect(Collectors.groupingBy(
                        pin -> pin.path("verdict").asText(), TreeMap::new, Collectors.counting()));
        if (json) {
            ObjectNode summary = Json.object().put("provider", id).put("applied", apply);
            ObjectNode verdicts = summary.putObject("verdicts");
            counts.forEach(verdicts::put);
            summary.putArray("pins").addAll(pins);
            ArrayNode absent = summary.putArray("missing");
            missing.forEach(absent::add);
            print(summary);
            return;
        }
        Table table = new Table("cid", "upstream id", "verdict", "detail");
        pins.forEach(pin -> table.row(
                pin.path("cid").asText(),
                pin.path("upstreamId").asText(),
                pin.path("verdict").asText(),
                pin.path("detail").asText()));
        table.print(out());
        missing.forEach(cid -> out().println(BrokerClient.printable(cid) + " is not there, or not allowed there"));
        out().println(pins.size() + " pins: "
                + counts.entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey())
                        .collect(Collectors.joining(", "))
                + (apply || !counts.containsKey("adoptable") ? "" : "; take them over with --apply"));
    }
}
