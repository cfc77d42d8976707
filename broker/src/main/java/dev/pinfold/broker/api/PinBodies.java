package dev.pinfold.broker.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.PinDraft;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Pin object of a request (PSA v1.0.0, schema Pin). Strict about what the schema says; fields it does not
 * name are ignored, and origins never cause a rejection: they are hints.
 */
final class PinBodies {
    static final int MAX_NAME = 255;
    private static final int MAX_ORIGINS = 20;
    private static final int MAX_META_TEXT = 16 * 1024;

    private static final ObjectReader JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxStringLength(256 * 1024)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .reader()
            .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private PinBodies() {}

    static PinDraft read(byte[] body, int maxMetaKeys) {
        JsonNode pin = json(body);
        if (!pin.isObject()) {
            throw bad("the body must be a JSON object such as {\"cid\":\"bafy…\"}, not " + kind(pin));
        }
        JsonNode cid = pin.get("cid");
        if (cid == null || cid.isNull()) {
            throw bad("the body has no 'cid'; send the root to pin, for example {\"cid\":\"bafy…\"}");
        }
        if (!cid.isTextual()) {
            throw bad("'cid' must be a string, not " + kind(cid));
        }
        return new PinDraft(
                cid("'cid'", cid.textValue()),
                cid.textValue(),
                name(pin.get("name")),
                origins(pin.get("origins")),
                meta(pin.get("meta"), maxMetaKeys));
    }

    /** Reads JSON strictly: bounded, no duplicate keys, nothing after the end. */
    static JsonNode json(byte[] body) {
        if (body.length == 0) {
            throw bad("the request has no body; send a JSON object");
        }
        try (JsonParser parser = JSON.createParser(body)) {
            JsonNode node = JSON.readTree(parser);
            return node == null ? com.fasterxml.jackson.databind.node.MissingNode.getInstance() : node;
        } catch (StreamConstraintsException e) {
            throw bad("the body is nested too deep or has too long a string");
        } catch (JsonParseException e) {
            throw bad("the body is not valid JSON: " + Shown.of(e.getOriginalMessage()) + " (line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ")");
        } catch (IOException e) {
            throw bad("the body is not valid JSON: " + Shown.of(String.valueOf(e.getMessage())));
        }
    }

    static Cid cid(String where, String text) {
        try {
            return Cid.parse(text);
        } catch (ContentException e) {
            throw bad(where + ": " + e.getMessage());
        }
    }

    private static @Nullable String name(@Nullable JsonNode name) {
        if (name == null || name.isNull()) {
            return null;
        }
        if (!name.isTextual()) {
            throw bad("'name' must be a string, not " + kind(name));
        }
        return name("'name'", name.textValue());
    }

    /** Checks a name; an empty one is no name. */
    static @Nullable String name(String where, String name) {
        int length = text(where, name).codePointCount(0, name.length());
        if (length > MAX_NAME) {
            throw bad(where + " has " + length + " characters; at most " + MAX_NAME + " are allowed");
        }
        return name.isEmpty() ? null : name;
    }

    /** Refuses what no database keeps: NUL, and halves of surrogate pairs. */
    static String text(String where, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (c == 0) {
                throw bad(where + " contains a NUL character at position " + i + "; remove it");
            }
            if (Character.isSurrogate(c) && !pair) {
                throw bad(where + " contains half a surrogate pair at position " + i + ", which is not valid Unicode");
            }
            i += pair ? 1 : 0;
        }
        return text;
    }

    private static List<String> origins(@Nullable JsonNode origins) {
        if (origins == null || origins.isNull()) {
            return List.of();
        }
        if (!origins.isArray()) {
            throw bad("'origins' must be an array of multiaddrs, not " + kind(origins));
        }
        LinkedHashSet<String> kept = new LinkedHashSet<>();
        for (JsonNode origin : origins) {
            if (!origin.isTextual()) {
                throw bad("'origins' must hold strings only, not " + kind(origin));
            }
            if (kept.size() < MAX_ORIGINS && origin.textValue().length() <= 1024) {
                kept.add(text("'origins'", origin.textValue()));
            }
        }
        return new ArrayList<>(kept);
    }

    private static @Nullable Map<String, String> meta(@Nullable JsonNode meta, int maxKeys) {
        return meta == null || meta.isNull() ? null : strings("'meta'", meta, maxKeys);
    }

    static Map<String, String> strings(String where, JsonNode node, int maxKeys) {
        if (!node.isObject()) {
            throw bad(where + " must be an object of strings, not " + kind(node));
        }
        if (node.size() > maxKeys) {
            throw bad(where + " has " + node.size() + " keys; at most " + maxKeys + " are allowed");
        }
        Map<String, String> strings = new LinkedHashMap<>();
        int size = 0;
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!entry.getValue().isTextual()) {
                throw bad(where + " must hold strings only: '" + Shown.of(entry.getKey()) + "' is "
                        + kind(entry.getValue()));
            }
            strings.put(
                    text(where, entry.getKey()), text(where, entry.getValue().textValue()));
            size += entry.getKey().length() + entry.getValue().textValue().length();
        }
        if (size > MAX_META_TEXT) {
            throw bad(where + " holds " + size + " characters; at most " + MAX_META_TEXT + " are allowed");
        }
        return strings;
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case BOOLEAN -> "a boolean";
            case MISSING -> "nothing";
            case NULL -> "null";
            case NUMBER -> "a number";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case BINARY, POJO -> "something else";
        };
    }

    static BrokerException bad(String details) {
        return new BrokerException(ErrorKind.BAD_REQUEST, details);
    }
}
