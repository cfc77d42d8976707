package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says what stands in the way of an infeasible placement. First every constraint is relaxed alone, by the smallest step
 * that helps: each that does is an alternative. If none does, all are dropped and put back one at a time as long as the
 * placement stays possible; what cannot be put back must give way together.
 */
final class ConflictFinder {
    /** A "what if" may be answered with "do not know"; a real decision has the search's own limit. */
    private static final long NODES_PER_TRY = 200_000;

    private final Question question;
    private final int copies;

    private ConflictFinder(Question question, int copies) {
        this.question = question;
        this.copies = copies;
    }

    /** Why {@code copies} hot copies cannot be placed. */
    static List<Plan.Conflict> find(Question question, int copies) {
        return new ConflictFinder(question, copies).find();
    }

    private List<Plan.Conflict> find() {
        List<Relaxation> all = Relaxations.of(question);
        Map<String, Plan.Conflict> alone = new LinkedHashMap<>();
        for (Relaxation step : all) {
            if (!alone.containsKey(step.constraint()) && possible(step.apply().apply(question), copies)) {
                alone.put(step.constraint(), new Plan.Conflict(step.constraint(), step.suggestion()));
            }
        }
        fewerCopies().ifPresent(conflict -> alone.put(conflict.constraint(), conflict));
        if (!alone.isEmpty()) {
            return List.copyOf(alone.values());
        }
        return together(all);
    }

    private Optional<Plan.Conflict> fewerCopies() {
        for (int fewer = copies - 1; fewer >= 1; fewer--) {
            if (possible(question, fewer)) {
                return Optional.of(
                        new Plan.Conflict("replicas", "ask for " + fewer + " instead of " + copies + " copies"));
            }
        }
        return Optional.empty();
    }

    private List<Plan.Conflict> together(List<Relaxation> all) {
        Set<Relaxation> dropped = new LinkedHashSet<>(all.stream()
                .filter(r -> r.full() || r.constraint().equals("state"))
                .toList());
        if (!possible(with(dropped), copies)) {
            return List.of(tooFewProviders(dropped));
        }
        for (Relaxation candidate : List.copyOf(dropped)) {
            dropped.remove(candidate);
            if (!possible(with(dropped), copies)) {
                dropped.add(candidate);
            }
        }
        List<Plan.Conflict> conflicts = new ArrayList<>();
        for (Relaxation needed : dropped) {
            conflicts.add(new Plan.Conflict(
                    needed.constraint(), needed.suggestion() + " (together with the others named here)"));
        }
        return conflicts;
    }

    private Plan.Conflict tooFewProviders(Set<Relaxation> dropped) {
        int usable = Eligibility.of(with(dropped), Tier.HOT).candidates().size();
        return new Plan.Conflict(
                "providers",
                copies + " copies are needed and even without any rule only " + usable
                        + " hot providers are usable: add providers, or bring back those that are down, full, unpriced"
                        + " or draining");
    }

    private Question with(Set<Relaxation> relaxations) {
        Question relaxed = question;
        for (Relaxation relaxation : relaxations) {
            relaxed = relaxation.apply().apply(relaxed);
        }
        return relaxed;
    }

    private static boolean possible(Question relaxed, int copies) {
        return new TierPlanner(relaxed, Tier.HOT, Ratio.ZERO).feasible(copies, NODES_PER_TRY);
    }
}
