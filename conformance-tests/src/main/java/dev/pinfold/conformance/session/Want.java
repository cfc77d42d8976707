package dev.pinfold.conformance.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.conformance.http.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a check asks to have pinned. */
public record Want(String cid, String name, Map<String, String> meta, List<String> origins) {
    public Want {
        meta = new LinkedHashMap<>(meta);
        origins = List.copyOf(origins);
    }

    public Want cid(String other) {
        return new Want(other, name, meta, origins);
    }

    public Want name(String other) {
        return new Want(cid, other, meta, origins);
    }

    /** The same with one more meta pair. */
    public Want meta(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(meta);
        more.put(key, value);
        return new Want(cid, name, more, origins);
    }

    public Want origins(List<String> others) {
        return new Want(cid, name, meta, others);
    }

    public ObjectNode json() {
        ObjectNode node = Json.object().put("cid", cid).put("name", name);
        if (!meta.isEmpty()) {
            ObjectNode pairs = node.putObject("meta");
            meta.forEach(pairs::put);
        }
        if (!origins.isEmpty()) {
            ArrayNode list = node.putArray("origins");
            origins.forEach(list::add);
        }
        return node;
    }
}
