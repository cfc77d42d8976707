package dev.pinfold.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The plainest reading of the rules: try every set. Written apart from the engine, over the public values only, so that
 * the two can disagree.
 */
final class BruteForce {
    private final PlacementClass rules;
    private final PlacementRequest request;
    private final List<ProviderSnapshot> usable = new ArrayList<>();

    BruteForce(Policy policy, Inventory inventory, PlacementRequest request) {
        this.rules = policy.classes().firstEntry().getValue();
        this.request = request;
        for (ProviderSnapshot p : inventory.providers()) {
            if (mayHold(p, request.existing().contains(p.id()))) {
                usable.add(p);
            }
        }
    }

    /** Whether the provider passes every hard filter that the random worlds use. */
    boolean mayHold(ProviderSnapshot p, boolean holds) {
        for (Constraint c : rules.constraints()) {
            if (c instanceof Constraint.Residency && !"EU".equals(p.labels().get("jurisdiction"))) {
                return false;
            }
            if (c instanceof Constraint.Exclude
                    && (p.id().equals("p0") || "o1".equals(p.labels().get("org")))) {
                return false;
            }
        }
        for (Spread s : rules.spread()) {
            if (s.hard() && !p.labels().containsKey(s.by())) {
                return false;
            }
        }
        Price price = p.price();
        PriceRule.Ceiling ceiling = rules.price().ceiling();
        if (price == null
                || (ceiling != null
                        && price.storagePerGiBMonth().picos() > Money.of("0.03").picos())) {
            return false;
        }
        return state(p, holds) && (holds || takesNew(p));
    }

    private static boolean state(ProviderSnapshot p, boolean holds) {
        return p.state() == ProviderState.ACTIVE || (holds && p.state() == ProviderState.CORDONED);
    }

    private boolean takesNew(ProviderSnapshot p) {
        Long size = request.sizeBytes();
        Long maxBytes = p.limits().maxDagBytes();
        Long maxPins = p.limits().maxPins();
        if ((size != null && maxBytes != null && size > maxBytes)
                || (maxPins != null && p.usage().pins() >= maxPins)) {
            return false;
        }
        if (rules.health().admit() == null) {
            return true;
        }
        Double rate = p.health().successRate();
        return rate != null && rate >= 0.95 && p.health().samples() >= 50;
    }

    BigDecimal cost(ProviderSnapshot p) {
        Price price = java.util.Objects.requireNonNull(p.price());
        long size = request.sizeBytes() == null ? 1L << 30 : request.sizeBytes();
        BigDecimal storage = new BigDecimal(price.storagePerGiBMonth().toString())
                .multiply(BigDecimal.valueOf(size))
                .divide(BigDecimal.valueOf(1L << 30), 12, RoundingMode.CEILING);
        BigDecimal fees = new BigDecimal(price.perPin().toString());
        boolean holds = request.existing().contains(p.id());
        if (p.usage().pins() == 0 && !holds) {
            fees = fees.add(new BigDecimal(price.fixedMonthly().toString()));
        }
        return storage.add(fees);
    }

    BigDecimal cost(List<ProviderSnapshot> set) {
        return set.stream().map(this::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** Every valid set of that size. */
    List<List<ProviderSnapshot>> validSets(int size) {
        List<List<ProviderSnapshot>> valid = new ArrayList<>();
        collect(size, 0, new ArrayList<>(), valid);
        return valid;
    }

    private void collect(int size, int from, List<ProviderSnapshot> picked, List<List<ProviderSnapshot>> into) {
        if (picked.size() == size) {
            if (valid(picked)) {
                into.add(List.copyOf(picked));
            }
            return;
        }
        for (int i = from; i < usable.size(); i++) {
            picked.add(usable.get(i));
            collect(size, i + 1, picked, into);
            picked.removeLast();
        }
    }

    boolean valid(List<ProviderSnapshot> set) {
        for (Spread spread : rules.spread()) {
            Map<String, Integer> counts = counts(set, spread.by());
            int most = counts.values().stream().max(Integer::compare).orElse(0);
            if (spread.hard()
                    && (counts.size() < spread.minDomains()
                            || (spread.maxPerDomain() != null && most > spread.maxPerDomain()))) {
                return false;
            }
        }
        for (Survival goal : rules.survive()) {
            Set<String> values = new HashSet<>(counts(set, goal.of()).keySet());
            for (String lost : values) {
                long left = set.stream()
                        .filter(p -> p.labels().containsKey(goal.of()))
                        .filter(p -> !lost.equals(p.labels().get(goal.of())))
                        .count();
                if (left < goal.keep()) {
                    return false;
                }
            }
            if (values.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Integer> counts(List<ProviderSnapshot> set, String label) {
        Map<String, Integer> counts = new HashMap<>();
        for (ProviderSnapshot p : set) {
            String value = p.labels().get(label);
            if (value != null) {
                counts.merge(value, 1, Integer::sum);
            }
        }
        return counts;
    }

    /** The cheapest cost among sets, if there is one. */
    Optional<BigDecimal> cheapest(List<List<ProviderSnapshot>> sets) {
        return sets.stream().map(this::cost).min(BigDecimal::compareTo);
    }

    int holders() {
        return (int)
                usable.stream().filter(p -> request.existing().contains(p.id())).count();
    }

    int kept(List<ProviderSnapshot> set) {
        return (int)
                set.stream().filter(p -> request.existing().contains(p.id())).count();
    }

    /** The size the engine must reach: the largest possible one between min and what is wanted. */
    int size() {
        int wanted =
                Math.max(rules.hot().target(), Math.min(holders(), rules.hot().max()));
        for (int size = wanted; size >= rules.hot().min(); size--) {
            if (!validSets(size).isEmpty()) {
                return size;
            }
        }
        return 0;
    }
}
