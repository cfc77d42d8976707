package dev.pinfold.policy.document;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A mapping with known keys; every other key is a problem with the nearest known one as a hint. */
final class ObjectShape<T> extends Shape<T> {
    private final String name;
    private final String doc;
    private final List<Field<?>> fields;
    private final Builder<T> builder;

    /** Makes the value once every field is right by itself; may still find that they contradict each other. */
    @FunctionalInterface
    interface Builder<T> {
        /** The value, or null after adding a problem. */
        @Nullable
        T build(Values values);
    }

    ObjectShape(String name, String doc, List<Field<?>> fields, Builder<T> builder) {
        this.name = name;
        this.doc = doc;
        this.fields = fields;
        this.builder = builder;
    }

    @Override
    @Nullable
    T read(Node node, Problems problems) {
        if (!(node instanceof Node.Mapping mapping)) {
            problems.add(node.at(), name + " must be a mapping, not " + node.kind());
            return null;
        }
        boolean right = unknownKeys(mapping, problems);
        Map<Field<?>, Object> read = new HashMap<>();
        for (Field<?> field : fields) {
            right &= readField(field, mapping, problems, read);
        }
        return right ? builder.build(new Values(mapping, read, problems)) : null;
    }

    private boolean unknownKeys(Node.Mapping mapping, Problems problems) {
        List<String> known = fields.stream().map(Field::name).toList();
        boolean right = true;
        for (Node.Entry entry : mapping.entries()) {
            if (problems.full()) {
                return false;
            }
            if (!known.contains(entry.key())) {
                problems.add(
                        entry.keyAt(),
                        "unknown key '" + Words.shortened(entry.key()) + "' in " + name
                                + Words.hint(entry.key(), known));
                right = false;
            }
        }
        return right;
    }

    private <F> boolean readField(Field<F> field, Node.Mapping mapping, Problems problems, Map<Field<?>, Object> read) {
        Node.Entry entry = mapping.entry(field.name()).orElse(null);
        if (entry == null) {
            if (field.required()) {
                problems.add(mapping.at(), "'" + field.name() + "' is missing in " + name + ": " + field.doc());
                return false;
            }
            F fallback = field.fallback();
            if (fallback != null) {
                read.put(field, fallback);
            }
            return true;
        }
        F value = field.shape().read(entry.value(), problems);
        if (value == null) {
            return false;
        }
        read.put(field, value);
        return true;
    }

    @Override
    Map<String, Object> schema(Definitions definitions) {
        return definitions.reference(name, () -> {
            Map<String, Object> properties = new LinkedHashMap<>();
            List<String> required = new ArrayList<>();
            for (Field<?> field : fields) {
                Map<String, Object> property = new LinkedHashMap<>(field.shape().schema(definitions));
                property.put("description", field.doc());
                properties.put(field.name(), property);
                if (field.required()) {
                    required.add(field.name());
                }
            }
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("description", doc);
            schema.put("additionalProperties", false);
            schema.put("properties", properties);
            if (!required.isEmpty()) {
                schema.put("required", required);
            }
            return schema;
        });
    }

    /** The fields that were read, for the builder. */
    static final class Values {
        private final Node.Mapping mapping;
        private final Map<Field<?>, Object> read;
        private final Problems problems;

        Values(Node.Mapping mapping, Map<Field<?>, Object> read, Problems problems) {
            this.mapping = mapping;
            this.read = read;
            this.problems = problems;
        }

        /** A field that is required or has a fallback. */
        <F> F get(Field<F> field) {
            return Objects.requireNonNull(getOrNull(field), field.name());
        }

        /** A field that may be absent. */
        @SuppressWarnings("unchecked")
        <F> @Nullable F getOrNull(Field<F> field) {
            return (F) read.get(field);
        }

        boolean has(Field<?> field) {
            return mapping.entry(field.name()).isPresent();
        }

        /** Where the field's value stands, or the mapping when it is absent. */
        Node.Position at(Field<?> field) {
            return mapping.entry(field.name()).map(e -> e.value().at()).orElse(mapping.at());
        }

        Node.Position at() {
            return mapping.at();
        }

        /** Adds a problem at the field and returns null, for {@code return values.wrong(…)}. */
        @SuppressWarnings("TypeParameterUnusedInFormals") // it is always null, of whatever type is returned
        <R> @Nullable R wrong(Field<?> field, String message) {
            problems.add(at(field), message);
            return null;
        }

        Problems problems() {
            return problems;
        }
    }
}
