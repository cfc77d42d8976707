package dev.pinfold.kit.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.RecordingProxy;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds results against Lotus's own OpenRPC documents. Those describe Go types and not what is sent, so they are mended
 * first, by their own examples: a CID is an object with a slash, types that write themselves (addresses, amounts) are
 * what the example shows, pointers may be null, and every field of the example must be there.
 */
public final class AnswerShapes {
    private static final Map<LotusAge, JsonObject> DOCUMENTS = new ConcurrentHashMap<>();
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    /** What was held against a document, and how often. */
    public static final Map<String, Integer> CHECKED = new ConcurrentHashMap<>();

    private AnswerShapes() {}

    /** Does nothing where the documents are not there, or where they do not speak of this method on this path. */
    public static void check(LotusAge age, boolean v1, String method, boolean present, @Nullable Object result) {
        JsonObject described = age == LotusAge.V1_5 ? fromExample(method) : v1 ? fromOpenRpc(age, method) : null;
        if (described == null) {
            return;
        }
        CHECKED.merge(age + " " + method, 1, Integer::sum);
        if (described.getBoolean("nothing", false)) {
            assertThat(present).as(method + " has a result key").isEqualTo(age == LotusAge.V1_36);
            assertThat(result).as(method).isNull();
            return;
        }
        JsonObject mended = described.getJsonObject("schema");
        Schema schema = SCHEMAS.computeIfAbsent(
                age + " " + method, key -> REGISTRY.getSchema(mended.encode(), InputFormat.JSON));
        assertThat(schema.validate(Json.encode(result), InputFormat.JSON))
                .as("%s %s: %s against %s", age, method, Json.encode(result), mended.encode())
                .isEmpty();
    }

    /** Every result among what was recorded; an error has no shape of its own. Returns how many results were checked. */
    public static int check(LotusAge age, List<RecordingProxy.Exchange> all) {
        int checked = 0;
        for (RecordingProxy.Exchange each : all) {
            if (!each.isCall() || each.answer().length == 0) {
                continue;
            }
            JsonObject answer = each.answerJson();
            if (!answer.containsKey("error")) {
                String method = each.json().getString("method").replaceFirst("^Filecoin\\.", "");
                check(age, each.path().endsWith("v1"), method, answer.containsKey("result"), answer.getValue("result"));
                checked++;
            }
        }
        return checked;
    }

    private static @Nullable JsonObject fromExample(String method) {
        JsonObject document = document(LotusAge.V1_5, "data/lotus-1.5.0-methods.json");
        JsonObject found =
                document == null ? null : document.getJsonObject("methods").getJsonObject("Filecoin." + method);
        if (found == null) {
            return null;
        }
        Object example = found.getValue("exampleResult");
        // The method list shows {} for what returns nothing.
        boolean nothing = example instanceof JsonObject empty && empty.isEmpty();
        return new JsonObject().put("nothing", nothing).put("schema", mended(new JsonObject(), example));
    }

    private static @Nullable JsonObject fromOpenRpc(LotusAge age, String method) {
        JsonObject document = document(
                age,
                switch (age) {
                    case V1_5, V1_11 -> "data/full-lotus1.11.0.json";
                    case V1_27 -> "data/full-v1-lotus1.27.0.json";
                    case V1_36 -> "data/full-v1-lotus1.36.2.json";
                });
        if (document == null) {
            return null;
        }
        for (Object each : document.getJsonArray("methods")) {
            if (each instanceof JsonObject found && found.getString("name").equals("Filecoin." + method)) {
                JsonObject result = found.getJsonObject("result");
                boolean nothing = "Null".equals(result.getString("description"));
                JsonObject schema = result.getJsonObject("schema");
                JsonArray examples = schema.getJsonArray("examples", new JsonArray());
                Object example = examples.isEmpty() ? null : examples.getValue(0);
                return new JsonObject().put("nothing", nothing).put("schema", mended(schema, example));
            }
        }
        return null;
    }

    private static @Nullable JsonObject document(LotusAge age, String name) {
        JsonObject found = DOCUMENTS.get(age);
        if (found == null) {
            found = PublishedDocuments.find(name);
            if (found != null) {
                DOCUMENTS.put(age, found);
            }
        }
        return found;
    }

    /** A schema that its example keeps to, as strict as both allow. */
    static JsonObject mended(JsonObject schema, @Nullable Object example) {
        return switch (example) {
            case JsonObject object when object.size() == 1 && object.containsKey("/") -> new JsonObject("""
                        {"type":["object","null"],"required":["/"],"additionalProperties":false,
                         "properties":{"/":{"type":"string","pattern":"^(baf|bag|bafy|Qm)"}}}""");
            case JsonObject object -> mendedObject(schema, object);
            case JsonArray array
            when !array.isEmpty() ->
                new JsonObject()
                        .put("type", new JsonArray().add("array").add("null"))
                        .put("items", mended(items(schema), array.getValue(0)));
            case JsonArray array ->
                new JsonObject().put("type", new JsonArray().add("array").add("null"));
            case String text when text.matches("\\d+") -> new JsonObject("""
                    {"type":["string","null"],"pattern":"^[0-9]+$"}""");
            case String text when text.matches("[ft]0\\d+") -> new JsonObject("""
                    {"type":["string","null"],"pattern":"^([ft][0-4][a-z0-9]+|<empty>)$"}""");
            case String text ->
                new JsonObject().put("type", new JsonArray().add("string").add("null"));
            case Number number -> new JsonObject().put("type", "integer");
            case Boolean flag -> new JsonObject().put("type", "boolean");
            case null -> unknown(schema);
            default -> throw new IllegalStateException("no JSON: " + example);
        };
    }

    private static JsonObject mendedObject(JsonObject schema, JsonObject example) {
        JsonObject properties = new JsonObject();
        JsonObject described = schema.getJsonObject("properties", new JsonObject());
        // Only what the example leaves out (omitempty) is taken from the schema alone.
        described.forEach(each -> {
            if (!example.containsKey(each.getKey()) && each.getValue() instanceof JsonObject only) {
                properties.put(each.getKey(), unknown(only));
            }
        });
        example.forEach(each -> properties.put(
                each.getKey(), mended(described.getJsonObject(each.getKey(), new JsonObject()), each.getValue())));
        // An empty example is a map, whose keys are free; so is one whose key is no name of a field.
        boolean map = example.isEmpty();
        if (example.size() == 1 && example.fieldNames().iterator().next().matches("t0\\d+")) {
            return new JsonObject()
                    .put("type", new JsonArray().add("object").add("null"))
                    .put(
                            "additionalProperties",
                            mended(new JsonObject(), example.iterator().next().getValue()));
        }
        return new JsonObject()
                .put("type", new JsonArray().add("object").add("null"))
                .put("properties", properties)
                .put("additionalProperties", map)
                .put(
                        "required",
                        new JsonArray(example.stream().map(Map.Entry::getKey).toList()));
    }

    private static JsonObject items(JsonObject schema) {
        Object items = schema.getValue("items");
        return items instanceof JsonArray tuple
                ? tuple.getJsonObject(0)
                : items instanceof JsonObject one ? one : new JsonObject();
    }

    /** Without an example: what cannot be trusted is not asked for. */
    private static JsonObject unknown(JsonObject schema) {
        boolean opaque = "Content Identifier".equals(schema.getString("title"))
                || (schema.getValue("properties") == null && !"boolean".equals(schema.getValue("type")));
        return opaque
                ? new JsonObject()
                : new JsonObject()
                        .put("type", new JsonArray().add("object").add("null").add("boolean"));
    }
}
