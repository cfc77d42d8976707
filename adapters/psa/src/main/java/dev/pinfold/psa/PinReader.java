package dev.pinfold.psa;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.pinfold.http.HttpAnswer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what companies write. Strict about JSON, tolerant about what is in it: {@code requestid} or {@code requestId},
 * null or empty delegates, null name and meta, unknown fields. What is missing beyond that is a {@link Malformed}.
 */
final class PinReader {
    private static final int MOST_PAIRS = 1000;
    private static final int MOST_DELEGATES = 20;
    private static final int LONGEST_ID = 512;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(32)
                        .maxStringLength(1 << 20)
                        .maxNumberLength(64)
                        .build());
    }

    private PinReader() {}

    /** An answer that cannot be read; the message says why, in words of ours. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    static PinDoc pin(byte[] body) throws Malformed {
        return pin(object(body));
    }

    /** The pins of a list that can be read. One that cannot is left out: a list proves no absence anyway. */
    static List<PinDoc> page(byte[] body) throws Malformed {
        JsonNode results = object(body).get("results");
        if (results == null || !results.isArray()) {
            throw new Malformed("a list without results");
        }
        List<PinDoc> pins = new ArrayList<>();
        for (JsonNode result : results) {
            readable(result).ifPresent(pins::add);
        }
        return pins;
    }

    private static Optional<PinDoc> readable(JsonNode result) {
        try {
            return Optional.of(pin(result));
        } catch (Malformed left) {
            return Optional.empty();
        }
    }

    /** The reason and details of a Failure, or the text itself where it is none. */
    static String reason(HttpAnswer answer) {
        try {
            JsonNode error = object(answer.body()).path("error");
            if (error.isTextual()) {
                return error.asText();
            }
            String reason = error.path("reason").asText("");
            String details = error.path("details").asText("");
            return details.isEmpty() ? reason : reason + " (" + details + ")";
        } catch (Malformed e) {
            return answer.header("Content-Type").contains("html") ? "" : answer.text();
        }
    }

    private static JsonNode object(byte[] body) throws Malformed {
        try {
            JsonNode node = JSON.readTree(body);
            if (node == null || !node.isObject()) {
                throw new Malformed("no JSON object");
            }
            return node;
        } catch (IOException e) {
            throw new Malformed("no readable JSON");
        }
    }

    private static PinDoc pin(JsonNode status) throws Malformed {
        JsonNode pin = status.path("pin");
        String id = text(status, "requestid");
        if (id == null) {
            id = text(status, "requestId");
        }
        if (id == null || id.length() > LONGEST_ID || !id.chars().allMatch(c -> c > ' ' && c != 127)) {
            throw new Malformed("a pin without a usable requestid");
        }
        String cid = text(pin, "cid");
        if (cid == null) {
            throw new Malformed("a pin without a cid");
        }
        String state = text(status, "status");
        String created = text(status, "created");
        return new PinDoc(
                id,
                state == null ? "" : state,
                created,
                created == null ? null : moment(created),
                cid,
                text(pin, "name"),
                pairs(pin.path("meta")),
                delegates(status.path("delegates")),
                pairs(status.path("info")));
    }

    private static @Nullable Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isTextual() || value.isNumber() ? value.asText() : null;
    }

    private static Map<String, String> pairs(JsonNode object) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> pair : object.properties()) {
            if (pairs.size() < MOST_PAIRS && pair.getValue().isValueNode()) {
                pairs.put(pair.getKey(), pair.getValue().asText());
            }
        }
        return pairs;
    }

    /** Those that can be multiaddrs: some companies send host names or nothing. */
    private static List<String> delegates(JsonNode array) {
        List<String> delegates = new ArrayList<>();
        for (JsonNode each : array) {
            String text = each.asText("");
            if (delegates.size() < MOST_DELEGATES
                    && text.matches("/[\\x21-\\x7e]{1,511}")
                    && !delegates.contains(text)) {
                delegates.add(text);
            }
        }
        return delegates;
    }
}
