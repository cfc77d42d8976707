package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vertx.core.json.JsonObject;

/** Holds answers of market 2.0 against Curio's own Swagger document, with no key that it does not name. */
final class Mk20Shapes {
    private Mk20Shapes() {}

    static void check(String path, JsonObject answer) {
        JsonObject swagger = Shared.find("data/curio_mk20_swagger_HEAD.json");
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
        JsonObject definitions = swagger.getJsonObject("definitions");
        definitions.forEach(each -> {
            if (each.getValue() instanceof JsonObject definition && definition.containsKey("properties")) {
                definition.put("additionalProperties", false);
            }
        });
        JsonObject schema =
                new JsonObject().put("$ref", described.getString("$ref")).put("definitions", definitions);
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                        .getSchema(schema.encode(), InputFormat.JSON)
                        .validate(answer.encode(), InputFormat.JSON))
                .as(path + ": " + answer.encode())
                .isEmpty();
    }
}
