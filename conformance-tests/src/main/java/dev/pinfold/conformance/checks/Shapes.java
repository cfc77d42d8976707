package dev.pinfold.conformance.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Rfc3339;
import dev.pinfold.conformance.http.Exchange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Says how a JSON document differs from the schemas of the specification; an empty list means it does not. */
public final class Shapes {
    static final Set<String> STATES = Set.of("queued", "pinning", "pinned", "failed");
    static final Set<String> STATUS_FIELDS = Set.of("requestid", "status", "created", "pin", "delegates", "info");
    private static final int MOST_DELEGATES = 20;

    private Shapes() {}

    /** The required fields of PinStatus and their types; what is inside them has checks of its own. */
    static List<String> pinStatus(JsonNode node) {
        if (!node.isObject()) {
            return List.of("not a JSON object");
        }
        List<String> problems = new ArrayList<>();
        requireText(node, "requestid", problems);
        requireText(node, "status", problems);
        requireText(node, "created", problems);
        if (node.path("status").isTextual()
                && !STATES.contains(node.path("status").asText())) {
            problems.add(
                    "status is '" + node.path("status").asText() + "', not one of queued, pinning, pinned, failed");
        }
        if (!node.path("delegates").isArray()) {
            problems.add("delegates is " + kind(node.path("delegates")) + ", not an array");
        }
        if (node.has("info") && !node.path("info").isObject()) {
            problems.add("info is " + kind(node.path("info")) + ", not an object");
        }
        problems.addAll(pin(node.path("pin")));
        return problems;
    }

    private static List<String> pin(JsonNode pin) {
        if (!pin.isObject()) {
            return List.of("pin is " + kind(pin) + ", not an object");
        }
        List<String> problems = new ArrayList<>();
        if (!pin.path("cid").isTextual()) {
            problems.add("pin.cid is " + kind(pin.path("cid")) + ", not a string");
        }
        if (pin.has("name") && !pin.path("name").isTextual()) {
            problems.add("pin.name is " + kind(pin.path("name")) + ", not a string (leave it out when there is none)");
        }
        if (pin.has("origins") && !pin.path("origins").isArray()) {
            problems.add("pin.origins is " + kind(pin.path("origins")) + ", not an array");
        }
        if (pin.has("meta") && !pin.path("meta").isObject()) {
            problems.add("pin.meta is " + kind(pin.path("meta")) + ", not an object");
        }
        problems.addAll(stringsOnly(pin.path("meta"), "pin.meta"));
        return problems;
    }

    static List<String> pinResults(JsonNode node) {
        if (!node.isObject()) {
            return List.of("not a JSON object with count and results");
        }
        List<String> problems = new ArrayList<>();
        JsonNode count = node.path("count");
        if (!count.isIntegralNumber() || count.asLong() < 0 || count.asLong() > Integer.MAX_VALUE) {
            problems.add("count is " + kind(count) + ", not a whole number of at least 0");
        }
        JsonNode results = node.path("results");
        if (!results.isArray()) {
            problems.add("results is " + kind(results) + ", not an array");
        }
        Set<String> ids = new HashSet<>();
        for (JsonNode result : results) {
            for (String problem : pinStatus(result)) {
                problems.add("results[" + ids.size() + "]: " + problem);
            }
            if (!ids.add(result.path("requestid").asText("?"))) {
                problems.add("requestid " + result.path("requestid").asText() + " is in results twice");
            }
            if (problems.size() > 5) {
                break;
            }
        }
        return problems;
    }

    /** {@code {"error":{"reason":…,"details":…}}}. */
    static List<String> failure(Exchange exchange) {
        JsonNode error = exchange.json().path("error");
        if (!error.isObject()) {
            return List.of("the body of status " + exchange.status() + " has no object 'error'");
        }
        List<String> problems = new ArrayList<>();
        if (!error.path("reason").isTextual() || error.path("reason").asText().isEmpty()) {
            problems.add("error.reason of status " + exchange.status() + " is " + kind(error.path("reason"))
                    + ", not a non-empty string");
        }
        if (error.has("details") && !error.path("details").isTextual()) {
            problems.add("error.details of status " + exchange.status() + " is " + kind(error.path("details"))
                    + ", not a string");
        }
        return problems;
    }

    static List<String> created(JsonNode status) {
        String created = status.path("created").asText("");
        return Rfc3339.parse(created).isPresent() ? List.of() : List.of("created is '" + created + "'");
    }

    static List<String> delegateCount(JsonNode status) {
        JsonNode delegates = status.path("delegates");
        List<String> problems = new ArrayList<>();
        if (!delegates.isArray() || delegates.isEmpty() || delegates.size() > MOST_DELEGATES) {
            problems.add("delegates has " + (delegates.isArray() ? delegates.size() + " entries" : "no entries"));
        }
        if (strings(delegates).size() != new HashSet<>(strings(delegates)).size()) {
            problems.add("delegates names an address twice");
        }
        return problems;
    }

    static List<String> strings(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    static List<String> stringsOnly(JsonNode object, String where) {
        List<String> problems = new ArrayList<>();
        object.properties().forEach(field -> {
            if (!field.getValue().isTextual()) {
                problems.add(where + "[" + field.getKey() + "] is " + kind(field.getValue()) + ", not a string");
            }
        });
        return problems;
    }

    private static void requireText(JsonNode node, String field, List<String> problems) {
        if (!node.path(field).isTextual()) {
            problems.add(field + " is " + kind(node.path(field)) + ", not a string");
        }
    }

    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING -> "missing";
            case NULL -> "null";
            case STRING -> node.asText().isEmpty() ? "an empty string" : "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case BINARY, POJO -> "something else";
        };
    }
}
