package dev.pinfold.policy.document;

import java.util.LinkedHashMap;
import java.util.Map;

/** Renders a shape as a JSON Schema document. */
final class SchemaText {
    private SchemaText() {}

    static String of(String id, Shape<?> shape) {
        Definitions definitions = new Definitions();
        Map<String, Object> root = shape.schema(definitions);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", id);
        schema.putAll(root);
        schema.put("$defs", definitions.all());
        return JsonText.pretty(schema) + "\n";
    }
}
