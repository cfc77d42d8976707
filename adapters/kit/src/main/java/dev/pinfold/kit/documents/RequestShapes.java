package dev.pinfold.kit.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.RecordingProxy;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds what was sent to a node against the published documents: Lotus's OpenRPC, and its method list of 1.5.0. Those
 * describe Go types, of which some write themselves otherwise (addresses and amounts are texts): where a document's own
 * example contradicts its type, the example holds. No key may be sent that the document does not know.
 */
public final class RequestShapes {
    /** What every node has and no document lists: the methods common to all of Lotus's programs. */
    private static final Set<String> COMMON = Set.of("Filecoin.Version", "Filecoin.AuthVerify");
    /** What the adapter asks to find out whether a node makes deals itself; newer nodes do not have it. */
    private static final String PROBE = "Filecoin.ClientGetDealStatus";

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    private RequestShapes() {}

    /** Skips the test where the documents are not there. Returns the methods that were checked. */
    public static Set<String> check(LotusAge age, List<RecordingProxy.Exchange> all) {
        JsonObject document = PublishedDocuments.require("data/"
                + switch (age) {
                    case V1_5 -> "lotus-1.5.0-methods.json";
                    case V1_11 -> "full-lotus1.11.0.json";
                    case V1_27 -> "full-v1-lotus1.27.0.json";
                    case V1_36 -> "full-v1-lotus1.36.2.json";
                });
        Set<String> checked = new TreeSet<>();
        for (RecordingProxy.Exchange sent : all) {
            if (!sent.isCall() || (sent.path().equals("/rpc/v1") && age == LotusAge.V1_5)) {
                continue;
            }
            JsonObject request = sent.json();
            String method = request.getString("method");
            if (COMMON.contains(method) || (method.equals(PROBE) && !age.hasClient())) {
                continue;
            }
            checked.add(method);
            JsonArray params = request.getJsonArray("params");
            JsonArray shapes = age == LotusAge.V1_5 ? ofExamples(document, method) : ofOpenRpc(document, method);
            assertThat(params.size()).as("parameters of " + method).isEqualTo(shapes.size());
            for (int i = 0; i < shapes.size(); i++) {
                require(shapes.getJsonObject(i), params.getValue(i), method + " parameter " + (i + 1));
            }
        }
        assertThat(checked).as("methods that were checked").hasSizeGreaterThan(8);
        return checked;
    }

    private static void require(JsonObject schema, @Nullable Object value, String what) {
        assertThat(REGISTRY.getSchema(schema.encode(), InputFormat.JSON).validate(Json.encode(value), InputFormat.JSON))
                .as("%s: %s against %s", what, Json.encode(value), schema.encode())
                .isEmpty();
    }

    private static JsonArray ofExamples(JsonObject document, String method) {
        JsonObject found = document.getJsonObject("methods").getJsonObject(method);
        assertThat(found).as(method + " is a method").isNotNull();
        JsonArray shapes = new JsonArray();
        if (found.getValue("exampleParams") instanceof JsonArray examples) {
            examples.forEach(example -> shapes.add(shape(new JsonObject(), example)));
        }
        return shapes;
    }

    private static JsonArray ofOpenRpc(JsonObject document, String method) {
        for (Object each : document.getJsonArray("methods")) {
            if (each instanceof JsonObject found && found.getString("name").equals(method)) {
                JsonArray shapes = new JsonArray();
                for (Object param : found.getJsonArray("params")) {
                    JsonObject schema = ((JsonObject) param).getJsonObject("schema");
                    JsonArray examples = schema.getJsonArray("examples", new JsonArray());
                    shapes.add(shape(schema, examples.isEmpty() ? null : examples.getValue(0)));
                }
                return shapes;
            }
        }
        throw new AssertionError(method + " is no method of this node");
    }

    /** The schema that an example keeps to: its type, and for objects the keys that document or example know. */
    private static JsonObject shape(JsonObject schema, @Nullable Object example) {
        return switch (example) {
            case JsonObject object -> ofObject(schema, object);
            case JsonArray array -> {
                JsonObject shape = typed("array");
                yield array.isEmpty() ? shape : shape.put("items", shape(part(schema, "items"), array.getValue(0)));
            }
            case String text when text.matches("[0-9]+") -> typed("string").put("pattern", "^[0-9]+$");
            case String text -> typed("string");
            case Number number -> typed("integer");
            case Boolean flag -> typed("boolean");
            // The document shows nothing: anything goes.
            case null, default -> new JsonObject();
        };
    }

    private static JsonObject ofObject(JsonObject schema, JsonObject example) {
        JsonObject properties = new JsonObject();
        JsonObject described = part(schema, "properties");
        described.fieldNames().forEach(name -> properties.put(name, new JsonObject()));
        example.forEach(each -> properties.put(each.getKey(), shape(part(described, each.getKey()), each.getValue())));
        return typed("object").put("additionalProperties", false).put("properties", properties);
    }

    private static JsonObject typed(String type) {
        return new JsonObject().put("type", new JsonArray().add("null").add(type));
    }

    private static JsonObject part(JsonObject schema, String name) {
        return schema.getValue(name) instanceof JsonObject part ? part : new JsonObject();
    }
}
