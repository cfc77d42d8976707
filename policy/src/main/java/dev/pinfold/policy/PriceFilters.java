package dev.pinfold.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Price rules as filters. A price that is unknown, or in a currency without a fresh rate, is never good enough. */
final class PriceFilters {
    private PriceFilters() {}

    static List<Filter> of(PriceRule rule, Policy policy, Instant now) {
        List<Filter> filters = new ArrayList<>();
        filters.add(Filter.of("price.known", p -> unknown(p, policy)));
        PriceRule.Ceiling ceiling = rule.ceiling();
        if (ceiling != null) {
            filters.add(
                    ceiling.freezeOnly()
                            ? Filter.forNewCopies("price.ceiling", p -> above(ceiling, p))
                            : Filter.of("price.ceiling", p -> above(ceiling, p)));
        }
        PriceRule.Gouging gouging = rule.gouging();
        if (gouging != null) {
            filters.add(
                    gouging.evict()
                            ? Filter.of("price.gouging", p -> jumped(gouging, p, now))
                            : Filter.forNewCopies("price.gouging", p -> jumped(gouging, p, now)));
        }
        return filters;
    }

    /** The provider with its price in the policy's currency; without a price when it cannot be converted. */
    static ProviderSnapshot inCurrencyOf(Policy policy, Inventory inventory, ProviderSnapshot provider) {
        Price price = provider.price();
        if (price == null || price.currency().equals(policy.currency())) {
            return provider;
        }
        Inventory.FxRate rate = inventory.fxRates().get(price.currency());
        if (rate == null || older(rate.asOf(), inventory.asOf(), policy.fxMaxAge())) {
            return provider;
        }
        try {
            return provider.withPrice(price.convertedTo(policy.currency(), rate.rate()));
        } catch (ArithmeticException beyondCounting) {
            return provider;
        }
    }

    static boolean older(Instant then, Instant now, Duration age) {
        return Duration.between(then, now).compareTo(age) > 0;
    }

    private static @Nullable String unknown(ProviderSnapshot provider, Policy policy) {
        Price price = provider.price();
        if (price == null) {
            return "no price is known";
        }
        return price.currency().equals(policy.currency())
                ? null
                : "price is in " + price.currency() + " and there is no fresh rate to " + policy.currency();
    }

    private static @Nullable String above(PriceRule.Ceiling ceiling, ProviderSnapshot provider) {
        Price price = provider.price();
        if (price == null) {
            return "no price is known";
        }
        Money storage = ceiling.storagePerGiBMonth();
        if (storage != null && price.storagePerGiBMonth().compareTo(storage) > 0) {
            return "storage costs " + price.storagePerGiBMonth() + " per GiB and month, the ceiling is " + storage;
        }
        Money egress = ceiling.egressPerGiB();
        if (egress != null && price.egressPerGiB() == null) {
            return "the egress price is unknown and there is a ceiling of " + egress;
        }
        if (egress != null
                && price.egressPerGiB() != null
                && price.egressPerGiB().compareTo(egress) > 0) {
            return "egress costs " + price.egressPerGiB() + " per GiB, the ceiling is " + egress;
        }
        return null;
    }

    private static @Nullable String jumped(PriceRule.Gouging rule, ProviderSnapshot provider, Instant now) {
        Price price = provider.price();
        Price.Previous before = price == null ? null : price.previous();
        if (price == null || before == null || older(before.asOf(), now, rule.within())) {
            return null;
        }
        Money allowed =
                before.storagePerGiBMonth().plus(before.storagePerGiBMonth().times(rule.jump()));
        if (price.storagePerGiBMonth().compareTo(allowed) > 0) {
            return "storage rose from " + before.storagePerGiBMonth() + " to " + price.storagePerGiBMonth()
                    + ", more than " + rule.jump();
        }
        return null;
    }
}
