package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.kit.PsaPins.Pin;
import dev.pinfold.kit.PsaPins.PinOrder;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The five operations of a scripted pinning company, without HTTP: what they change and what they answer. */
final class PsaService {
    private final PsaPins pins;
    private final PsaPages pages;
    private final PsaWords words;
    private final Predicate<Cid> offered;
    private volatile Set<Quirk> quirks;

    PsaService(PsaPins pins, PsaPages pages, PsaWords words, Predicate<Cid> offered, Set<Quirk> quirks) {
        this.pins = pins;
        this.pages = pages;
        this.words = words;
        this.offered = offered;
        this.quirks = quirks;
    }

    /** A status and a JSON text; empty where there is no body. */
    record Reply(int status, String body) {
        static Reply failure(int status, String reason, String details) {
            return new Reply(status, PsaWords.failure(reason, details).encode());
        }
    }

    void quirks(Set<Quirk> now) {
        quirks = Set.copyOf(now);
    }

    Set<Quirk> quirks() {
        return quirks;
    }

    Reply unauthorized() {
        int status = quirks.contains(Quirk.BAD_TOKEN_ANSWERS_403) ? 403 : 401;
        return Reply.failure(status, "UNAUTHORIZED", "the token is missing or unknown");
    }

    Reply add(Buffer body) {
        try {
            Pin pin = pins.add(order(body), quirks.contains(Quirk.REQUEST_ID_IS_CID));
            return new Reply(quirks.contains(Quirk.ADD_ANSWERS_200) ? 200 : 202, write(pin, pins.state(pin)));
        } catch (Refused refused) {
            return refused.reply();
        }
    }

    Reply replace(String requestId, Buffer body) {
        try {
            PinOrder order = order(body);
            if (!pins.remove(requestId)) {
                return Reply.failure(404, "NOT_FOUND", "no pin " + requestId);
            }
            Pin pin = pins.add(order, quirks.contains(Quirk.REQUEST_ID_IS_CID));
            return new Reply(202, write(pin, pins.state(pin)));
        } catch (Refused refused) {
            return refused.reply();
        }
    }

    Reply get(String requestId) {
        Pin pin = pins.find(requestId);
        if (pin == null) {
            int status = quirks.contains(Quirk.UNKNOWN_GET_ANSWERS_456) ? 456 : 404;
            return Reply.failure(status, "NOT_FOUND", "no pin " + requestId);
        }
        return new Reply(200, write(pin, pins.look(pin)));
    }

    Reply delete(String requestId) {
        if (!pins.remove(requestId) && !quirks.contains(Quirk.UNKNOWN_DELETE_ANSWERS_202)) {
            return Reply.failure(404, "NOT_FOUND", "no pin " + requestId);
        }
        return new Reply(202, "");
    }

    Reply list(MultiMap query) {
        try {
            PsaPages.Page page = pages.answer(query, quirks);
            JsonArray results = new JsonArray();
            page.pins().forEach(pin -> results.add(status(pin, pins.look(pin))));
            return new Reply(
                    200,
                    new JsonObject()
                            .put("count", page.count())
                            .put("results", results)
                            .encode());
        } catch (IllegalArgumentException | ContentException e) {
            return Reply.failure(400, "BAD_REQUEST", String.valueOf(e.getMessage()));
        }
    }

    private String write(Pin pin, String state) {
        return status(pin, state).encode();
    }

    private JsonObject status(Pin pin, String state) {
        return words.pinStatus(pin, state, offered.test(pin.order.cid()), quirks);
    }

    private PinOrder order(Buffer body) throws Refused {
        JsonObject json;
        try {
            json = body.toJsonObject();
        } catch (DecodeException | ClassCastException e) {
            throw new Refused("BAD_REQUEST", "the body is not a JSON object");
        }
        String text = text(json, "cid");
        if (text == null) {
            throw new Refused("BAD_REQUEST", "cid is missing");
        }
        Cid cid;
        try {
            cid = Cid.parse(text);
        } catch (ContentException e) {
            throw new Refused("BAD_REQUEST", "cid is not a CID");
        }
        return new PinOrder(cid, text, name(json), meta(json), origins(json));
    }

    private @Nullable String name(JsonObject json) throws Refused {
        String name = text(json, "name");
        if (name == null) {
            return null;
        }
        boolean tooLong = quirks.contains(Quirk.NAME_LIMIT_IN_BYTES)
                ? name.getBytes(StandardCharsets.UTF_8).length > 255
                : name.codePointCount(0, name.length()) > 255;
        if (tooLong) {
            throw new Refused("BAD_REQUEST", "name is longer than 255");
        }
        return name;
    }

    private Map<String, String> meta(JsonObject json) throws Refused {
        Map<String, String> meta = new HashMap<>();
        if (json.getValue("meta") instanceof JsonObject given) {
            for (String key : given.fieldNames()) {
                if (!(given.getValue(key) instanceof String value)) {
                    throw new Refused("BAD_REQUEST", "meta." + key + " is not a string");
                }
                meta.put(key, value);
            }
        }
        if (quirks.contains(Quirk.AT_MOST_TEN_META_PAIRS) && meta.size() > 10) {
            throw new Refused("BAD_REQUEST", "more than 10 keyvalues");
        }
        return quirks.contains(Quirk.META_NOT_KEPT) ? Map.of() : meta;
    }

    private List<String> origins(JsonObject json) throws Refused {
        if (!(json.getValue("origins") instanceof JsonArray given)) {
            return List.of();
        }
        List<String> origins = given.stream().map(String::valueOf).toList();
        boolean anyNew = origins.stream().anyMatch(origin -> !origin.contains("/tcp/") || origin.contains("/ws"));
        if ((quirks.contains(Quirk.REFUSES_ORIGINS) && !origins.isEmpty())
                || (quirks.contains(Quirk.REFUSES_NEW_ORIGIN_PROTOCOLS) && anyNew)) {
            throw new Refused("INVALID_ORIGINS", "an origin is not a valid multiaddr");
        }
        if (origins.size() > 20) {
            throw new Refused("BAD_REQUEST", "more than 20 origins");
        }
        return origins;
    }

    private static @Nullable String text(JsonObject json, String field) {
        return json.getValue(field) instanceof String text ? text : null;
    }

    /** A request that is answered with 400. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;

        Refused(String reason, String details) {
            super(details);
            this.reason = reason;
        }

        Reply reply() {
            return Reply.failure(400, reason, String.valueOf(getMessage()));
        }
    }
}
