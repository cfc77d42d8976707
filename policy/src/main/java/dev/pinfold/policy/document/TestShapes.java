package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Spending;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The language of the {@code tests:} section. */
final class TestShapes {
    private TestShapes() {}

    private static final Shape<String> ANY = Scalars.text("a text of at most 4096 characters", "(?s).{0,4096}");
    private static final Shape<SortedMap<String, String>> TEXTS =
            Shapes.map("key", Pattern.compile("(?s).{1,256}"), ANY, 0);
    private static final Field<String> TOKEN = optional("token", ANY, "", "the token's name");
    private static final Field<String> TENANT = optional("tenant", ANY, "", "the tenant's name");
    private static final Field<SortedMap<String, String>> TOKEN_LABELS =
            optional("tokenLabels", TEXTS, new TreeMap<>(), "labels of the token");
    private static final Field<String> PIN_NAME = optional("name", ANY, "", "the pin's name");
    private static final Field<SortedMap<String, String>> META =
            optional("meta", TEXTS, new TreeMap<>(), "the pin's meta");
    private static final Field<String> CID = optional("cid", ANY, "bafkreitest", "the CID; seeds the tie-break");
    private static final Field<Long> SIZE = optional("size", Scalars.SIZE, "the DAG's size; left out it is unknown");
    private static final Field<List<String>> EXISTING =
            optional("existing", Shapes.list(Scalars.NAME, 0), List.of(), "providers that hold a copy now");
    private static final Field<Money> SPENT =
            optional("spentThisMonth", Scalars.MONEY, Money.ZERO, "spent this month, in every budget");

    private static final Shape<PlacementRequest> GIVEN = Shapes.object(
            "given",
            "The pin of a test.",
            List.of(TOKEN, TENANT, TOKEN_LABELS, PIN_NAME, META, CID, SIZE, EXISTING, SPENT),
            values -> new PlacementRequest(
                    values.get(TOKEN),
                    values.get(TENANT),
                    values.get(TOKEN_LABELS),
                    values.get(PIN_NAME),
                    values.get(META),
                    values.get(CID),
                    values.getOrNull(SIZE),
                    values.get(EXISTING),
                    Spending.of(values.get(SPENT)),
                    true));

    private static final Shape<PolicyTest.Bound> BOUND = new BoundShape();

    /** A test on every provider: labels, or an expression. */
    private record Every(SortedMap<String, SortedSet<String>> labels, ExpressionText.@Nullable Compiled expression) {}

    private static final Shape<Every> EVERY = Shapes.mappingOr(new EveryLabels(), new EveryExpression());

    private static final class EveryLabels extends Shape<Every> {
        @Override
        @Nullable
        Every read(Node node, Problems problems) {
            SortedMap<String, SortedSet<String>> labels = Labels.VALUES.read(node, problems);
            return labels == null ? null : new Every(labels, null);
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return Labels.VALUES.schema(definitions);
        }
    }

    private static final class EveryExpression extends Shape<Every> {
        private final Shape<ExpressionText.Compiled> expression = new ExpressionText();

        @Override
        @Nullable
        Every read(Node node, Problems problems) {
            ExpressionText.Compiled compiled = expression.read(node, problems);
            return compiled == null ? null : new Every(new TreeMap<>(), compiled);
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return expression.schema(definitions);
        }
    }

    private static final Shape<SortedSet<String>> NAMES = Shapes.set(Scalars.NAME, 0);
    private static final Field<PolicyTest.Bound> COUNT = optional("count", BOUND, "how many, such as 3 or \">=2\"");
    private static final Field<Every> EVERY_PROVIDER = optional(
            "everyProvider", EVERY, "labels with allowed values, or a CEL predicate, that every one satisfies");
    private static final Field<List<String>> DISTINCT =
            optional("distinct", Shapes.list(Labels.LABEL, 0), List.of(), "labels in which all differ");
    private static final Field<SortedSet<String>> EXACTLY = optional("exactly", NAMES, "the providers, all of them");
    private static final Field<SortedSet<String>> INCLUDES =
            optional("includes", NAMES, new TreeSet<>(), "providers that are among them");
    private static final Field<SortedSet<String>> EXCLUDES =
            optional("excludes", NAMES, new TreeSet<>(), "providers that are not");

    private static final Shape<PolicyTest.Placed> PLACED = Shapes.object(
            "placed",
            "About the copies of one tier.",
            List.of(COUNT, EVERY_PROVIDER, DISTINCT, EXACTLY, INCLUDES, EXCLUDES),
            values -> {
                Every every = values.getOrNull(EVERY_PROVIDER);
                ExpressionText.Compiled expression = every == null ? null : every.expression();
                return new PolicyTest.Placed(
                        values.getOrNull(COUNT),
                        every == null ? new TreeMap<>() : every.labels(),
                        expression == null ? null : expression.text(),
                        expression == null ? null : expression.condition(),
                        values.get(DISTINCT),
                        values.getOrNull(EXACTLY),
                        values.get(INCLUDES),
                        values.get(EXCLUDES));
            });

    private static final Field<String> DECISION = optional(
            "decision",
            Scalars.word(Map.of("place", "place", "downgrade", "downgrade", "queue", "queue", "reject", "reject")),
            "what is done");
    private static final Field<String> REASON = optional("reason", Scalars.NAME, "the constraint behind it");
    private static final Field<String> RULE = optional("rule", Scalars.NAME, "the rule that matches");
    private static final Field<String> CLASS = optional("class", Scalars.NAME, "the class that is used");
    private static final Field<PolicyTest.Placed> PLACED_FIELD = optional("placed", PLACED, "about the hot copies");
    private static final Field<PolicyTest.Placed> COLD = optional("cold", PLACED, "about the cold copies");
    private static final Field<PolicyTest.Bound> COST = optional("costPerMonth", BOUND, "such as \"<0.60\"");
    private static final Field<PolicyTest.Bound> NINES = optional("durabilityNines", BOUND, "such as \">=5\"");
    private static final Field<SortedSet<String>> CONFLICT =
            optional("conflict", NAMES, "constraints that the conflict names");
    private static final Field<SortedMap<String, String>> EXCLUDED_BY = optional(
            "excludedBy",
            Shapes.map("provider", Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}"), Scalars.NAME, 1),
            new TreeMap<>(),
            "provider to the constraint that keeps it out");
    private static final Field<PolicyTest.Bound> REMAINING =
            optional("remaining", BOUND, "copies left after the loss, such as \">=2\"");
    private static final Field<Boolean> REPAIR =
            optional("repairPossible", Scalars.BOOLEAN, "whether the minimum can be reached again");

    private static final Field<Duration> EXPIRES =
            optional("expiresAfter", Scalars.DURATION, "life of the pin by its rule");

    private static final Shape<PolicyTest.Expect> EXPECT = Shapes.object(
            "expect",
            "What must hold.",
            List.of(
                    DECISION,
                    REASON,
                    RULE,
                    CLASS,
                    PLACED_FIELD,
                    COLD,
                    COST,
                    NINES,
                    CONFLICT,
                    EXCLUDED_BY,
                    REMAINING,
                    REPAIR,
                    EXPIRES),
            values -> new PolicyTest.Expect(
                    values.getOrNull(DECISION),
                    values.getOrNull(REASON),
                    values.getOrNull(RULE),
                    values.getOrNull(CLASS),
                    values.getOrNull(PLACED_FIELD),
                    values.getOrNull(COLD),
                    values.getOrNull(COST),
                    values.getOrNull(NINES),
                    values.getOrNull(CONFLICT),
                    values.get(EXCLUDED_BY),
                    values.getOrNull(REMAINING),
                    values.getOrNull(REPAIR),
                    values.getOrNull(EXPIRES)));

    private static final Shape<PolicyTest.World> WORLD = Shapes.mappingOr(new InlineWorld(), new FileWorld());

    private static final class InlineWorld extends Shape<PolicyTest.World> {
        @Override
        PolicyTest.@Nullable World read(Node node, Problems problems) {
            var inventory = InventoryShapes.INVENTORY.read(node, problems);
            return inventory == null ? null : new PolicyTest.World.Inline(inventory);
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return InventoryShapes.INVENTORY.schema(definitions);
        }
    }

    private static final class FileWorld extends Shape<PolicyTest.World> {
        private final Shape<String> path =
                Scalars.text("a path relative to this file, or an inventory", "[A-Za-z0-9._/-]{1,256}");

        @Override
        PolicyTest.@Nullable World read(Node node, Problems problems) {
            String file = path.read(node, problems);
            return file == null ? null : new PolicyTest.World.File(file);
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return path.schema(definitions);
        }
    }

    private static final Shape<SortedMap<String, SortedSet<String>>> PROVIDERS_BY_LABEL =
            Shapes.map("label", Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), Shapes.oneOrMore(Labels.VALUE), 1);
    private static final Field<SortedMap<String, SortedSet<String>>> FAIL =
            required("fail", PROVIDERS_BY_LABEL, "one label (or provider) and its value; * is each in turn");
    private static final Shape<PolicyTest.Loss> FOR_EACH =
            Shapes.object("forEach", "A loss after the placement.", List.of(FAIL), values -> {
                SortedMap<String, SortedSet<String>> fail = values.get(FAIL);
                SortedSet<String> lost = fail.firstEntry().getValue();
                return fail.size() != 1 || lost.size() != 1
                        ? values.wrong(FAIL, "name one label with one value, or with *")
                        : new PolicyTest.Loss(fail.firstKey(), lost.first());
            });

    private static final Field<String> NAME = required("name", Scalars.text("a sentence", ".{1,256}"), "what it shows");
    private static final Field<PolicyTest.World> INVENTORY =
            required("inventory", WORLD, "a recorded inventory: a path relative to this file, or written here");
    private static final Field<PlacementRequest> GIVEN_FIELD = required("given", GIVEN, "the pin");
    private static final Field<SortedMap<String, SortedSet<String>>> WITHOUT = optional(
            "without", PROVIDERS_BY_LABEL, new TreeMap<>(), "providers taken out first, by label or 'provider'");
    private static final Field<PolicyTest.Loss> FOR_EACH_FIELD =
            optional("forEach", FOR_EACH, "a loss after the placement");
    private static final Field<PolicyTest.Expect> EXPECT_FIELD = required("expect", EXPECT, "what must hold");

    static final Field<List<PolicyTest>> TESTS = optional(
            "tests",
            Shapes.list(
                    Shapes.object(
                            "test",
                            "A test that runs without network or credentials.",
                            List.of(NAME, INVENTORY, GIVEN_FIELD, WITHOUT, FOR_EACH_FIELD, EXPECT_FIELD),
                            TestShapes::test),
                    0),
            List.of(),
            "tests that run without network or credentials");

    private static @Nullable PolicyTest test(ObjectShape.Values values) {
        PolicyTest.Expect expect = values.get(EXPECT_FIELD);
        boolean aboutLoss = expect.remaining() != null || expect.repairPossible() != null;
        if (aboutLoss != values.has(FOR_EACH_FIELD)) {
            return values.wrong(EXPECT_FIELD, "forEach goes together with remaining or repairPossible");
        }
        return new PolicyTest(
                values.get(NAME),
                values.at().line(),
                values.get(INVENTORY),
                values.get(GIVEN_FIELD),
                values.get(WITHOUT),
                values.getOrNull(FOR_EACH_FIELD),
                expect);
    }

    private static final class BoundShape extends Shape<PolicyTest.Bound> {
        private static final Pattern PATTERN = Pattern.compile("(<=|>=|<|>|=)?\\s*([0-9]{1,9}(?:\\.[0-9]{1,12})?)");

        @Override
        PolicyTest.@Nullable Bound read(Node node, Problems problems) {
            if (node instanceof Node.Scalar scalar) {
                Matcher matcher = PATTERN.matcher(scalar.text());
                if (matcher.matches()) {
                    String sign = matcher.group(1) == null ? "=" : matcher.group(1);
                    return new PolicyTest.Bound(sign, new BigDecimal(matcher.group(2)));
                }
            }
            problems.add(node.at(), "must be a number or a comparison such as \"<0.60\", not " + node.kind());
            return null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", List.of("string", "number"));
            schema.put("pattern", "^(?:" + PATTERN.pattern() + ")$");
            return schema;
        }
    }
}
