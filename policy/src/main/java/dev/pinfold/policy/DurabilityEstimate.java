package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Estimates how safe a set of full copies is: independent losses, one shock to everything under one label value, and a
 * common cause that no number of copies helps against. The dominating term is named. Domain terms treat a missing label
 * as not shared, so an inventory without labels looks better than it is; spread rules reject it anyway.
 */
final class DurabilityEstimate {
    private final DurabilityModel model;
    private final List<ProviderSnapshot> copies;
    private final double window;

    private DurabilityEstimate(DurabilityModel model, List<ProviderSnapshot> copies) {
        this.model = model;
        this.copies = copies;
        window = model.repairWindow().toSeconds() / (365.25 * 86_400);
    }

    static Plan.Durability of(DurabilityModel model, List<ProviderSnapshot> copies) {
        if (copies.isEmpty()) {
            return Plan.Durability.NOTHING;
        }
        return new DurabilityEstimate(model, copies).estimate();
    }

    private record Term(double loss, String words) {}

    private Plan.Durability estimate() {
        List<Term> terms = new ArrayList<>();
        terms.add(independent());
        terms.addAll(shocks());
        terms.add(new Term(model.commonPerYear(), "causes common to all copies (own bug, leaked key, court order)"));
        double total = 0;
        Term worst = terms.getFirst();
        for (Term term : terms) {
            total += term.loss();
            worst = term.loss() > worst.loss() ? term : worst;
        }
        double nines = -StrictMath.log10(Math.min(1, total));
        return new Plan.Durability(Math.floor(nines * 10 + 1e-9) / 10, worst.words(), availability());
    }

    /** One copy is lost, and all others too before it is replaced. */
    private Term independent() {
        double sum = 0;
        for (ProviderSnapshot first : copies) {
            double others = lossRate(first);
            for (ProviderSnapshot other : copies) {
                others *= other.equals(first) ? 1 : lostWithinWindow(lossRate(other));
            }
            sum += others;
        }
        return new Term(
                sum, copies.size() == 1 ? "a single copy" : "independent loss of all " + copies.size() + " copies");
    }

    /** Everything under one value of a label is lost at once, and the rest before it is replaced. */
    private List<Term> shocks() {
        List<Term> terms = new ArrayList<>();
        for (Map.Entry<String, Double> level : model.shockPerYear().entrySet()) {
            Map<String, List<ProviderSnapshot>> domains = copies.stream()
                    .filter(p -> p.label(level.getKey()) != null)
                    .collect(Collectors.groupingBy(
                            p -> String.valueOf(p.label(level.getKey())), java.util.TreeMap::new, Collectors.toList()));
            domains.forEach((value, inside) -> {
                double loss = level.getValue();
                for (ProviderSnapshot other : copies) {
                    if (!inside.contains(other)) {
                        loss *= lostWithinWindow(lossRate(other) + level.getValue());
                    }
                }
                terms.add(new Term(loss, words(level.getKey(), value, inside.size())));
            });
        }
        return terms;
    }

    private String words(String level, String value, int inside) {
        return inside == copies.size()
                ? (inside == 1 ? "the only copy is" : "all " + inside + " copies are") + " in one " + level + " ("
                        + value + ")"
                : inside + " of " + copies.size() + " copies in one " + level + " (" + value + ")";
    }

    private double lossRate(ProviderSnapshot provider) {
        return provider.tier() == Tier.HOT ? model.lossPerYear() : model.coldLossPerYear();
    }

    private double lostWithinWindow(double perYear) {
        return 1 - StrictMath.exp(-perYear * window);
    }

    /** Chance that at least one hot copy answers, from the Wilson lower bound of each success rate. */
    private double availability() {
        double allDown = 1;
        Map<String, Double> worstOfOrg = new HashMap<>();
        for (ProviderSnapshot copy : copies) {
            if (copy.tier() == Tier.HOT) {
                String org = copy.label("org");
                worstOfOrg.merge(org == null ? "?" + copy.id() : org, 1 - wilsonLowerBound(copy.health()), Math::min);
            }
        }
        if (worstOfOrg.isEmpty()) {
            return 0;
        }
        for (double down : new java.util.TreeMap<>(worstOfOrg).values()) {
            allDown *= down;
        }
        return Math.floor((1 - allDown) * 1e6) / 1e6;
    }

    /** 95 % lower bound; an unmeasured provider is taken to answer nine times out of ten. */
    private static double wilsonLowerBound(Health health) {
        Double rate = health.successRate();
        double n = health.samples();
        if (rate == null || n <= 0) {
            return 0.9;
        }
        double z = 1.96;
        double centre = rate + z * z / (2 * n);
        double margin = z * StrictMath.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
        return Math.max(0, (centre - margin) / (1 + z * z / n));
    }
}
