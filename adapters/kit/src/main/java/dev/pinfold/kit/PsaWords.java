package dev.pinfold.kit;

import dev.pinfold.kit.PsaPins.Pin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

/** Writes pins and errors as JSON, in the API's spelling or in that of the quirks. */
final class PsaWords {
    private static final DateTimeFormatter WITH_OFFSET =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'+00:00'");

    private final String peer;

    /**
     * @param peer a multiaddr that ends in {@code /p2p/…}
     */
    PsaWords(String peer) {
        this.peer = peer;
    }

    JsonObject pinStatus(Pin pin, String state, boolean offered, Set<Quirk> quirks) {
        JsonObject status = new JsonObject()
                .put(quirks.contains(Quirk.REQUEST_ID_IN_CAMEL_CASE) ? "requestId" : "requestid", pin.id)
                .put("status", quirks.contains(Quirk.OWN_STATE_WORDS) ? ownWord(state) : state)
                .put("created", created(pin.created, quirks))
                .put("pin", pin(pin, quirks));
        if (quirks.contains(Quirk.NULL_DELEGATES)) {
            status.putNull("delegates");
        } else {
            status.put("delegates", new JsonArray(quirks.contains(Quirk.EMPTY_DELEGATES) ? List.of() : List.of(peer)));
        }
        if (quirks.contains(Quirk.EXTRA_FIELDS)) {
            status.put("dagSize", 1234).put("ipns", new JsonObject().put("keys", new JsonArray()));
        }
        JsonObject info = new JsonObject();
        if (pin.progress instanceof Progress.Fails fails) {
            info.put("status_details", fails.reason());
        }
        if (quirks.contains(Quirk.PINNED_WITH_MISSING_BLOCKS) && state.equals("pinned") && !offered) {
            info.put("missing_blocks", "7");
        }
        return info.isEmpty() ? status : status.put("info", info);
    }

    static JsonObject failure(String reason, String details) {
        return new JsonObject()
                .put("error", new JsonObject().put("reason", reason).put("details", details));
    }

    private static JsonObject pin(Pin pin, Set<Quirk> quirks) {
        JsonObject out = new JsonObject().put("cid", pin.order.cidText());
        boolean nulls = quirks.contains(Quirk.NULL_NAME_AND_META);
        if (pin.order.name() != null || nulls) {
            out.put("name", pin.order.name());
        }
        if (!pin.order.origins().isEmpty()) {
            out.put("origins", new JsonArray(pin.order.origins()));
        }
        if (!pin.order.meta().isEmpty()) {
            JsonObject meta = new JsonObject();
            pin.order.meta().forEach(meta::put);
            out.put("meta", meta);
        } else if (nulls) {
            out.putNull("meta");
        }
        return out;
    }

    private static String created(long millis, Set<Quirk> quirks) {
        Instant at = Instant.ofEpochMilli(millis);
        if (quirks.contains(Quirk.CREATED_IN_SECONDS)) {
            at = at.truncatedTo(ChronoUnit.SECONDS);
        }
        return quirks.contains(Quirk.CREATED_WITH_OFFSET)
                ? WITH_OFFSET.format(at.atOffset(ZoneOffset.UTC))
                : at.toString();
    }

    private static String ownWord(String state) {
        return switch (state) {
            case "queued" -> "prechecking";
            case "pinning" -> "searching";
            case "failed" -> "expired";
            default -> state;
        };
    }
}
