package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Cid;
import java.io.PrintWriter;
import java.util.Locale;

/** The story of a read as lines for people. */
final class RetrievalText {
    private RetrievalText() {}

    /** Prints how the newest read of a content went; that it cannot be told is told too and fails nothing. */
    static void tell(BrokerClient client, Cid root, PrintWriter out) {
        JsonNode stories;
        try {
            stories = client.get("/api/v1/retrievals?cid=" + root).path("retrievals");
        } catch (CliException e) {
            out.println("how it went cannot be told: " + BrokerClient.printable(String.valueOf(e.getMessage())));
            return;
        }
        if (stories.isEmpty()) {
            out.println("the broker remembers no read of " + root);
            return;
        }
        JsonNode story = stories.get(0);
        StringBuilder bytes = new StringBuilder();
        story.path("bytes")
                .properties()
                .forEach(each -> bytes.append(bytes.isEmpty() ? "" : ", ")
                        .append(each.getValue().asLong())
                        .append(" bytes from ")
                        .append(each.getKey()));
        out.println("read " + story.path("id").asLong() + " of " + root + ": " + bytes);
        for (JsonNode event : story.path("events")) {
            out.println(line(event));
        }
        long omitted = story.path("omittedEvents").asLong();
        if (omitted > 0) {
            out.println("  and " + omitted + " more events in between");
        }
        out.flush();
    }

    private static String line(JsonNode event) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%10.1f ms  %-12s", event.path("atMs").asDouble(), word(event, "event")));
        for (String key : new String[] {"source", "why", "outcome", "detail", "block"}) {
            if (event.has(key)) {
                text.append(' ').append(word(event, key));
            }
        }
        if (event.has("ms")) {
            text.append(String.format(
                    Locale.ROOT, " after %.1f ms", event.path("ms").asDouble()));
        }
        if (event.has("verifiedBytes")) {
            text.append(" at verified byte ").append(event.path("verifiedBytes").asLong());
        }
        return text.toString().stripTrailing();
    }

    private static String word(JsonNode event, String key) {
        return BrokerClient.printable(event.path(key).asText());
    }
}
