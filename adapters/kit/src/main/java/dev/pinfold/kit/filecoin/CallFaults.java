package dev.pinfold.kit.filecoin;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which calls go wrong, and how; counts all of them. A node's calls go by their method, {@code ClientStartDeal}, a
 * provider's by their route: {@code mk12/store}, {@code mk12/status}, {@code mk12/ask}, {@code mk20/deal}, {@code
 * mk20/status}, {@code mk20/upload}, {@code mk20/info}, {@code piece}, {@code ipfs}. Safe for many threads.
 */
public final class CallFaults {
    private static final class Rule {
        final String call;
        final CallFault fault;
        int left;

        Rule(String call, CallFault fault, int left) {
            this.call = call;
            this.fault = fault;
            this.left = left;
        }
    }

    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    CallFaults() {}

    /** The next {@code count} of these calls go wrong in this way. */
    public synchronized CallFaults next(String call, int count, CallFault fault) {
        if (count > 0) {
            rules.add(new Rule(call, fault, count));
        }
        return this;
    }

    /** All of these calls go wrong in this way until {@link #clear}. */
    public CallFaults always(String call, CallFault fault) {
        return next(call, Integer.MAX_VALUE, fault);
    }

    /** All goes well again. */
    public synchronized CallFaults clear() {
        rules.clear();
        return this;
    }

    /** How many of these calls came, those that went wrong included. */
    public synchronized int count(String call) {
        return counts.getOrDefault(call, 0);
    }

    /** All calls that came, and how often. */
    public synchronized Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }

    synchronized @Nullable CallFault draw(String call) {
        counts.merge(call, 1, Integer::sum);
        for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
            Rule rule = each.next();
            if (rule.call.equals(call)) {
                rule.left--;
                if (rule.left == 0) {
                    each.remove();
                }
                return rule.fault;
            }
        }
        return null;
    }
}
