package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The cold section's provider rules as filters. The exclusion list is its own filter and comes first, so no other list,
 * trusted ones included, can let an excluded provider in.
 */
final class ColdFilters {
    private ColdFilters() {}

    static List<Filter> of(ColdGoal cold) {
        ColdGoal.Deal deal = cold.deal();
        List<Filter> filters = new ArrayList<>();
        filters.add(Filter.of(
                "cold.excluded", p -> deal.excluded().contains(p.id()) ? "provider is excluded by name" : null));
        if (!deal.trusted().isEmpty()) {
            filters.add(Filter.of(
                    "cold.trusted", p -> deal.trusted().contains(p.id()) ? null : "not one of the trusted providers"));
        }
        if (!deal.countryCodes().isEmpty()) {
            filters.add(Filter.of("cold.countryCodes", p -> elsewhere(deal.countryCodes(), p)));
        }
        filters.add(backend(cold));
        if (deal.verified() == ColdGoal.Verified.REQUIRE) {
            filters.add(Filter.of(
                    "cold.verified", p -> "no".equals(p.label("verifiedDeals")) ? "it takes no verified deals" : null));
        }
        Money max = deal.maxPricePerGiBMonth();
        if (max != null) {
            filters.add(Filter.of("cold.maxPrice", p -> dearer(max, p)));
        }
        return filters;
    }

    static Filter backend(ColdGoal cold) {
        return Filter.of("cold.backend", p -> otherBackend(cold.backend(), p));
    }

    /** Whether it stands for all the storage providers with which it makes deals, and not for one of them. */
    static boolean makesDeals(ProviderSnapshot provider) {
        return provider.capabilities().contains(ColdPlaces.MAKES_DEALS);
    }

    private static @Nullable String elsewhere(SortedSet<String> codes, ProviderSnapshot provider) {
        String country = provider.label("country");
        if (country == null) {
            return "country is unknown";
        }
        return codes.contains(country) ? null : "country is " + country + ", not one of " + String.join(", ", codes);
    }

    private static @Nullable String otherBackend(ColdGoal.Backend wanted, ProviderSnapshot provider) {
        String label = provider.label("backend");
        String name = wanted == ColdGoal.Backend.PDP ? "pdp" : "lotus";
        return label == null || label.equals(name) ? null : "its backend is " + label + ", not " + name;
    }

    private static @Nullable String dearer(Money max, ProviderSnapshot provider) {
        Price price = provider.price();
        if (price == null) {
            return "no price is known";
        }
        return price.storagePerGiBMonth().compareTo(max) > 0
                ? "storage costs " + price.storagePerGiBMonth() + " per GiB and month, the maximum is " + max
                : null;
    }
}
