package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
        JsonNode document = client.get("/api/v1/pins/" + BrokerClient.encode(requestid) + "/placement");
        if (json) {
            print(document);
            return Exit.DONE;
        }
        head(requestid, document);
        Map<String, String> regions = regions(client);
        copies(document.path("replicas"), regions);
        JsonNode plan = document.path("placement");
        if (plan.isObject()) {
            decision(plan, regions);
        } else {
            line("");
            line("No decision has been taken yet.");
        }
        return Exit.DONE;
    }

    private void head(String requestid, JsonNode document) {
        line(text(document, "cid") + "  (requestid " + requestid + ")");
        StringBuilder state = new StringBuilder(text(document, "status"));
        if (document.path("sizeBytes").isNumber()) {
            state.append(", ").append(Bytes.show(document.path("sizeBytes").asLong()));
        }
        JsonNode goal = document.path("goal");
        if (goal.isObject()) {
            state.append("; wanted: ").append(text(goal, "target")).append(" copies; counts as pinned with ");
            state.append(text(goal, "pinnedAt")).append(' ').append(text(goal, "ack"));
        }
        line(state.toString());
        String details = text(document.path("info"), "status_details");
        if (!details.isEmpty()) {
            line(details);
        }
        if (!text(document, "sources").isEmpty()) {
            line("sources: " + text(document, "sources"));
        }
    }

    private void copies(JsonNode replicas, Map<String, String> regions) {
        line("");
        if (replicas.isEmpty()) {
            line("There is no copy yet.");
            return;
        }
        List<String> heads = new ArrayList<>(List.of("provider", "state", "since", "verified", "evidence", "note"));
        if (!regions.isEmpty()) {
            heads.add(1, "region");
        }
        Table table = new Table(heads.toArray(String[]::new));
        for (JsonNode replica : replicas) {
            List<String> cells = new ArrayList<>(List.of(
                    text(replica, "provider"),
                    text(replica, "state"),
                    text(replica, "since"),
                    text(replica, "verifiedAt"),
                    text(replica, "evidence"),
                    note(replica)));
            if (!regions.isEmpty()) {
                cells.add(1, regions.getOrDefault(text(replica, "provider"), ""));
            }
            table.row(cells.toArray(String[]::new));
        }
        table.print(out());
    }

    private void decision(JsonNode plan, Map<String, String> regions) {
        line("");
        line("last decision: rule '" + text(plan, "rule") + "' gives class '" + text(plan, "class") + "' (policy "
                + shortened(text(plan, "policyRevision")) + ")"
                + (plan.path("feasible").asBoolean() ? ":" : "; it cannot be kept:"));
        for (JsonNode chosen : plan.path("chosen")) {
            String region = regions.getOrDefault(text(chosen, "provider"), "");
            line("  " + text(chosen, "provider") + (region.isEmpty() ? "" : " in " + region) + ", "
                    + text(chosen, "tier") + ", " + text(chosen, "monthlyCost") + " a month");
        }
        if (!plan.path("chosen").isEmpty()) {
            line("  together " + text(plan, "totalMonthlyCost") + " a month" + durability(plan));
        }
        for (JsonNode conflict : plan.path("conflict")) {
            line("  " + text(conflict, "constraint") + ": " + text(conflict, "suggestion"));
        }
        for (JsonNode note : plan.path("notes")) {
            line("  note: " + note.asText());
        }
        notChosen(plan);
    }

    private void notChosen(JsonNode plan) {
        if (!plan.path("excluded").isEmpty()) {
            line("");
            line("Not chosen:");
        }
        for (JsonNode excluded : plan.path("excluded")) {
            line("  " + text(excluded, "provider") + ": " + text(excluded, "reason") + " ("
                    + text(excluded, "constraint") + ")");
        }
        if (!plan.path("filters").isEmpty()) {
            StringBuilder counts = new StringBuilder();
            plan.path("filters")
                    .properties()
                    .forEach(filter -> counts.append(counts.isEmpty() ? "" : ", ")
                            .append(filter.getKey())
                            .append(' ')
                            .append(filter.getValue().asText()));
            line("  kept out by " + counts);
        }
        if (!plan.path("alternatives").isEmpty()) {
            line("");
            line("Instead:");
        }
        for (JsonNode other : plan.path("alternatives")) {
            List<String> providers = new ArrayList<>();
            other.path("providers").forEach(p -> providers.add(p.asText()));
            line("  without " + text(other, "without") + ": "
                    + (providers.isEmpty()
                            ? "nothing could be placed"
                            : String.join(", ", providers) + ", " + text(other, "monthlyCost") + " a month, "
                                    + text(other, "durabilityNines") + " nines, score " + text(other, "score")));
        }
    }

    private static String durability(JsonNode plan) {
        if (!plan.path("durabilityNines").isNumber()) {
            return "";
        }
        String limit = text(plan, "limitedBy");
        return "; durability of " + text(plan, "durabilityNines") + " nines"
                + (limit.isEmpty() ? "" : ", limited by " + limit);
    }

    /** Where each provider is; empty for a token that may not ask. */
    private static Map<String, String> regions(BrokerClient client) {
        Map<String, String> regions = new TreeMap<>();
        try {
            for (JsonNode provider : client.get("/api/v1/providers").path("providers")) {
                regions.put(text(provider, "id"), text(provider.path("labels"), "region"));
            }
        } catch (CliException e) {
            if (e.exit() == Exit.UNREACHABLE) {
                throw e;
            }
        }
        return regions;
    }

    private static String note(JsonNode replica) {
        List<String> parts = new ArrayList<>();
        parts.add(text(replica, "failure"));
        parts.add(text(replica, "detail"));
        if (replica.path("attempts").asInt() > 1) {
            parts.add(replica.path("attempts").asInt() + " attempts");
        }
        if (!text(replica, "failure").isEmpty() && !text(replica, "nextTry").isEmpty()) {
            parts.add("next try " + text(replica, "nextTry"));
        }
        parts.removeIf(String::isEmpty);
        return String.join("; ", parts);
    }

    private static String shortened(String revision) {
        return revision.length() > 19 ? revision.substring(0, 19) + "…" : revision;
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText("");
    }

    private void line(String text) {
        out().println(BrokerClient.printable(text));
    }
}
