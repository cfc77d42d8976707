package dev.pinfold.policy.document;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementRequest;
import org.jspecify.annotations.Nullable;

/**
 * The one way from texts to values: policies, inventories and requests, as YAML or JSON. Reads no file; the file name is
 * only for messages. Time and memory are bounded whatever the text is.
 */
public final class PolicyDocuments {
    private PolicyDocuments() {}

    /** Reads a policy ({@code kind: PolicySet}). */
    public static Parsed<PolicyDocument> policy(String file, String text) {
        return read(file, text, PolicyShapes.POLICY);
    }

    /** Reads a provider catalog ({@code kind: ProviderCatalog}). */
    public static Parsed<Catalog> catalog(String file, String text) {
        return read(file, text, CatalogShapes.CATALOG);
    }

    /** The JSON Schema (2020-12) of policies, for editors. */
    public static String policySchema() {
        return SchemaText.of("https://pinfold.dev/schema/policy.json", PolicyShapes.POLICY);
    }

    /** The JSON Schema (2020-12) of provider catalogs, for editors. */
    public static String catalogSchema() {
        return SchemaText.of("https://pinfold.dev/schema/catalog.json", CatalogShapes.CATALOG);
    }

    /** Reads a recorded inventory. */
    public static Parsed<Inventory> inventory(String file, String text) {
        return read(file, text, InventoryShapes.INVENTORY);
    }

    /** Reads one placement request. */
    public static Parsed<PlacementRequest> request(String file, String text) {
        return read(file, text, RequestShapes.REQUEST);
    }

    private static <T> Parsed<T> read(String file, String text, Shape<T> shape) {
        Problems problems = new Problems(file);
        Node root = TreeReader.read(text, problems);
        T value = root == null ? null : readRoot(root, shape, problems);
        return value == null || !problems.isEmpty()
                ? new Parsed.Invalid<>(problems.sorted())
                : new Parsed.Valid<>(value);
    }

    private static <T> @Nullable T readRoot(Node root, Shape<T> shape, Problems problems) {
        declareLabels(root, problems);
        return shape.read(root, problems);
    }

    /** Labels must be known before the sections that use them are read, wherever they are declared. */
    private static void declareLabels(Node root, Problems problems) {
        if (root instanceof Node.Mapping document
                && document.entry("failureDomains").map(Node.Entry::value).orElse(null) instanceof Node.Mapping domains
                && domains.entry("levels").map(Node.Entry::value).orElse(null) instanceof Node.Sequence levels) {
            for (Node level : levels.items()) {
                if (level instanceof Node.Scalar scalar) {
                    problems.labels().add(scalar.text());
                }
            }
        }
    }
}
