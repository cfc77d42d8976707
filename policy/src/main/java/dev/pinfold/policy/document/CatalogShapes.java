package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Health;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Price;
import dev.pinfold.policy.ProviderSnapshot;
import dev.pinfold.policy.Usage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The provider catalog: who exists, and what is known about them without asking. */
final class CatalogShapes {
    private CatalogShapes() {}

    private static final Field<String> DISPLAY_NAME = optional("displayName", Scalars.TEXT, "", "name for people");
    private static final Field<String> NOTES = optional("notes", Scalars.TEXT, "", "anything worth knowing");
    private static final Field<String> ADAPTER = optional("adapter", Scalars.NAME, "", "which adapter talks to it");
    private static final Field<SortedMap<String, String>> SETTINGS = optional(
            "settings",
            Shapes.map(
                    "setting",
                    Pattern.compile("[A-Za-z][A-Za-z0-9.]{0,63}"),
                    Scalars.text("a text of at most 2048 characters", "(?s).{0,2048}"),
                    0),
            new TreeMap<>(),
            "settings of the adapter; never secrets");

    private static final Shape<Catalog.Entry> ENTRY = Shapes.object(
            "catalogProvider",
            "One provider.",
            List.of(
                    InventoryShapes.ID,
                    DISPLAY_NAME,
                    NOTES,
                    ADAPTER,
                    SETTINGS,
                    InventoryShapes.TIER,
                    InventoryShapes.LABELS_FIELD,
                    InventoryShapes.CAPABILITIES,
                    InventoryShapes.LIMITS,
                    InventoryShapes.PRICE,
                    InventoryShapes.STATE,
                    InventoryShapes.ADDED_AT),
            CatalogShapes::entry);

    private static Catalog.@Nullable Entry entry(ObjectShape.Values values) {
        Price price = values.getOrNull(InventoryShapes.PRICE);
        if (price != null && price.asOf() == null) {
            return values.wrong(InventoryShapes.PRICE, "a catalog price needs asOf, the day somebody last looked");
        }
        ProviderSnapshot snapshot = new ProviderSnapshot(
                values.get(InventoryShapes.ID),
                values.get(InventoryShapes.TIER),
                values.get(InventoryShapes.LABELS_FIELD),
                values.get(InventoryShapes.CAPABILITIES),
                values.get(InventoryShapes.LIMITS),
                price,
                Health.UNKNOWN,
                Usage.EMPTY,
                values.get(InventoryShapes.STATE),
                values.getOrNull(InventoryShapes.ADDED_AT));
        return new Catalog.Entry(snapshot, values.get(DISPLAY_NAME), values.get(ADAPTER), values.get(SETTINGS));
    }

    private static final Field<String> NAME = required("name", Scalars.NAME, "the catalog's name");
    private static final Field<Long> REVISION =
            required("revision", Scalars.number(1, Long.MAX_VALUE / 2), "grows with every change");
    private static final Field<Long> METADATA = required(
            "metadata",
            Shapes.object(
                    "catalogMetadata",
                    "Which catalog this is.",
                    List.of(NAME, REVISION),
                    values -> values.get(REVISION)),
            "name and revision");
    private static final Field<String> API_VERSION =
            required("apiVersion", Scalars.word(Map.of("pinfold/v1", "pinfold/v1")), "pinfold/v1");
    private static final Field<String> KIND =
            required("kind", Scalars.word(Map.of("ProviderCatalog", "ProviderCatalog")), "ProviderCatalog");
    private static final Field<List<Shapes.Located<Catalog.Entry>>> PROVIDERS =
            required("providers", Shapes.list(Shapes.located(ENTRY), 1), "all providers");

    static final Shape<Catalog> CATALOG = Shapes.object(
            "catalog",
            "Who exists: labels, capabilities, limits, prices.",
            List.of(API_VERSION, KIND, METADATA, InventoryShapes.FX_RATES, PROVIDERS),
            CatalogShapes::catalog);

    private static @Nullable Catalog catalog(ObjectShape.Values values) {
        Set<String> ids = new HashSet<>();
        for (Shapes.Located<Catalog.Entry> entry : values.get(PROVIDERS)) {
            String id = entry.value().snapshot().id();
            if (!ids.add(id)) {
                values.problems().add(entry.at(), "two providers are called '" + id + "'");
                return null;
            }
        }
        SortedMap<String, Inventory.FxRate> rates = values.get(InventoryShapes.FX_RATES);
        return new Catalog(
                values.get(METADATA),
                values.get(PROVIDERS).stream().map(Shapes.Located::value).toList(),
                rates);
    }
}
