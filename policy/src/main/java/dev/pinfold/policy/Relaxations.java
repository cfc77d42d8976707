package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Lists every way a class could ask for less, smallest step first within a constraint, the full removal last. */
final class Relaxations {
    private final Question question;
    private final List<Relaxation> found = new ArrayList<>();

    private Relaxations(Question question) {
        this.question = question;
    }

    static List<Relaxation> of(Question question) {
        Relaxations relaxations = new Relaxations(question);
        PlacementClass effective = question.effective();
        effective.constraints().forEach(relaxations::constraint);
        relaxations.price(effective.price());
        effective.spread().stream().filter(Spread::hard).forEach(relaxations::spread);
        effective.survive().forEach(relaxations::survival);
        relaxations.health(effective.health());
        relaxations.cordoned();
        return relaxations.found;
    }

    private void add(String name, String suggestion, boolean full, UnaryOperator<PlacementClass> change) {
        found.add(new Relaxation(name, suggestion, full, q -> q.with(change.apply(q.effective()))));
    }

    private void constraint(Constraint constraint) {
        switch (constraint) {
            case Constraint.Residency residency -> residencySteps(residency);
            case Constraint.Exclude exclude -> excludeSteps(exclude);
            case Constraint.Require require -> {}
            case Constraint.SizeRange range -> {}
            case Constraint.Expression expression -> {}
        }
        String words = switch (constraint) {
            case Constraint.Residency r -> "drop the residency rule";
            case Constraint.Exclude e -> "drop the exclusion";
            case Constraint.Require r -> "drop the requirement";
            case Constraint.SizeRange s -> "allow pins of " + question.sizeBytes() + " bytes";
            case Constraint.Expression e -> "change the expression " + e.text();
        };
        add(constraint.name(), words, true, c -> withConstraint(c, constraint, null));
    }

    private void residencySteps(Constraint.Residency residency) {
        for (String label : residency.allowed().keySet()) {
            for (String value : valuesOf(label)) {
                SortedMap<String, SortedSet<String>> wider = new TreeMap<>(residency.allowed());
                SortedSet<String> values = new TreeSet<>(wider.getOrDefault(label, new TreeSet<>()));
                if (values.add(value)) {
                    wider.put(label, values);
                    Constraint replaced = new Constraint.Residency(residency.name(), wider);
                    add(
                            residency.name(),
                            "also allow " + label + " " + value,
                            false,
                            c -> withConstraint(c, residency, replaced));
                }
            }
        }
    }

    private void excludeSteps(Constraint.Exclude exclude) {
        for (String provider : exclude.providers()) {
            SortedSet<String> fewer = new TreeSet<>(exclude.providers());
            fewer.remove(provider);
            Constraint replaced =
                    new Constraint.Exclude(exclude.name(), fewer, exclude.labels(), exclude.capabilities());
            add(exclude.name(), "no longer exclude " + provider, false, c -> withConstraint(c, exclude, replaced));
        }
        exclude.labels().forEach((label, values) -> {
            for (String value : values) {
                SortedMap<String, SortedSet<String>> fewer = new TreeMap<>(exclude.labels());
                SortedSet<String> left = new TreeSet<>(values);
                left.remove(value);
                fewer.put(label, left);
                Constraint replaced =
                        new Constraint.Exclude(exclude.name(), exclude.providers(), fewer, exclude.capabilities());
                add(
                        exclude.name(),
                        "no longer exclude " + label + " " + value,
                        false,
                        c -> withConstraint(c, exclude, replaced));
            }
        });
    }

    private void price(PriceRule rule) {
        PriceRule.Ceiling ceiling = rule.ceiling();
        if (ceiling != null) {
            Money storage = ceiling.storagePerGiBMonth();
            if (storage != null) {
                for (Money price : prices(Price::storagePerGiBMonth, storage)) {
                    add(
                            "price.ceiling",
                            "raise storagePerGiBMonth from " + storage + " to " + price,
                            false,
                            c -> withPrice(
                                    c, new PriceRule.Ceiling(price, ceiling.egressPerGiB(), ceiling.freezeOnly())));
                }
            }
            add(
                    "price.ceiling",
                    "drop the price ceiling",
                    true,
                    c -> Classes.with(c, new PriceRule(null, rule.gouging())));
        }
        if (rule.gouging() != null) {
            add(
                    "price.gouging",
                    "accept the raised prices",
                    true,
                    c -> Classes.with(c, new PriceRule(c.price().ceiling(), null)));
        }
    }

    private static PlacementClass withPrice(PlacementClass c, PriceRule.Ceiling ceiling) {
        return Classes.with(c, new PriceRule(ceiling, c.price().gouging()));
    }

    private void spread(Spread spread) {
        Integer max = spread.maxPerDomain();
        int copies = question.effective().hot().target();
        if (max != null) {
            for (int more = max + 1; more < copies; more++) {
                Spread wider = new Spread(spread.by(), spread.minDomains(), more, true, spread.weight());
                add(
                        spread.name(),
                        "raise maxPerDomain from " + max + " to " + more,
                        false,
                        c -> withSpread(c, spread, wider));
            }
        }
        for (int fewer = spread.minDomains() - 1; fewer > 1; fewer--) {
            Spread wider = new Spread(spread.by(), fewer, max, true, spread.weight());
            add(
                    spread.name(),
                    "lower minDomains from " + spread.minDomains() + " to " + fewer,
                    false,
                    c -> withSpread(c, spread, wider));
        }
        Spread soft = new Spread(spread.by(), spread.minDomains(), max, false, Math.max(1, spread.weight()));
        add(spread.name(), "make it a preference (whenUnsatisfiable: prefer)", true, c -> withSpread(c, spread, soft));
    }

    private void survival(Survival goal) {
        for (int keep = goal.keep() - 1; keep >= 1; keep--) {
            Survival weaker = new Survival(goal.of(), goal.simultaneous(), keep);
            add(goal.name(), "keep " + keep + " instead of " + goal.keep(), false, c -> withSurvival(c, goal, weaker));
        }
        add(goal.name(), "give up surviving the loss of one " + goal.of(), true, c -> withSurvival(c, goal, null));
    }

    private void health(HealthRule rule) {
        HealthRule.Admit admit = rule.admit();
        if (admit != null) {
            List<Double> rates = question.inventory().providers().stream()
                    .map(p -> p.health().successRate())
                    .filter(rate -> rate != null && rate < admit.successRate().asDouble())
                    .sorted(Comparator.reverseOrder())
                    .distinct()
                    .toList();
            for (Double rate : rates) {
                Ratio lower = new Ratio((long) Math.floor(rate * 1e6));
                HealthRule.Admit weaker =
                        new HealthRule.Admit(lower, admit.window(), admit.minSamples(), admit.maxConsecutiveFailures());
                add(
                        "health.admit",
                        "lower successRate from " + admit.successRate().asDouble() + " to " + lower.asDouble(),
                        false,
                        c -> Classes.with(c, new HealthRule(weaker, rule.evict(), rule.vetting())));
            }
            add(
                    "health.admit",
                    "drop the admission rule",
                    true,
                    c -> Classes.with(c, new HealthRule(null, c.health().evict(), null)));
        } else if (rule.vetting() != null) {
            add(
                    "health.newProvider",
                    "drop the limit for new providers",
                    true,
                    c -> Classes.with(c, new HealthRule(null, c.health().evict(), null)));
        }
        if (rule.evict() != null) {
            add(
                    "health.evict",
                    "drop the eviction rule",
                    true,
                    c -> Classes.with(
                            c,
                            new HealthRule(c.health().admit(), null, c.health().vetting())));
        }
    }

    private void cordoned() {
        for (ProviderSnapshot provider : question.inventory().providers()) {
            if (provider.tier() == Tier.HOT && provider.state() == ProviderState.CORDONED) {
                found.add(new Relaxation(
                        "state",
                        "uncordon " + provider.id(),
                        false,
                        q -> new Question(
                                q.policy(), q.effective(), Classes.uncordoned(q.inventory(), provider), q.request())));
            }
        }
    }

    private SortedSet<String> valuesOf(String label) {
        SortedSet<String> values = new TreeSet<>();
        for (ProviderSnapshot provider : question.inventory().providers()) {
            String value = provider.label(label);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private SortedSet<Money> prices(Function<Price, Money> part, Money above) {
        SortedSet<Money> prices = new TreeSet<>();
        for (ProviderSnapshot listed : question.inventory().providers()) {
            Price price = PriceFilters.inCurrencyOf(question.policy(), question.inventory(), listed)
                    .price();
            if (price != null && listed.tier() == Tier.HOT && part.apply(price).compareTo(above) > 0) {
                prices.add(part.apply(price));
            }
        }
        return prices;
    }

    private static PlacementClass withConstraint(PlacementClass c, Constraint old, @Nullable Constraint replaced) {
        return Classes.withConstraints(c, Classes.replaced(c.constraints(), old, replaced));
    }

    private static PlacementClass withSpread(PlacementClass c, Spread old, Spread replaced) {
        return Classes.withSpread(c, Classes.replaced(c.spread(), old, replaced));
    }

    private static PlacementClass withSurvival(PlacementClass c, Survival old, @Nullable Survival replaced) {
        return Classes.withSurvival(c, Classes.replaced(c.survive(), old, replaced));
    }
}
