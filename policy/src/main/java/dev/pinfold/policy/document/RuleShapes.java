package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Glob;
import dev.pinfold.policy.Match;
import dev.pinfold.policy.MetaOverrides;
import dev.pinfold.policy.Priority;
import dev.pinfold.policy.Retention;
import dev.pinfold.policy.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The language of rules: what they match, which class they give, what meta may override, how long pins live. */
final class RuleShapes {
    private RuleShapes() {}

    private static final Pattern META_KEY = Pattern.compile("[^\\p{Cntrl}]{1,128}");

    /** Tokens by name, or by label. */
    private record Tokens(SortedSet<String> names, SortedMap<String, String> labels) {}

    private static final Shape<SortedSet<String>> NAMES = Shapes.oneOrMore(Scalars.NAME);
    private static final Field<SortedMap<String, String>> TOKEN_LABEL =
            required("label", Shapes.map("label", META_KEY, Labels.VALUE, 1), "labels the token must have");
    private static final Shape<Tokens> TOKENS = Shapes.mappingOr(
            Shapes.object(
                    "tokenLabels",
                    "Tokens by label.",
                    List.of(TOKEN_LABEL),
                    values -> new Tokens(new TreeSet<>(), values.get(TOKEN_LABEL))),
            new NamedTokens());

    private static final class NamedTokens extends Shape<Tokens> {
        @Override
        @Nullable
        Tokens read(Node node, Problems problems) {
            SortedSet<String> names = NAMES.read(node, problems);
            return names == null ? null : new Tokens(names, new TreeMap<>());
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return NAMES.schema(definitions);
        }
    }

    private static final Field<String> GLOB_TEXT = required(
            "glob", Scalars.text("a pattern of at most 256 characters", ".{1,256}"), "* any run, ? one character");
    private static final Shape<String> GLOB = Shapes.mappingOr(
            Shapes.object("glob", "A name pattern.", List.of(GLOB_TEXT), values -> values.get(GLOB_TEXT)),
            Scalars.text("a pattern of at most 256 characters", ".{1,256}"));

    private static final Field<SortedSet<String>> IN =
            required("in", Shapes.oneOrMore(Labels.VALUE), "one of these values");
    private static final Shape<SortedSet<String>> META_VALUES = Shapes.mappingOr(
            Shapes.object("metaIn", "Values of a meta key.", List.of(IN), values -> values.get(IN)),
            Shapes.oneOrMore(Labels.VALUE));

    private static final Field<Long> LT = optional("lt", Scalars.SIZE, "smaller than");
    private static final Field<Long> LTE = optional("lte", Scalars.SIZE, "at most");
    private static final Field<Long> GT = optional("gt", Scalars.SIZE, "larger than");
    private static final Field<Long> GTE = optional("gte", Scalars.SIZE, "at least");

    private static final Shape<Match.SizeBounds> SIZE = Shapes.object(
            "sizeMatch",
            "A range of sizes. A pin of unknown size never matches.",
            List.of(LT, LTE, GT, GTE),
            RuleShapes::bounds);

    private static Match.@Nullable SizeBounds bounds(ObjectShape.Values values) {
        Long lt = values.getOrNull(LT);
        Long lte = values.getOrNull(LTE);
        Long gt = values.getOrNull(GT);
        Long gte = values.getOrNull(GTE);
        if ((lt != null && lte != null) || (gt != null && gte != null)) {
            return values.wrong(lt == null ? GT : LT, "write lt or lte, and gt or gte, not both");
        }
        long min = gt != null ? gt + 1 : gte != null ? gte : 0;
        long max = lt != null ? lt - 1 : lte != null ? lte : Long.MAX_VALUE;
        if (min > max) {
            values.problems().add(values.at(), "no size lies in this range");
            return null;
        }
        return new Match.SizeBounds(min, max);
    }

    private static final Field<Tokens> MATCH_TOKENS = optional("tokens", TOKENS, "names of tokens, or their labels");
    private static final Field<SortedSet<String>> MATCH_TENANTS =
            optional("tenants", NAMES, new TreeSet<>(), "names of tenants");
    private static final Field<String> MATCH_NAME = optional("name", GLOB, "a pattern over the pin's name");
    private static final Field<SortedMap<String, SortedSet<String>>> MATCH_META =
            optional("meta", Shapes.map("meta key", META_KEY, META_VALUES, 1), new TreeMap<>(), "values of meta keys");
    private static final Field<Match.SizeBounds> MATCH_SIZE = optional("size", SIZE, "a range of sizes");

    private static final Shape<Match> MATCH = Shapes.object(
            "match",
            "Which pins; every part must match. {} matches all.",
            List.of(MATCH_TOKENS, MATCH_TENANTS, MATCH_NAME, MATCH_META, MATCH_SIZE),
            values -> {
                Tokens tokens = values.getOrNull(MATCH_TOKENS);
                String glob = values.getOrNull(MATCH_NAME);
                return new Match(
                        tokens == null ? new TreeSet<>() : tokens.names(),
                        tokens == null ? new TreeMap<>() : tokens.labels(),
                        values.get(MATCH_TENANTS),
                        glob == null ? null : new Glob(glob),
                        values.get(MATCH_META),
                        values.getOrNull(MATCH_SIZE));
            });

    private static final Field<Integer> BOUND_MIN =
            optional("min", Scalars.integer(1, HotShapes.MOST_COPIES), 1, "least number");
    private static final Field<Integer> BOUND_MAX =
            required("max", Scalars.integer(1, HotShapes.MOST_COPIES), "highest number");
    private static final Shape<MetaOverrides.Bounds> BOUNDS =
            Shapes.object("bounds", "Inclusive bounds.", List.of(BOUND_MIN, BOUND_MAX), values -> {
                return values.get(BOUND_MIN) > values.get(BOUND_MAX)
                        ? values.wrong(BOUND_MIN, "min is above max")
                        : new MetaOverrides.Bounds(values.get(BOUND_MIN), values.get(BOUND_MAX));
            });
    private static final Field<Duration> MAX_IN = required("maxIn", Scalars.DURATION, "longest life");
    private static final Field<MetaOverrides.Bounds> META_REPLICAS =
            optional("pinfold.replicas", BOUNDS, "how many copies a pin may ask for");
    private static final Field<SortedSet<String>> META_RESIDENCY = optional(
            "pinfold.residency",
            Shapes.oneOrMore(Labels.VALUE),
            new TreeSet<>(),
            "jurisdictions a pin may ask for; a wish narrows, it never widens");
    private static final Field<Duration> META_EXPIRE = optional(
            "pinfold.expireAt",
            Shapes.object("expireAt", "Bounds of a life.", List.of(MAX_IN), values -> values.get(MAX_IN)),
            "how long a life a pin may ask for");

    private static final Shape<MetaOverrides> ALLOW_META = Shapes.object(
            "allowMeta",
            "What a pin's meta may override, clamped to these bounds.",
            List.of(META_REPLICAS, META_RESIDENCY, META_EXPIRE),
            values -> new MetaOverrides(
                    values.getOrNull(META_REPLICAS), values.get(META_RESIDENCY), values.getOrNull(META_EXPIRE)));

    private static final Field<Boolean> MODE = required(
            "mode",
            Scalars.word(Map.of("untilDeleted", false, "expireAfter", true)),
            "whether pins expire by themselves");
    private static final Field<Duration> AFTER = optional("after", Scalars.DURATION, "life of a pin");
    private static final Field<Integer> KEEP_LAST =
            optional("keepLast", Scalars.integer(0, 1_000_000), 0, "so many newest pins stay even when expired");
    private static final Field<Duration> GRACE =
            optional("deleteGrace", Scalars.DURATION, Duration.ZERO, "how long copies stay upstream after a deletion");
    private static final Field<Boolean> LEGAL_HOLD =
            optional("legalHold", Scalars.BOOLEAN, false, "nothing is deleted while true");

    private static final Shape<Retention> RETENTION = Shapes.object(
            "retention", "How long pins live.", List.of(MODE, AFTER, KEEP_LAST, GRACE, LEGAL_HOLD), values -> {
                Duration after = values.getOrNull(AFTER);
                if (values.get(MODE) && after == null) {
                    return values.wrong(MODE, "expireAfter needs 'after', such as after: 30d");
                }
                if (!values.get(MODE) && (after != null || values.has(KEEP_LAST))) {
                    return values.wrong(MODE, "'after' and 'keepLast' belong to mode: expireAfter");
                }
                return new Retention(after, values.get(KEEP_LAST), values.get(GRACE), values.get(LEGAL_HOLD));
            });

    private static final Field<String> NAME = required("name", Scalars.NAME, "the rule's name");
    private static final Field<Match> MATCH_FIELD = required("match", MATCH, "which pins; {} is all of them");
    private static final Field<Shapes.Located<String>> CLASS =
            optional("class", Shapes.located(Scalars.NAME), "the class that matching pins get");
    private static final Field<Boolean> CONTINUE =
            optional("continue", Scalars.BOOLEAN, false, "true: add allowMeta and go on to the next rule");
    private static final Field<MetaOverrides> ALLOW_META_FIELD =
            optional("allowMeta", ALLOW_META, MetaOverrides.NONE, "what the pin's meta may override");
    private static final Field<Retention> RETENTION_FIELD =
            optional("retention", RETENTION, Retention.UNTIL_DELETED, "how long pins live");
    private static final Field<Priority> PRIORITY = optional(
            "priority",
            Scalars.word(Map.of("high", Priority.HIGH, "normal", Priority.NORMAL, "low", Priority.LOW)),
            Priority.NORMAL,
            "order of work");

    /**
     * A rule with the places that checks across the document point at.
     *
     * @param rule the rule
     * @param at where the rule begins
     * @param classAt where its class is named
     */
    record LocatedRule(Rule rule, Node.Position at, Node.Position classAt) {}

    static final Shape<LocatedRule> RULE = Shapes.object(
            "rule",
            "Which class a pin gets; the first match decides.",
            List.of(NAME, MATCH_FIELD, CLASS, CONTINUE, ALLOW_META_FIELD, RETENTION_FIELD, PRIORITY),
            RuleShapes::rule);

    private static @Nullable LocatedRule rule(ObjectShape.Values values) {
        Shapes.Located<String> named = values.getOrNull(CLASS);
        if (values.get(CONTINUE) == (named != null)) {
            return values.wrong(
                    NAME,
                    named == null
                            ? "a rule needs a class, or continue: true"
                            : "a rule with continue: true goes on to the next one and has no class");
        }
        Rule rule = new Rule(
                values.get(NAME),
                values.get(MATCH_FIELD),
                named == null ? null : named.value(),
                values.get(ALLOW_META_FIELD),
                values.get(RETENTION_FIELD),
                values.get(PRIORITY));
        return new LocatedRule(rule, values.at(), values.at(CLASS));
    }
}
