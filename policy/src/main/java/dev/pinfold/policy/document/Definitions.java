package dev.pinfold.policy.document;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The {@code $defs} of a schema under construction. */
final class Definitions {
    private final TreeMap<String, Object> definitions = new TreeMap<>();

    /** A reference to the definition, which is made on first use. */
    Map<String, Object> reference(String name, Supplier<Map<String, Object>> schema) {
        if (!definitions.containsKey(name)) {
            definitions.put(name, Map.of());
            definitions.put(name, schema.get());
        }
        return Map.of("$ref", "#/$defs/" + name);
    }

    Map<String, Object> all() {
        return definitions;
    }
}
