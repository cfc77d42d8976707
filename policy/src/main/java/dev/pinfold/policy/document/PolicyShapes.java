package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Budget;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Rule;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The whole policy document. What spans several sections is checked in {@link CrossReferences}. */
final class PolicyShapes {
    private PolicyShapes() {}

    private static final Field<String> NAME = required("name", Scalars.NAME, "the policy's name");
    private static final Field<Long> REVISION =
            required("revision", Scalars.number(1, Long.MAX_VALUE / 2), "grows with every change; decisions record it");
    private static final Field<List<String>> OWNERS =
            optional("owners", Shapes.list(Scalars.TEXT, 0), List.of(), "who is asked about it");
    private static final Field<String> CHANGELOG =
            optional("changelog", Scalars.TEXT, "", "what this revision changed");

    private record Metadata(String name, long revision) {}

    private static final Shape<Metadata> METADATA = Shapes.object(
            "metadata",
            "Which policy this is.",
            List.of(NAME, REVISION, OWNERS, CHANGELOG),
            values -> new Metadata(values.get(NAME), values.get(REVISION)));

    private static final Field<Boolean> UNIT_SIZE =
            optional("size", Scalars.word(Map.of("binary", true)), true, "binary: 1 GiB is 2^30 bytes");
    private static final Field<String> CURRENCY = optional(
            "currency",
            Scalars.text("a currency label such as USD", "[A-Z]{3,8}"),
            "USD",
            "what amounts are counted in");
    private static final Field<Boolean> CLOCK =
            optional("clock", Scalars.word(Map.of("UTC", true)), true, "months begin at midnight UTC");
    private static final Shape<String> UNITS =
            Shapes.object("units", "Units.", List.of(UNIT_SIZE, CURRENCY, CLOCK), values -> values.get(CURRENCY));

    private static final Field<List<String>> LEVELS = optional(
            "levels", Shapes.list(Scalars.NAME, 1), List.of(), "labels that this document uses besides the usual ones");
    private static final Field<Policy.UnknownLabel> UNKNOWN_LABEL = optional(
            "unknownLabel",
            Scalars.word(Map.of(
                    "reject", Policy.UnknownLabel.REJECT,
                    "isolate", Policy.UnknownLabel.ISOLATE,
                    "ignore", Policy.UnknownLabel.IGNORE)),
            Policy.UnknownLabel.REJECT,
            "what an unknown label means for a hard spread");
    private static final Shape<Policy.UnknownLabel> FAILURE_DOMAINS = Shapes.object(
            "failureDomains",
            "What may fail together.",
            List.of(LEVELS, UNKNOWN_LABEL),
            values -> values.get(UNKNOWN_LABEL));

    private static final Field<Policy.WhenUnsatisfiable> WHEN = optional(
            "whenUnsatisfiable",
            Scalars.word(Map.of(
                    "reject", Policy.WhenUnsatisfiable.REJECT,
                    "degrade", Policy.WhenUnsatisfiable.DEGRADE,
                    "queue", Policy.WhenUnsatisfiable.QUEUE)),
            Policy.WhenUnsatisfiable.DEGRADE,
            "degrade takes min copies when target cannot be met; reject and queue do not");
    private static final Field<Long> ASSUME_SIZE =
            optional("assumeSize", Scalars.SIZE, 1L << 30, "size reckoned with while a pin's own is unknown");

    private record Defaults(Policy.WhenUnsatisfiable when, long assumedSize) {}

    private static final Defaults DEFAULTS = new Defaults(Policy.WhenUnsatisfiable.DEGRADE, 1L << 30);
    private static final Shape<Defaults> DEFAULTS_SHAPE = Shapes.object(
            "defaults",
            "What holds when nothing else is said.",
            List.of(WHEN, ASSUME_SIZE),
            values -> new Defaults(values.get(WHEN), values.get(ASSUME_SIZE)));

    private static final Field<Duration> STALE_AFTER =
            optional("staleAfter", Scalars.DURATION, Duration.ofDays(90), "older prices are flagged");
    private static final Field<Duration> FX_MAX_AGE =
            optional("fxMaxAge", Scalars.DURATION, Duration.ofDays(1), "older exchange rates are not used");

    private record Freshness(Duration prices, Duration rates) {}

    private static final Freshness FRESH = new Freshness(Duration.ofDays(90), Duration.ofDays(1));
    private static final Shape<Freshness> CATALOG = Shapes.object(
            "catalogUse",
            "How old catalog facts may be.",
            List.of(STALE_AFTER, FX_MAX_AGE),
            values -> new Freshness(values.get(STALE_AFTER), values.get(FX_MAX_AGE)));

    private static final Field<String> API_VERSION =
            required("apiVersion", Scalars.word(Map.of("pinfold/v1", "pinfold/v1")), "pinfold/v1");
    private static final Field<String> KIND =
            required("kind", Scalars.word(Map.of("PolicySet", "PolicySet")), "PolicySet");
    private static final Field<Metadata> METADATA_FIELD = required("metadata", METADATA, "name and revision");
    private static final Field<String> UNITS_FIELD = optional("units", UNITS, "USD", "units");
    private static final Field<Policy.UnknownLabel> DOMAINS_FIELD =
            optional("failureDomains", FAILURE_DOMAINS, Policy.UnknownLabel.REJECT, "what may fail together");
    private static final Field<Defaults> DEFAULTS_FIELD =
            optional("defaults", DEFAULTS_SHAPE, DEFAULTS, "what holds when nothing else is said");
    private static final Field<Freshness> CATALOG_FIELD =
            optional("catalog", CATALOG, FRESH, "how old catalog facts may be");
    private static final Field<SortedMap<String, PlacementClass>> CLASSES = required(
            "classes",
            Shapes.map("class name", Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), ClassShapes.CLASS, 1),
            "placement classes by name");
    private static final Field<List<RuleShapes.LocatedRule>> RULES =
            required("rules", Shapes.list(RuleShapes.RULE, 1), "rules; the last one matches everything");

    private static final List<Field<?>> FIELDS = List.of(
            API_VERSION,
            KIND,
            METADATA_FIELD,
            UNITS_FIELD,
            DOMAINS_FIELD,
            DEFAULTS_FIELD,
            CATALOG_FIELD,
            CLASSES,
            RULES,
            BudgetShapes.BUDGETS,
            UpkeepShapes.REPAIR,
            UpkeepShapes.REBALANCE,
            UpkeepShapes.DRAINS,
            UpkeepShapes.AUDIT,
            UpkeepShapes.ROLLOUT,
            BudgetShapes.DURABILITY,
            TestShapes.TESTS);

    static final Shape<PolicyDocument> POLICY =
            Shapes.object("policy", "A placement policy.", FIELDS, PolicyShapes::document);

    private static @Nullable PolicyDocument document(ObjectShape.Values values) {
        List<RuleShapes.LocatedRule> rules = values.get(RULES);
        SortedMap<String, PlacementClass> classes = named(values.get(CLASSES));
        List<Shapes.Located<Budget>> budgets = values.get(BudgetShapes.BUDGETS);
        if (!new CrossReferences(values.problems()).check(rules, values.at(RULES), classes, budgets)) {
            return null;
        }
        List<Rule> plain = rules.stream().map(RuleShapes.LocatedRule::rule).toList();
        Policy policy = new Policy(
                values.get(METADATA_FIELD).name(),
                values.get(METADATA_FIELD).revision(),
                values.get(UNITS_FIELD),
                values.get(DOMAINS_FIELD),
                values.get(DEFAULTS_FIELD).when(),
                values.get(DEFAULTS_FIELD).assumedSize(),
                values.get(CATALOG_FIELD).prices(),
                values.get(CATALOG_FIELD).rates(),
                classes,
                plain,
                budgets.stream().map(Shapes.Located::value).toList(),
                new Upkeep(
                        values.get(UpkeepShapes.REPAIR),
                        values.get(UpkeepShapes.REBALANCE),
                        values.get(UpkeepShapes.DRAINS),
                        values.get(UpkeepShapes.AUDIT),
                        values.get(UpkeepShapes.ROLLOUT)),
                values.get(BudgetShapes.DURABILITY));
        return new PolicyDocument(policy, values.get(TestShapes.TESTS));
    }

    private static SortedMap<String, PlacementClass> named(SortedMap<String, PlacementClass> unnamed) {
        SortedMap<String, PlacementClass> named = new TreeMap<>();
        unnamed.forEach((name, c) -> named.put(
                name,
                new PlacementClass(
                        name,
                        c.hot(),
                        c.constraints(),
                        c.spread(),
                        c.survive(),
                        c.prefer(),
                        c.costBand(),
                        c.health(),
                        c.price(),
                        c.cold(),
                        c.retrieval(),
                        c.repairable())));
        return named;
    }
}
