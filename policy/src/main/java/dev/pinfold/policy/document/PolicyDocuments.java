package dev.pinfold.policy.document;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one way from texts to values: policies, inventories and requests, as YAML or JSON. Reads no file; the file name is
 * only for messages. Time and memory are bounded whatever the text is.
 */
public final class PolicyDocuments {
    private static final Pattern REVISION = Pattern.compile("\\brevision[\"']?\\s*:\\s*([0-9]+)");

    private PolicyDocuments() {}

    /** Reads a policy ({@code kind: PolicySet}). */
    public static Parsed<PolicyDocument> policy(String file, String text) {
        return read(file, text, PolicyShapes.POLICY);
    }

    /**
     * The same policy text under another revision: only the digits of {@code metadata.revision} change.
     *
     * @param text a right policy
     * @throws IllegalArgumentException the text is no right policy, or writes its revision in an unusual way
     */
    public static String withRevision(String text, long revision) {
        Matcher written = REVISION.matcher(text);
        while (written.find()) {
            String changed = text.substring(0, written.start(1)) + revision + text.substring(written.end(1));
            if (policy("policy", changed) instanceof Parsed.Valid<PolicyDocument> valid
                    && valid.value().policy().revision() == revision) {
                return changed;
            }
        }
        throw new IllegalArgumentException("this text has no revision that can be changed");
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
