package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What several commands do with pins: walk a list page by page, find one, print one. */
final class Pins {
    static final String ALL = "queued,pinning,pinned,failed";
    private static final int PAGE = 1000;

    private Pins() {}

    /**
     * Gives every pin that a query matches, newest first, page by page.
     *
     * @param query filters as {@code name=value} pairs, already encoded; may be empty
     * @param most stop after this many
     * @return how many the broker says there are
     */
    static long walk(BrokerClient client, List<String> query, long most, Consumer<JsonNode> each) {
        Set<String> seen = new HashSet<>();
        String before = "";
        long count = -1;
        while (seen.size() < most) {
            List<String> parts = new ArrayList<>(query);
            parts.add("limit=" + Math.min(PAGE, most - seen.size()));
            if (!before.isEmpty()) {
                parts.add("before=" + BrokerClient.encode(before));
            }
            JsonNode page = client.get("/pins?" + String.join("&", parts));
            count = count < 0 ? page.path("count").asLong() : count;
            int fresh = 0;
            for (JsonNode pin : page.path("results")) {
                if (seen.add(pin.path("requestid").asText())) {
                    each.accept(pin);
                    fresh++;
                }
                before = pin.path("created").asText();
            }
            if (fresh == 0
                    || page.path("count").asLong() <= page.path("results").size()) {
                break;
            }
        }
        return Math.max(count, 0);
    }

    /** Returns the pin with a requestid, or the newest pin of a CID. */
    static JsonNode find(BrokerClient client, String requestidOrCid) {
        if (!looksLikeCid(requestidOrCid)) {
            return client.get("/pins/" + BrokerClient.encode(requestidOrCid));
        }
        List<JsonNode> found = new ArrayList<>();
        String cid = "cid=" + BrokerClient.encode(requestidOrCid);
        walk(client, List.of(cid, "status=" + BrokerClient.encode(ALL)), 1, found::add);
        if (found.isEmpty()) {
            throw new CliException(Exit.NO, "NOT_FOUND", "nothing is pinned under " + requestidOrCid, null);
        }
        return found.get(0);
    }

    private static boolean looksLikeCid(String text) {
        return text.matches("Qm[1-9A-HJ-NP-Za-km-z]{44}|[bB][a-zA-Z2-7]{50,}|[zkf][0-9A-Za-z]{45,}");
    }

    static void print(JsonNode pin, PrintWriter out) {
        Table table = new Table("cid", pin.path("pin").path("cid").asText())
                .row("requestid", pin.path("requestid").asText())
                .row("status", pin.path("status").asText())
                .row("name", pin.path("pin").path("name").asText(""))
                .row("created", pin.path("created").asText());
        pin.path("pin")
                .path("meta")
                .properties()
                .forEach(e -> table.row("meta " + e.getKey(), e.getValue().asText()));
        pin.path("info")
                .properties()
                .forEach(e -> table.row("info " + e.getKey(), e.getValue().asText()));
        table.print(out);
    }

    static String failure(JsonNode pin) {
        String details = pin.path("info").path("status_details").asText("");
        String id = pin.path("requestid").asText();
        return "the pin failed" + (details.isEmpty() ? "" : ": " + BrokerClient.printable(details))
                + "; see 'pinfold pin explain " + id + "'";
    }
}
