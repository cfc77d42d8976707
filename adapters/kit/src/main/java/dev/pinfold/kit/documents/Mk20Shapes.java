package dev.pinfold.kit.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pinfold.kit.filecoin.RecordingProxy;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Holds deals and answers of market 2.0 against Curio's own Swagger document, with no key that it does not name. */
public final class Mk20Shapes {
    private static final String DOCUMENT = "data/curio_mk20_swagger_HEAD.json";

    private Mk20Shapes() {}

    /** The answer to a GET. Does nothing where the document is not there. */
    public static void check(String path, JsonObject answer) {
        JsonObject swagger = PublishedDocuments.find(DOCUMENT);
        if (swagger == null) {
            return;
        }
        String template = path.replaceFirst("/(status|uploads)/[^/]+$", "/$1/{id}");
        JsonObject described = swagger.getJsonObject("paths")
                .getJsonObject(template)
                .getJsonObject("get")
                .getJsonObject("responses")
                .getJsonObject("200")
                .getJsonObject("schema");
        require(described.getString("$ref"), swagger.getJsonObject("definitions"), path, answer);
    }

    /** Every deal that was sent and every JSON that was answered; skips the test where the document is not there. */
    public static void check(List<RecordingProxy.Exchange> all) {
        JsonObject definitions = PublishedDocuments.require(DOCUMENT).getJsonObject("definitions");
        // The document takes an address for an object, and lists the one constant of a type as its only value.
        definitions.getJsonObject("address.Address").put("type", "string");
        definitions.forEach(each -> {
            if (each.getKey().endsWith("AllocationId")) {
                ((JsonObject) each.getValue()).remove("enum");
            }
        });
        int deals = 0;
        for (RecordingProxy.Exchange each : all) {
            if (each.path().equals("/market/mk20/deal")) {
                require("#/definitions/mk20.Deal", definitions, each.path(), each.json());
                deals++;
            } else if (each.path().matches("/market/mk20/(status/.*|products|sources|contracts)")
                    && each.status() == 200) {
                check(each.path().substring("/market/mk20".length()), each.answerJson());
            }
        }
        assertThat(deals).as("deals of market 2.0 that were checked").isPositive();
    }

    private static void require(String reference, JsonObject definitions, String what, JsonObject value) {
        definitions.forEach(each -> {
            if (each.getValue() instanceof JsonObject definition && definition.containsKey("properties")) {
                definition.put("additionalProperties", false);
            }
        });
        JsonObject schema = new JsonObject().put("$ref", reference).put("definitions", definitions);
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                        .getSchema(schema.encode(), InputFormat.JSON)
                        .validate(value.encode(), InputFormat.JSON))
                .as(what + ": " + value.encode())
                .isEmpty();
    }
}
