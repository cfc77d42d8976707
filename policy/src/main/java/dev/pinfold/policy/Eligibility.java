package dev.pinfold.policy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which providers of a tier may hold a copy, and the first rule that keeps each of the others out. Filters run in this
 * order: the class's constraints as written, price, limits, spread labels, health, state.
 *
 * @param candidates who may
 * @param excluded who may not, and why
 */
record Eligibility(List<Candidate> candidates, List<Plan.Excluded> excluded) {
    private static final long MAX_COPY_COST = 100_000L * 1_000_000_000_000L;

    /**
     * A provider that may hold a copy.
     *
     * @param provider the provider, price in the policy's currency
     * @param cost picos per month for one copy
     * @param holdsCopy true when it holds a copy now
     */
    record Candidate(ProviderSnapshot provider, long cost, boolean holdsCopy) {}

    static Eligibility of(Question question, Tier tier) {
        List<Filter> filters = filters(question, tier);
        List<Candidate> candidates = new ArrayList<>();
        List<Plan.Excluded> excluded = new ArrayList<>();
        for (ProviderSnapshot listed : question.inventory().providers()) {
            if (listed.tier() != tier) {
                continue;
            }
            ProviderSnapshot provider = PriceFilters.inCurrencyOf(question.policy(), question.inventory(), listed);
            boolean holds = question.request().existing().contains(provider.id());
            boolean makesDeals = tier == Tier.COLD && ColdFilters.makesDeals(provider);
            Plan.Excluded out = firstAgainst(makesDeals ? ofDealMakers(question) : filters, provider, holds);
            Long cost = out == null ? monthlyCost(provider, question.sizeBytes(), holds) : null;
            if (makesDeals && cost == null && out == null && provider.price() == null) {
                cost = 0L;
            }
            if (out != null) {
                excluded.add(out);
            } else if (cost == null) {
                excluded.add(new Plan.Excluded(provider.id(), "cost", "one copy costs more than 100000 a month"));
            } else {
                candidates.add(new Candidate(provider, cost, holds));
            }
        }
        return new Eligibility(candidates, excluded);
    }

    private static List<Filter> filters(Question question, Tier tier) {
        PlacementClass effective = question.effective();
        List<Filter> filters = new ArrayList<>();
        for (Constraint constraint : effective.constraints()) {
            if (tier == Tier.HOT || ConstraintFilters.bindsCold(constraint)) {
                filters.add(ConstraintFilters.of(constraint, question.request()));
            }
        }
        ColdGoal cold = effective.cold();
        if (tier == Tier.COLD && cold != null) {
            filters.addAll(ColdFilters.of(cold));
        }
        PriceRule price = tier == Tier.HOT ? effective.price() : PriceRule.NONE;
        filters.addAll(
                PriceFilters.of(price, question.policy(), question.inventory().asOf()));
        filters.addAll(limits(question));
        if (question.policy().unknownLabel() == Policy.UnknownLabel.REJECT) {
            for (Spread spread : tier == Tier.HOT || cold == null ? effective.spread() : cold.spread()) {
                filters.add(Filter.of(spread.name(), p -> unplaced(spread, p)));
            }
        }
        HealthRule health = tier == Tier.HOT ? effective.health() : HealthRule.NONE;
        filters.addAll(HealthFilters.of(health, question.inventory(), question.request()));
        filters.add(HealthFilters.state(question.policy(), question.inventory()));
        return filters;
    }

    /**
     * Who makes deals holds nothing itself. The rules of where, with whom and at what price bind the storage providers
     * behind it, of which each deal chooses one: {@link ColdPlaces}.
     */
    private static List<Filter> ofDealMakers(Question question) {
        ColdGoal cold = question.effective().cold();
        Filter state = HealthFilters.state(question.policy(), question.inventory());
        return cold == null ? List.of(state) : List.of(ColdFilters.backend(cold), state);
    }

    private static List<Filter> limits(Question question) {
        Long bytes = question.request().sizeBytes();
        return List.of(
                Filter.forNewCopies("limits.maxDagBytes", p -> {
                    Long max = p.limits().maxDagBytes();
                    return bytes == null || max == null || bytes <= max
                            ? null
                            : "the pin has " + bytes + " bytes, the provider takes " + max;
                }),
                Filter.forNewCopies("limits.maxPins", p -> {
                    Long max = p.limits().maxPins();
                    return max == null || p.usage().pins() < max ? null : "the account holds its " + max + " pins";
                }));
    }

    private static @Nullable String unplaced(Spread spread, ProviderSnapshot provider) {
        return spread.hard() && provider.label(spread.by()) == null ? spread.by() + " is unknown" : null;
    }

    private static Plan.@Nullable Excluded firstAgainst(
            List<Filter> filters, ProviderSnapshot provider, boolean holds) {
        for (Filter filter : filters) {
            String reason = filter.reasonAgainst(provider, holds);
            if (reason != null) {
                return new Plan.Excluded(provider.id(), filter.name(), reason);
            }
        }
        return null;
    }

    /** Storage × size + per pin + the fixed fee when the provider is otherwise empty; null beyond what is countable. */
    private static @Nullable Long monthlyCost(ProviderSnapshot provider, long bytes, boolean holds) {
        Price price = provider.price();
        if (price == null) {
            return null;
        }
        boolean opensAccount = provider.usage().pins() == 0 && !holds;
        long fees = Math.min(price.perPin().picos(), MAX_COPY_COST)
                + (opensAccount ? Math.min(price.fixedMonthly().picos(), MAX_COPY_COST) : 0);
        long perGiB = price.storagePerGiBMonth().picos();
        long storage;
        if (Math.multiplyHigh(perGiB, bytes) == 0 && perGiB * bytes >= 0) {
            storage = (perGiB * bytes + (1L << 30) - 1) >>> 30;
        } else {
            BigInteger exact = BigInteger.valueOf(perGiB)
                    .multiply(BigInteger.valueOf(bytes))
                    .add(BigInteger.valueOf((1L << 30) - 1))
                    .shiftRight(30);
            storage = exact.bitLength() > 62 ? Long.MAX_VALUE / 2 : exact.longValue();
        }
        long total = storage + fees;
        return total < 0 || total > MAX_COPY_COST ? null : total;
    }
}
