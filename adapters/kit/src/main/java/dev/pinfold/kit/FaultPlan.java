package dev.pinfold.kit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Which requests go wrong, and how. Rules are tried in the order in which they were given and the first that applies
 * decides; it can be changed while the upstream runs. Chances come from one seeded generator. Safe for many threads.
 */
public final class FaultPlan {
    private final List<Rule> rules = new ArrayList<>();
    private final Random random;

    FaultPlan(long seed) {
        random = new Random(seed);
    }

    /** Every request of this operation goes wrong in this way, until cleared. */
    public FaultPlan always(PsaOperation operation, PsaFault fault) {
        return add(new Rule(operation, fault, Long.MAX_VALUE, 1));
    }

    /** The next {@code count} requests of this operation go wrong in this way. */
    public FaultPlan next(PsaOperation operation, int count, PsaFault fault) {
        return add(new Rule(operation, fault, count, 1));
    }

    /** Each request of this operation goes wrong in this way with a chance between 0 and 1. */
    public FaultPlan sometimes(PsaOperation operation, double chance, PsaFault fault) {
        return add(new Rule(operation, fault, Long.MAX_VALUE, chance));
    }

    /** Every request of every operation goes wrong in this way. */
    public FaultPlan everywhere(PsaFault fault) {
        for (PsaOperation operation : PsaOperation.values()) {
            always(operation, fault);
        }
        return this;
    }

    /** All goes well again. */
    public synchronized FaultPlan clear() {
        rules.clear();
        return this;
    }

    /** All goes well again for this operation. */
    public synchronized FaultPlan clear(PsaOperation operation) {
        rules.removeIf(rule -> rule.operation == operation);
        return this;
    }

    synchronized Optional<PsaFault> draw(PsaOperation operation) {
        for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
            Rule rule = each.next();
            if (rule.operation == operation && (rule.chance >= 1 || random.nextDouble() < rule.chance)) {
                rule.left--;
                if (rule.left == 0) {
                    each.remove();
                }
                return Optional.of(rule.fault);
            }
        }
        return Optional.empty();
    }

    private synchronized FaultPlan add(Rule rule) {
        if (rule.left > 0) {
            rules.add(rule);
        }
        return this;
    }

    private static final class Rule {
        final PsaOperation operation;
        final PsaFault fault;
        final double chance;
        long left;

        Rule(PsaOperation operation, PsaFault fault, long left, double chance) {
            this.operation = operation;
            this.fault = fault;
            this.left = left;
            this.chance = chance;
        }
    }
}
