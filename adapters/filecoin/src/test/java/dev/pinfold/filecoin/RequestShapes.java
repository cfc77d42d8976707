package dev.pinfold.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pinfold.filecoin.Recorder.Sent;
import dev.pinfold.kit.filecoin.LotusAge;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds what was sent against the published documents: Lotus's OpenRPC, its method list of 1.5.0, and the OpenAPI of Curio's
 * market 2.0. Those describe Go types, of which some write themselves otherwise (addresses and amounts are texts): where a
 * document's own example contradicts its type, the example holds. No key may be sent that the document does not know.
 */
final class RequestShapes {
    /** What every node has and no document lists: the methods common to all of Lotus's programs. */
    private static final Set<String> COMMON = Set.of("Filecoin.Version", "Filecoin.AuthVerify");
    /** What the adapter asks to find out whether a node makes deals itself; newer nodes do not have it. */
    private static final String PROBE = "Filecoin.ClientGetDealStatus";

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    private RequestShapes() {}

    static void check(LotusAge age, List<Sent> all) throws IOException {
        JsonNode document = Shared.json(
                switch (age) {
                    case V1_5 -> "lotus-1.5.0-methods.json";
                    case V1_11 -> "full-lotus1.11.0.json";
                    case V1_27 -> "full-v1-lotus1.27.0.json";
                    case V1_36 -> "full-v1-lotus1.36.2.json";
                });
        Set<String> checked = new TreeSet<>();
        for (Sent sent : all) {
            if (!sent.path().startsWith("/rpc/") || (sent.path().equals("/rpc/v1") && age == LotusAge.V1_5)) {
                continue;
            }
            JsonNode request = sent.json();
            String method = request.path("method").asText();
            if (COMMON.contains(method) || (method.equals(PROBE) && !age.hasClient())) {
                continue;
            }
            checked.add(method);
            JsonNode params = request.path("params");
            ArrayNode shapes = age == LotusAge.V1_5 ? ofExamples(document, method) : ofOpenRpc(document, method);
            assertThat(params.size()).as("parameters of " + method).isEqualTo(shapes.size());
            for (int i = 0; i < shapes.size(); i++) {
                require(shapes.get(i), params.get(i), method + " parameter " + (i + 1));
            }
        }
        assertThat(checked).as("methods that were checked").hasSizeGreaterThan(8);
    }

    /** Every deal that was sent to market 2.0. */
    static void checkMk20(List<Sent> all) throws IOException {
        ObjectNode document = Shared.json("curio_mk20_swagger_HEAD.json").deepCopy();
        ObjectNode definitions = (ObjectNode) document.path("definitions");
        definitions.forEach(each -> {
            if (each.has("properties")) {
                ((ObjectNode) each).put("additionalProperties", false);
            }
        });
        // The document takes an address for an object, and lists the one constant of a type as its only value.
        ((ObjectNode) definitions.path("address.Address")).put("type", "string");
        definitions.properties().stream()
                .filter(each -> each.getKey().endsWith("AllocationId"))
                .forEach(each -> ((ObjectNode) each.getValue()).remove("enum"));
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.set("definitions", definitions);
        schema.put("$ref", "#/definitions/mk20.Deal");
        List<Sent> deals = all.stream()
                .filter(each -> each.path().equals("/market/mk20/deal"))
                .toList();
        assertThat(deals).isNotEmpty();
        for (Sent deal : deals) {
            require(schema, deal.json(), "the deal of market 2.0");
        }
    }

    private static void require(JsonNode schema, JsonNode value, String what) {
        assertThat(REGISTRY.getSchema(schema.toString(), InputFormat.JSON).validate(value.toString(), InputFormat.JSON))
                .as("%s: %s against %s", what, value, schema)
                .isEmpty();
    }

    private static ArrayNode ofExamples(JsonNode document, String method) {
        JsonNode found = document.path("methods").path(method);
        assertThat(found.isMissingNode()).as(method + " is a method").isFalse();
        ArrayNode shapes = JsonNodeFactory.instance.arrayNode();
        for (JsonNode example : found.path("exampleParams")) {
            shapes.add(shape(JsonNodeFactory.instance.objectNode(), example));
        }
        return shapes;
    }

    private static ArrayNode ofOpenRpc(JsonNode document, String method) {
        for (JsonNode each : document.path("methods")) {
            if (each.path("name").asText().equals(method)) {
                ArrayNode shapes = JsonNodeFactory.instance.arrayNode();
                for (JsonNode param : each.path("params")) {
                    JsonNode schema = param.path("schema");
                    shapes.add(shape(schema, schema.path("examples").path(0)));
                }
                return shapes;
            }
        }
        throw new AssertionError(method + " is no method of this node");
    }

    /** The schema that an example keeps to: its type, and for objects the keys that document or example know. */
    private static ObjectNode shape(JsonNode schema, JsonNode example) {
        ObjectNode shape = JsonNodeFactory.instance.objectNode();
        ArrayNode types = shape.putArray("type").add("null");
        if (example.isObject()) {
            types.add("object");
            shape.put("additionalProperties", false);
            ObjectNode properties = shape.putObject("properties");
            JsonNode described = schema.path("properties");
            described.fieldNames().forEachRemaining(name -> properties.putObject(name));
            for (Map.Entry<String, JsonNode> each : example.properties()) {
                properties.set(each.getKey(), shape(described.path(each.getKey()), each.getValue()));
            }
        } else if (example.isArray()) {
            types.add("array");
            if (!example.isEmpty()) {
                shape.set("items", shape(schema.path("items"), example.get(0)));
            }
        } else if (example.isTextual()) {
            types.add("string");
            if (example.asText().matches("[0-9]+")) {
                shape.put("pattern", "^[0-9]+$");
            }
        } else if (example.isNumber()) {
            types.add("integer");
        } else if (example.isBoolean()) {
            types.add("boolean");
        } else {
            // The document shows nothing: anything goes.
            return JsonNodeFactory.instance.objectNode();
        }
        return shape;
    }
}
