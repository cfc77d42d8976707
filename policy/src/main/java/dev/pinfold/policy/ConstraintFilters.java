package dev.pinfold.policy;

import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Turns the constraints of a class into filters. Unknown never satisfies geography: not an allow-list, not an exclusion. */
final class ConstraintFilters {
    /** Labels that say where data is. */
    static final Set<String> GEOGRAPHY = Set.of("region", "country", "jurisdiction");

    private ConstraintFilters() {}

    static Filter of(Constraint constraint, PlacementRequest request) {
        return switch (constraint) {
            case Constraint.Residency residency ->
                Filter.of(residency.name(), p -> outsideAllowed(residency.allowed(), p));
            case Constraint.Exclude exclude -> Filter.of(exclude.name(), p -> hit(exclude, p));
            case Constraint.Require require -> Filter.of(require.name(), p -> missing(require, p));
            case Constraint.SizeRange range -> Filter.of(range.name(), p -> outOfRange(range, request.sizeBytes()));
            case Constraint.Expression expression ->
                Filter.of(expression.name(), p -> expression.condition().reasonAgainst(p, request));
        };
    }

    /** Whether the constraint also binds cold copies: where data may be and who is excluded holds on every path. */
    static boolean bindsCold(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Residency r -> true;
            case Constraint.Exclude e -> true;
            case Constraint.Require r -> false;
            case Constraint.SizeRange s -> false;
            case Constraint.Expression e -> false;
        };
    }

    private static @Nullable String outsideAllowed(Map<String, SortedSet<String>> allowed, ProviderSnapshot provider) {
        for (Map.Entry<String, SortedSet<String>> entry : allowed.entrySet()) {
            String value = provider.label(entry.getKey());
            if (value == null) {
                return entry.getKey() + " is unknown";
            }
            if (!entry.getValue().contains(value)) {
                return entry.getKey() + " is " + value + ", not one of " + String.join(", ", entry.getValue());
            }
        }
        return null;
    }

    private static @Nullable String hit(Constraint.Exclude exclude, ProviderSnapshot provider) {
        if (exclude.providers().contains(provider.id())) {
            return "provider is excluded by name";
        }
        for (Map.Entry<String, SortedSet<String>> entry : exclude.labels().entrySet()) {
            String value = provider.label(entry.getKey());
            if (value == null && GEOGRAPHY.contains(entry.getKey())) {
                return entry.getKey() + " is unknown and could be an excluded one";
            }
            if (value != null && entry.getValue().contains(value)) {
                return entry.getKey() + " " + value + " is excluded";
            }
        }
        for (String capability : exclude.capabilities()) {
            if (provider.capabilities().contains(capability)) {
                return "capability " + capability + " is excluded";
            }
        }
        return null;
    }

    private static @Nullable String missing(Constraint.Require require, ProviderSnapshot provider) {
        if (!require.providers().isEmpty() && !require.providers().contains(provider.id())) {
            return "not one of the required providers";
        }
        String label = outsideAllowed(require.labels(), provider);
        if (label != null) {
            return label;
        }
        for (String capability : require.capabilities()) {
            if (!provider.capabilities().contains(capability)) {
                return "capability " + capability + " is missing";
            }
        }
        return null;
    }

    private static @Nullable String outOfRange(Constraint.SizeRange range, @Nullable Long bytes) {
        if (bytes == null) {
            return null;
        }
        if (range.maxBytes() != null && bytes > range.maxBytes()) {
            return "the pin has " + bytes + " bytes, at most " + range.maxBytes() + " are allowed";
        }
        if (range.minBytes() != null && bytes < range.minBytes()) {
            return "the pin has " + bytes + " bytes, at least " + range.minBytes() + " are needed";
        }
        return null;
    }
}
