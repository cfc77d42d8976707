package dev.pinfold.policy.document;

import dev.pinfold.policy.ColdPlaces;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The shapes of labels, capabilities, and of selections of providers by them. */
final class Labels {
    /** Labels that every document may use; others are declared in {@code failureDomains.levels}. */
    static final Set<String> STANDARD = Set.of(
            "region",
            "country",
            "jurisdiction",
            "org",
            "backing",
            "asn",
            "tier",
            "backend",
            "ownNode",
            "verifiedDeals");

    private static final Set<String> CAPABILITIES = Set.of(
            "pin-by-cid",
            "upload-car",
            "status",
            "list",
            "delete",
            "unpin",
            "retrieve",
            "retrieve-raw",
            "retrieve-car",
            "origins",
            "delegates",
            "deal",
            ColdPlaces.MAKES_DEALS);

    static final Shape<String> VALUE =
            Scalars.text("a label value of at most 128 printable characters", "[^\\p{Cntrl}]{1,128}");
    static final Shape<String> LABEL = new LabelShape();
    static final Shape<String> CAPABILITY = new CapabilityShape();
    static final Shape<SortedMap<String, SortedSet<String>>> VALUES = new LabelMap();
    static final Shape<Selection> SELECTION = new SelectionShape();

    private Labels() {}

    /**
     * Providers named, labelled or able.
     *
     * @param providers ids
     * @param labels label to values
     * @param capabilities capabilities
     */
    record Selection(
            SortedSet<String> providers, SortedMap<String, SortedSet<String>> labels, SortedSet<String> capabilities) {}

    private static boolean known(String label, Node.Position at, Problems problems) {
        if (problems.labels().contains(label)) {
            return true;
        }
        problems.add(
                at,
                "unknown label '" + Words.shortened(label) + "'" + Words.hint(label, problems.labels())
                        + " (other labels are declared in failureDomains.levels)");
        return false;
    }

    private static final class LabelShape extends Shape<String> {
        @Override
        @Nullable
        String read(Node node, Problems problems) {
            String name = Scalars.NAME.read(node, problems);
            return name != null && known(name, node.at(), problems) ? name : null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return Scalars.NAME.schema(definitions);
        }
    }

    /** Kebab-case; the camel-case spelling is understood too. */
    private static final class CapabilityShape extends Shape<String> {
        @Override
        @Nullable
        String read(Node node, Problems problems) {
            String written = Scalars.NAME.read(node, problems);
            if (written == null) {
                return null;
            }
            String name = written.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
            if (CAPABILITIES.contains(name)) {
                return name;
            }
            problems.add(
                    node.at(),
                    "unknown capability '" + Words.shortened(written) + "'" + Words.hint(written, CAPABILITIES));
            return null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return Scalars.NAME.schema(definitions);
        }
    }

    private static final class LabelMap extends Shape<SortedMap<String, SortedSet<String>>> {
        private final Shape<SortedSet<String>> values = Shapes.oneOrMore(VALUE);

        @Override
        @Nullable
        SortedMap<String, SortedSet<String>> read(Node node, Problems problems) {
            if (!(node instanceof Node.Mapping mapping) || mapping.entries().isEmpty()) {
                problems.add(node.at(), "must be a mapping of labels to values, not " + node.kind());
                return null;
            }
            SortedMap<String, SortedSet<String>> read = new TreeMap<>();
            for (Node.Entry entry : mapping.entries()) {
                SortedSet<String> wanted = values.read(entry.value(), problems);
                if (known(entry.key(), entry.keyAt(), problems) && wanted != null) {
                    read.put(entry.key(), wanted);
                }
            }
            return read.size() == mapping.entries().size() ? read : null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("minProperties", 1);
            schema.put("additionalProperties", values.schema(definitions));
            return schema;
        }
    }

    private static final class SelectionShape extends Shape<Selection> {
        private final Shape<SortedSet<String>> names = Shapes.oneOrMore(Scalars.NAME);
        private final Shape<SortedSet<String>> capabilities = Shapes.oneOrMore(CAPABILITY);
        private final Shape<SortedSet<String>> values = Shapes.oneOrMore(VALUE);

        @Override
        @Nullable
        Selection read(Node node, Problems problems) {
            if (!(node instanceof Node.Mapping mapping) || mapping.entries().isEmpty()) {
                problems.add(
                        node.at(),
                        "must be a mapping of providers, capabilities or labels to values, not " + node.kind());
                return null;
            }
            SortedSet<String> providers = new TreeSet<>();
            SortedSet<String> able = new TreeSet<>();
            SortedMap<String, SortedSet<String>> labels = new TreeMap<>();
            boolean right = true;
            for (Node.Entry entry : mapping.entries()) {
                SortedSet<String> read = shapeOf(entry.key()).read(entry.value(), problems);
                right &= read != null;
                switch (entry.key()) {
                    case "providers", "provider" -> providers.addAll(read == null ? Set.of() : read);
                    case "capabilities" -> able.addAll(read == null ? Set.of() : read);
                    default -> {
                        right &= selectable(entry, problems);
                        labels.put(entry.key(), read == null ? new TreeSet<>() : read);
                    }
                }
            }
            return right ? new Selection(providers, labels, able) : null;
        }

        private static boolean selectable(Node.Entry entry, Problems problems) {
            if (problems.labels().contains(entry.key())) {
                return true;
            }
            Set<String> all = new TreeSet<>(problems.labels());
            all.addAll(Set.of("providers", "capabilities"));
            problems.add(
                    entry.keyAt(),
                    "unknown label '" + Words.shortened(entry.key()) + "'" + Words.hint(entry.key(), all)
                            + " (other labels are declared in failureDomains.levels)");
            return false;
        }

        private Shape<SortedSet<String>> shapeOf(String key) {
            return switch (key) {
                case "providers", "provider" -> names;
                case "capabilities" -> capabilities;
                default -> values;
            };
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("minProperties", 1);
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put("providers", names.schema(definitions));
            properties.put("provider", names.schema(definitions));
            properties.put("capabilities", capabilities.schema(definitions));
            schema.put("properties", properties);
            schema.put("additionalProperties", values.schema(definitions));
            return schema;
        }
    }
}
