package dev.pinfold.policy.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shapes of collections, choices and located values. */
final class Shapes {
    private Shapes() {}

    static <T> Shape<T> object(String name, String doc, List<Field<?>> fields, ObjectShape.Builder<T> builder) {
        return new ObjectShape<>(name, doc, fields, builder);
    }

    /** A list of at least {@code least} items. */
    static <T> Shape<List<T>> list(Shape<T> item, int least) {
        return new Shape<>() {
            @Override
            @Nullable
            List<T> read(Node node, Problems problems) {
                if (!(node instanceof Node.Sequence sequence)) {
                    problems.add(node.at(), "must be a list, not " + node.kind());
                    return null;
                }
                if (sequence.items().size() < least) {
                    problems.add(node.at(), "needs at least " + least + (least == 1 ? " entry" : " entries"));
                    return null;
                }
                List<T> items = new ArrayList<>();
                for (Node child : sequence.items()) {
                    if (problems.full()) {
                        return null;
                    }
                    T value = item.read(child, problems);
                    if (value != null) {
                        items.add(value);
                    }
                }
                return items.size() == sequence.items().size() ? List.copyOf(items) : null;
            }

            @Override
            Map<String, Object> schema(Definitions definitions) {
                Map<String, Object> schema = new LinkedHashMap<>();
                schema.put("type", "array");
                schema.put("items", item.schema(definitions));
                if (least > 0) {
                    schema.put("minItems", least);
                }
                return schema;
            }
        };
    }

    /** A list read as a set; saying something twice is a problem. */
    static <T extends Comparable<T>> Shape<SortedSet<T>> set(Shape<T> item, int least) {
        Shape<List<T>> list = list(item, least);
        return new Shape<>() {
            @Override
            @Nullable
            SortedSet<T> read(Node node, Problems problems) {
                List<T> items = list.read(node, problems);
                if (items == null) {
                    return null;
                }
                SortedSet<T> set = new TreeSet<>(items);
                if (set.size() < items.size()) {
                    problems.add(node.at(), "names something twice");
                    return null;
                }
                return set;
            }

            @Override
            Map<String, Object> schema(Definitions definitions) {
                Map<String, Object> schema = new LinkedHashMap<>(list.schema(definitions));
                schema.put("uniqueItems", true);
                return schema;
            }
        };
    }

    /** One value or a list of them, read as a set. */
    static <T extends Comparable<T>> Shape<SortedSet<T>> oneOrMore(Shape<T> item) {
        Shape<SortedSet<T>> several = set(item, 1);
        return new Shape<>() {
            @Override
            @Nullable
            SortedSet<T> read(Node node, Problems problems) {
                if (node instanceof Node.Sequence) {
                    return several.read(node, problems);
                }
                T one = item.read(node, problems);
                return one == null ? null : new TreeSet<>(List.of(one));
            }

            @Override
            Map<String, Object> schema(Definitions definitions) {
                return Map.of("anyOf", List.of(item.schema(definitions), several.schema(definitions)));
            }
        };
    }

    /** A mapping with free keys of that pattern. */
    static <T> Shape<SortedMap<String, T>> map(String keyWords, Pattern key, Shape<T> value, int least) {
        return new Shape<>() {
            @Override
            @Nullable
            SortedMap<String, T> read(Node node, Problems problems) {
                if (!(node instanceof Node.Mapping mapping)) {
                    problems.add(node.at(), "must be a mapping of " + keyWords + " to values, not " + node.kind());
                    return null;
                }
                SortedMap<String, T> map = new TreeMap<>();
                boolean right = mapping.entries().size() >= least;
                if (!right) {
                    problems.add(node.at(), "must not be empty");
                }
                for (Node.Entry entry : mapping.entries()) {
                    if (problems.full()) {
                        return null;
                    }
                    if (!key.matcher(entry.key()).matches()) {
                        problems.add(
                                entry.keyAt(),
                                "'" + Words.shortened(entry.key()) + "' is no " + keyWords + " (" + key.pattern()
                                        + ")");
                        right = false;
                        continue;
                    }
                    T read = value.read(entry.value(), problems);
                    right &= read != null;
                    if (read != null) {
                        map.put(entry.key(), read);
                    }
                }
                return right ? map : null;
            }

            @Override
            Map<String, Object> schema(Definitions definitions) {
                Map<String, Object> schema = new LinkedHashMap<>();
                schema.put("type", "object");
                schema.put("propertyNames", Map.of("pattern", "^(?:" + key.pattern() + ")$"));
                schema.put("additionalProperties", value.schema(definitions));
                if (least > 0) {
                    schema.put("minProperties", least);
                }
                return schema;
            }
        };
    }

    /**
     * A value together with where it stands, for checks that span the document.
     *
     * @param value the value
     * @param at where it begins
     */
    record Located<T>(T value, Node.Position at) {}

    static <T> Shape<Located<T>> located(Shape<T> shape) {
        return new Shape<>() {
            @Override
            @Nullable
            Located<T> read(Node node, Problems problems) {
                T value = shape.read(node, problems);
                return value == null ? null : new Located<>(value, node.at());
            }

            @Override
            Map<String, Object> schema(Definitions definitions) {
                return shape.schema(definitions);
            }
        };
    }

    /** A mapping is read by one shape, anything else by the other. */
    static <T> Shape<T> mappingOr(Shape<? extends T> mapping, Shape<? extends T> other) {
        return new Shape<>() {
            @Override
            @Nullable
            T read(Node node, Problems problems) {
                return node instanceof Node.Mapping ? mapping.read(node, problems) : other.read(node, problems);
            }

            @Override
            Map<String, Object> schema(Definitions definitions) {
                return Map.of("anyOf", List.of(other.schema(definitions), mapping.schema(definitions)));
            }
        };
    }
}
