package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Constraint;
import dev.pinfold.policy.HealthRule;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Preference;
import dev.pinfold.policy.PriceRule;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.RetrievalRule;
import dev.pinfold.policy.Spread;
import dev.pinfold.policy.Survival;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The language of a placement class, and the checks that its parts do not contradict each other. */
final class ClassShapes {
    private ClassShapes() {}

    private static final Field<HotShapes.Replicas> REPLICAS =
            required("replicas", HotShapes.REPLICAS, "how many hot copies: {min, target, max}");
    private static final Field<HotShapes.AckRule> ACK =
            optional("ack", HotShapes.ACK, "when the client is told that the pin is safe");
    private static final Field<List<Constraint>> CONSTRAINTS = optional(
            "constraints", Shapes.list(ConstraintShapes.CONSTRAINT, 0), List.of(), "hard filters, in this order");
    private static final Field<List<Spread>> SPREAD =
            optional("spread", Shapes.list(HotShapes.SPREAD, 0), List.of(), "how copies are spread");
    private static final Field<List<Survival>> SURVIVE =
            optional("survive", HotShapes.SURVIVE, List.of(), "what the copies survive");
    private static final Field<List<Preference>> PREFER =
            optional("prefer", Shapes.list(HotShapes.PREFER, 0), List.of(), "soft wishes");
    private static final Field<Ratio> COST_BAND = optional(
            "costBand", Scalars.SHARE, Ratio.of("2%"), "how far above the cheapest set a preferred one may cost");
    private static final Field<HealthRule> HEALTH =
            optional("health", HotShapes.HEALTH, HealthRule.NONE, "admission and eviction by health");
    private static final Field<PriceRule> PRICE =
            optional("price", HotShapes.PRICE, PriceRule.NONE, "what the class pays at most");

    /** The hot section. */
    private record Hot(
            HotGoal goal,
            List<Constraint> constraints,
            List<Spread> spread,
            List<Survival> survive,
            List<Preference> prefer,
            Ratio costBand,
            HealthRule health,
            PriceRule price) {}

    private static final Shape<Hot> HOT = Shapes.object(
            "hot",
            "Hot copies.",
            List.of(REPLICAS, ACK, CONSTRAINTS, SPREAD, SURVIVE, PREFER, COST_BAND, HEALTH, PRICE),
            ClassShapes::hot);

    private static @Nullable Hot hot(ObjectShape.Values values) {
        HotShapes.Replicas replicas = values.get(REPLICAS);
        HotShapes.AckRule ack = values.getOrNull(ACK);
        int pinnedAt = ack == null ? replicas.min() : ack.pinnedAt();
        if (pinnedAt > replicas.target()) {
            return values.wrong(ACK, "ack asks for " + pinnedAt + " copies, but the target is " + replicas.target());
        }
        if (!constraintsAgree(values) || !spreadAgrees(values, replicas) || !survivalAgrees(values, replicas)) {
            return null;
        }
        HotGoal goal = new HotGoal(
                replicas.min(),
                replicas.target(),
                replicas.max(),
                ack == null ? HotGoal.Ack.VERIFIED : ack.by(),
                pinnedAt);
        return new Hot(
                goal,
                values.get(CONSTRAINTS),
                values.get(SPREAD),
                values.get(SURVIVE),
                values.get(PREFER),
                values.get(COST_BAND),
                values.get(HEALTH),
                values.get(PRICE));
    }

    private static boolean constraintsAgree(ObjectShape.Values values) {
        Set<String> names = new HashSet<>();
        for (Constraint constraint : values.get(CONSTRAINTS)) {
            if (!names.add(constraint.name())) {
                values.wrong(CONSTRAINTS, "two constraints are called '" + constraint.name() + "'");
                return false;
            }
        }
        return true;
    }

    private static boolean spreadAgrees(ObjectShape.Values values, HotShapes.Replicas replicas) {
        Set<String> labels = new HashSet<>();
        for (Spread spread : values.get(SPREAD)) {
            if (!labels.add(spread.by() + spread.hard())) {
                values.wrong(
                        SPREAD,
                        "there are two " + (spread.hard() ? "hard" : "preferred") + " spreads by " + spread.by()
                                + "; write one");
                return false;
            }
            if (spread.hard() && spread.minDomains() > replicas.target()) {
                values.wrong(
                        SPREAD,
                        spread.name() + " asks for " + spread.minDomains() + " domains, but the target is "
                                + replicas.target() + " copies: no set can satisfy both");
                return false;
            }
        }
        return true;
    }

    private static boolean survivalAgrees(ObjectShape.Values values, HotShapes.Replicas replicas) {
        for (Survival goal : values.get(SURVIVE)) {
            int needed = goal.keep() + goal.simultaneous();
            if (needed > replicas.target()) {
                values.wrong(
                        SURVIVE,
                        goal.name() + " needs at least " + needed + " copies (" + goal.keep() + " left after losing "
                                + goal.simultaneous() + "), but the target is " + replicas.target());
                return false;
            }
        }
        return true;
    }

    private static final Field<Integer> RACE_HOT =
            optional("hot", Scalars.integer(1, 3), 3, "most hot sources in flight at once");
    private static final Field<Hedge> HEDGE = optional(
            "hedgeAfter",
            new HedgeShape(),
            new Hedge(null),
            "wait before the next source: p95 (the source's own) or a duration");
    private static final Field<Duration> COLD_AFTER =
            optional("coldAfter", Scalars.DURATION, Duration.ofSeconds(5), "wait before cold sources start");
    private static final Field<Boolean> VERIFY = optional(
            "verify", Scalars.word(Map.of("always", true)), true, "always: nothing unverified leaves the broker");

    private record Hedge(@Nullable Duration after) {}

    private static final class HedgeShape extends Shape<Hedge> {
        @Override
        @Nullable
        Hedge read(Node node, Problems problems) {
            if (node instanceof Node.Scalar scalar && scalar.text().equals("p95")) {
                return new Hedge(null);
            }
            Duration after = Scalars.DURATION.read(node, problems);
            return after == null ? null : new Hedge(after);
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return Map.of("anyOf", List.of(Map.of("const", "p95"), Scalars.DURATION.schema(definitions)));
        }
    }

    private static final Shape<RetrievalRule> RACE = Shapes.object(
            "race",
            "How sources race.",
            List.of(RACE_HOT, HEDGE, COLD_AFTER, VERIFY),
            values -> new RetrievalRule(values.get(RACE_HOT), values.get(HEDGE).after(), values.get(COLD_AFTER)));
    private static final Field<RetrievalRule> RACE_FIELD =
            optional("race", RACE, RetrievalRule.DEFAULT, "how sources race");
    private static final Shape<RetrievalRule> RETRIEVAL =
            Shapes.object("retrieval", "How content is read.", List.of(RACE_FIELD), values -> values.get(RACE_FIELD));

    private static final Field<Hot> HOT_FIELD = required("hot", HOT, "hot copies");
    private static final Field<ColdShapes.Cold> COLD_FIELD =
            optional("cold", ColdShapes.COLD, new ColdShapes.Cold(null), "cold copies on Filecoin");
    private static final Field<RetrievalRule> RETRIEVAL_FIELD =
            optional("retrieval", RETRIEVAL, RetrievalRule.DEFAULT, "how content is read");
    private static final Field<Boolean> REPAIRABLE =
            optional("repairable", Scalars.BOOLEAN, true, "whether lost copies are replaced");

    /** A class that does not know its name yet: the key it stands under. */
    static final Shape<PlacementClass> CLASS = Shapes.object(
            "class",
            "A reusable kind of placement.",
            List.of(HOT_FIELD, COLD_FIELD, RETRIEVAL_FIELD, REPAIRABLE),
            values -> {
                Hot hot = values.get(HOT_FIELD);
                return new PlacementClass(
                        "",
                        hot.goal(),
                        hot.constraints(),
                        hot.spread(),
                        hot.survive(),
                        hot.prefer(),
                        hot.costBand(),
                        hot.health(),
                        hot.price(),
                        values.get(COLD_FIELD).goal(),
                        values.get(RETRIEVAL_FIELD),
                        values.get(REPAIRABLE));
            });
}
