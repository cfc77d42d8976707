package dev.pinfold.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the rule for a pin and applies what the pin's meta may override, clamped to what the operator allows. */
final class RuleMatcher {
    /** Meta key for the number of copies. */
    static final String REPLICAS = "pinfold.replicas";

    /** Meta key for the jurisdictions data may lie in, comma-separated. */
    static final String RESIDENCY = "pinfold.residency";

    /** Meta key for the instant the pin expires. */
    static final String EXPIRE_AT = "pinfold.expireAt";

    private RuleMatcher() {}

    /**
     * A matched rule with its overrides applied.
     *
     * @param rule the rule that decided
     * @param effective its class after overrides
     * @param retention its retention after overrides
     * @param notes what was clamped or ignored
     * @param refused a wish that cannot be granted and must not be ignored either; null when there is none
     */
    record Matched(
            Rule rule,
            PlacementClass effective,
            Retention retention,
            List<String> notes,
            Plan.@Nullable Conflict refused) {}

    static Matched match(Policy policy, Inventory inventory, PlacementRequest request) {
        MetaOverrides allowed = MetaOverrides.NONE;
        for (Rule rule : policy.rules()) {
            if (!rule.match().matches(request)) {
                continue;
            }
            allowed = allowed.and(rule.allowMeta());
            String className = rule.placementClass();
            if (className != null) {
                PlacementClass base = policy.placementClass(className)
                        .orElseThrow(() -> new IllegalStateException("class of rule " + rule.name() + " is missing"));
                return new Overriding(allowed, request, inventory.asOf()).apply(rule, base);
            }
        }
        throw new IllegalStateException("the policy has no rule that matches everything");
    }

    static SortedSet<String> jurisdictions(String asked) {
        SortedSet<String> wanted = new TreeSet<>();
        for (String part : asked.split(",", -1)) {
            wanted.add(part.strip());
        }
        return wanted;
    }

    static Constraint residency(SortedSet<String> jurisdictions) {
        return new Constraint.Residency("meta." + RESIDENCY, new TreeMap<>(Map.of("jurisdiction", jurisdictions)));
    }

    /** Applies the meta overrides of one request one after the other. */
    private static final class Overriding {
        private final MetaOverrides allowed;
        private final PlacementRequest request;
        private final Instant now;
        private final List<String> notes = new ArrayList<>();
        private Plan.@Nullable Conflict refused;

        Overriding(MetaOverrides allowed, PlacementRequest request, Instant now) {
            this.allowed = allowed;
            this.request = request;
            this.now = now;
        }

        Matched apply(Rule rule, PlacementClass base) {
            HotGoal hot = replicas(base.hot());
            List<Constraint> constraints = new ArrayList<>(base.constraints());
            Constraint residency = residency();
            if (residency != null) {
                constraints.add(residency);
            }
            PlacementClass effective = new PlacementClass(
                    base.name(),
                    hot,
                    constraints,
                    base.spread(),
                    base.survive(),
                    base.prefer(),
                    base.costBand(),
                    base.health(),
                    base.price(),
                    base.cold(),
                    base.retrieval(),
                    base.repairable());
            return new Matched(rule, effective, expiry(rule.retention()), notes, refused);
        }

        private HotGoal replicas(HotGoal goal) {
            String asked = request.meta().get(REPLICAS);
            MetaOverrides.Bounds bounds = allowed.replicas();
            if (asked == null) {
                return goal;
            }
            if (bounds == null) {
                notes.add(REPLICAS + " is ignored: no rule allows it");
                return goal;
            }
            if (!asked.matches("[0-9]{1,4}")) {
                notes.add(REPLICAS + " is ignored: not a whole number");
                return goal;
            }
            int wanted = bounds.clamp(Integer.parseInt(asked));
            if (!asked.equals(Integer.toString(wanted))) {
                notes.add(REPLICAS + " " + asked + " was clamped to " + wanted);
            }
            return goal.withTarget(wanted);
        }

        /** A wish for residency narrows. One that is not allowed refuses the pin: ignoring it would place data elsewhere. */
        private @Nullable Constraint residency() {
            String asked = request.meta().get(RESIDENCY);
            if (asked == null) {
                return null;
            }
            SortedSet<String> wanted = jurisdictions(asked);
            if (!allowed.residency().containsAll(wanted)) {
                refused = new Plan.Conflict(
                        "meta." + RESIDENCY,
                        allowed.residency().isEmpty()
                                ? "remove it from the pin's meta, or allow it with allowMeta in a rule"
                                : "ask for " + String.join(", ", allowed.residency()) + " only, not for " + asked);
                return null;
            }
            return RuleMatcher.residency(wanted);
        }

        private Retention expiry(Retention retention) {
            String asked = request.meta().get(EXPIRE_AT);
            Duration longest = allowed.expireWithin();
            if (asked == null) {
                return retention;
            }
            if (longest == null) {
                notes.add(EXPIRE_AT + " is ignored: no rule allows it");
                return retention;
            }
            try {
                Duration wanted = Duration.between(now, Instant.parse(asked));
                Duration life = wanted.isNegative() ? Duration.ZERO : wanted;
                if (life.compareTo(longest) > 0) {
                    notes.add(EXPIRE_AT + " was clamped to " + longest.toDays() + " days from now");
                    life = longest;
                }
                return new Retention(life, retention.keepLast(), retention.deleteGrace(), retention.legalHold());
            } catch (DateTimeParseException e) {
                notes.add(EXPIRE_AT + " is ignored: not an instant such as 2027-01-31T00:00:00Z");
                return retention;
            }
        }
    }
}
