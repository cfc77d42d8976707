package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Constraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The language of hard constraints: each has a name and says exactly one thing. */
final class ConstraintShapes {
    private ConstraintShapes() {}

    private static final Field<SortedSet<String>> JURISDICTION =
            optional("jurisdiction", Shapes.oneOrMore(Labels.VALUE), "allowed jurisdictions");
    private static final Field<SortedSet<String>> COUNTRY =
            optional("country", Shapes.oneOrMore(Labels.VALUE), "allowed countries");
    private static final Field<SortedSet<String>> REGION =
            optional("region", Shapes.oneOrMore(Labels.VALUE), "allowed regions");
    private static final Field<SortedSet<String>> APPLY_TO = optional(
            "applyTo",
            Shapes.oneOrMore(Scalars.word(Map.of("data", "data", "metadata", "metadata"))),
            "data, metadata or both; a provider that may not hold the data is not told about it either");
    private static final Field<Boolean> FAIL_CLOSED =
            optional("failClosed", Scalars.BOOLEAN, "always true: a provider whose place is unknown is never used");

    private static final Shape<SortedMap<String, SortedSet<String>>> RESIDENCY = Shapes.object(
            "residency",
            "Where copies may be. A label that is unknown satisfies nothing.",
            List.of(JURISDICTION, COUNTRY, REGION, APPLY_TO, FAIL_CLOSED),
            values -> {
                SortedMap<String, SortedSet<String>> allowed = new TreeMap<>();
                for (Field<SortedSet<String>> label : List.of(JURISDICTION, COUNTRY, REGION)) {
                    SortedSet<String> wanted = values.getOrNull(label);
                    if (wanted != null) {
                        allowed.put(label.name(), wanted);
                    }
                }
                if (allowed.isEmpty()) {
                    values.problems().add(values.at(), "residency needs jurisdiction, country or region");
                    return null;
                }
                return Boolean.FALSE.equals(values.getOrNull(FAIL_CLOSED))
                        ? values.wrong(
                                FAIL_CLOSED,
                                "residency always fails closed: an unknown place never satisfies it. Remove the key")
                        : allowed;
            });

    private static final Field<Long> SIZE_MIN = optional("min", Scalars.SIZE, "smallest pin, inclusive");
    private static final Field<Long> SIZE_MAX = optional("max", Scalars.SIZE, "largest pin, inclusive");

    /** Both ends may be open. */
    private record Range(@Nullable Long min, @Nullable Long max) {}

    private static final Shape<Range> SIZE =
            Shapes.object("sizeRange", "Sizes of pins this class takes.", List.of(SIZE_MIN, SIZE_MAX), values -> {
                Long min = values.getOrNull(SIZE_MIN);
                Long max = values.getOrNull(SIZE_MAX);
                if (min == null && max == null) {
                    values.problems().add(values.at(), "size needs min or max");
                    return null;
                }
                return min != null && max != null && min > max
                        ? values.wrong(SIZE_MAX, "max is below min, so no pin would fit")
                        : new Range(min, max);
            });

    private static final Field<String> NAME = required("name", Scalars.NAME, "how explanations call it");
    private static final Field<SortedMap<String, SortedSet<String>>> RESIDENCY_FIELD =
            optional("residency", RESIDENCY, "where copies may be");
    private static final Field<Labels.Selection> EXCLUDE =
            optional("exclude", Labels.SELECTION, "providers that match any entry are out on every path");
    private static final Field<Labels.Selection> REQUIRE =
            optional("require", Labels.SELECTION, "providers must match every entry");
    private static final Field<Range> SIZE_FIELD = optional("size", SIZE, "the pin's size must lie in this range");
    private static final Field<ExpressionText.Compiled> EXPR =
            optional("expr", new ExpressionText(), "a CEL predicate over provider and pin");

    static final Shape<Constraint> CONSTRAINT = Shapes.object(
            "constraint",
            "A hard, named filter over providers.",
            List.of(NAME, RESIDENCY_FIELD, EXCLUDE, REQUIRE, SIZE_FIELD, EXPR),
            ConstraintShapes::constraint);

    private static @Nullable Constraint constraint(ObjectShape.Values values) {
        String name = values.get(NAME);
        List<Constraint> said = new ArrayList<>();
        SortedMap<String, SortedSet<String>> residency = values.getOrNull(RESIDENCY_FIELD);
        if (residency != null) {
            said.add(new Constraint.Residency(name, residency));
        }
        Labels.Selection exclude = values.getOrNull(EXCLUDE);
        if (exclude != null) {
            said.add(new Constraint.Exclude(name, exclude.providers(), exclude.labels(), exclude.capabilities()));
        }
        Labels.Selection require = values.getOrNull(REQUIRE);
        if (require != null) {
            said.add(new Constraint.Require(name, require.providers(), require.labels(), require.capabilities()));
        }
        Range size = values.getOrNull(SIZE_FIELD);
        if (size != null) {
            said.add(new Constraint.SizeRange(name, size.min(), size.max()));
        }
        ExpressionText.Compiled expression = values.getOrNull(EXPR);
        if (expression != null) {
            said.add(new Constraint.Expression(name, expression.text(), expression.condition()));
        }
        return said.size() == 1
                ? said.getFirst()
                : values.wrong(NAME, "a constraint says exactly one of residency, exclude, require, size or expr");
    }
}
