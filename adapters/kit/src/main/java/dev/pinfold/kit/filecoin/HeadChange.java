package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** One step of the head: {@code current}, {@code apply} or {@code revert} of a tipset. */
record HeadChange(String type, JsonObject tipSet) {
    static JsonArray json(List<HeadChange> changes) {
        JsonArray out = new JsonArray();
        changes.forEach(
                change -> out.add(new JsonObject().put("Type", change.type()).put("Val", change.tipSet())));
        return out;
    }
}
