package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.HealthRule;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Preference;
import dev.pinfold.policy.PriceRule;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Spread;
import dev.pinfold.policy.Survival;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The language of hot copies, apart from constraints: numbers, spread, survival, preferences, health, price. */
final class HotShapes {
    /** Most copies of one tier; keeps the exact search exact. */
    static final int MOST_COPIES = 16;

    private HotShapes() {}

    /** Replica numbers as written; checked against the rest of the class by {@link ClassShapes}. */
    record Replicas(int min, int target, int max) {}

    private static final Field<Integer> MIN =
            optional("min", Scalars.integer(1, MOST_COPIES), "below this the pin is degraded and repaired at once");
    private static final Field<Integer> TARGET =
            required("target", Scalars.integer(1, MOST_COPIES), "the number of copies a placement aims at");
    private static final Field<Integer> MAX =
            optional("max", Scalars.integer(1, MOST_COPIES), "existing copies up to this number may stay");

    static final Shape<Replicas> REPLICAS =
            Shapes.object("replicas", "How many copies.", List.of(MIN, TARGET, MAX), values -> {
                int target = values.get(TARGET);
                Integer min = values.getOrNull(MIN);
                Integer max = values.getOrNull(MAX);
                if (min != null && min > target) {
                    return values.wrong(MIN, "min " + min + " is above target " + target);
                }
                if (max != null && max < target) {
                    return values.wrong(MAX, "max " + max + " is below target " + target);
                }
                return new Replicas(min == null ? target : min, target, max == null ? target : max);
            });

    /** When the client is told. */
    record AckRule(int pinnedAt, HotGoal.Ack by) {}

    private static final Field<Integer> PINNED_AT = required(
            "pinnedAt", Scalars.integer(1, MOST_COPIES), "the client sees 'pinned' with this many counting copies");
    private static final Field<HotGoal.Ack> BY = optional(
            "by",
            Scalars.word(Map.of("claimed", HotGoal.Ack.CLAIMED, "verified", HotGoal.Ack.VERIFIED)),
            HotGoal.Ack.VERIFIED,
            "which copies count: those the provider claims, or those we fetched and hashed");

    static final Shape<AckRule> ACK = Shapes.object(
            "ack",
            "When the client is told that the pin is safe.",
            List.of(PINNED_AT, BY),
            values -> new AckRule(values.get(PINNED_AT), values.get(BY)));

    private static final Field<String> SPREAD_BY = required("by", Labels.LABEL, "the label whose values are domains");
    private static final Field<Integer> MIN_DOMAINS =
            optional("minDomains", Scalars.integer(1, MOST_COPIES), 1, "least number of different known values");
    private static final Field<Integer> MAX_PER_DOMAIN =
            optional("maxPerDomain", Scalars.integer(1, MOST_COPIES), "most copies per value");
    private static final Field<Boolean> WHEN = optional(
            "whenUnsatisfiable",
            Scalars.word(Map.of("reject", true, "prefer", false)),
            true,
            "reject makes the rule hard, prefer makes every violation cost its weight");
    private static final Field<Integer> SPREAD_WEIGHT =
            optional("weight", Scalars.integer(1, 1000), 10, "points per violation of a preferred spread");

    static final Shape<Spread> SPREAD = Shapes.object(
            "spread",
            "Spreads copies over the values of a label.",
            List.of(SPREAD_BY, MIN_DOMAINS, MAX_PER_DOMAIN, WHEN, SPREAD_WEIGHT),
            values -> {
                Integer most = values.getOrNull(MAX_PER_DOMAIN);
                if (most == null && !values.has(MIN_DOMAINS)) {
                    return values.wrong(SPREAD_BY, "a spread needs maxPerDomain or minDomains, or it says nothing");
                }
                if (values.get(WHEN) && values.has(SPREAD_WEIGHT)) {
                    return values.wrong(SPREAD_WEIGHT, "a hard spread has no weight; write whenUnsatisfiable: prefer");
                }
                return new Spread(
                        values.get(SPREAD_BY),
                        values.get(MIN_DOMAINS),
                        most,
                        values.get(WHEN),
                        values.get(SPREAD_WEIGHT));
            });

    private static final Field<Integer> SIMULTANEOUS =
            optional("simultaneous", Scalars.integer(1, MOST_COPIES), 1, "how many values are lost at once");
    private static final Field<Integer> KEEP =
            optional("keep", Scalars.integer(1, MOST_COPIES), 1, "copies that must be left");
    private static final Field<SortedSet<String>> OF =
            required("of", Shapes.oneOrMore(Labels.LABEL), "the labels whose values may be lost");

    static final Shape<List<Survival>> SURVIVE = Shapes.object(
            "survive",
            "Survival goals: after losing any so many values of a label, copies are left.",
            List.of(SIMULTANEOUS, KEEP, OF),
            values -> values.get(OF).stream()
                    .map(label -> new Survival(label, values.get(SIMULTANEOUS), values.get(KEEP)))
                    .toList());

    private static final Field<SortedMap<String, SortedSet<String>>> PREFER_LABEL =
            optional("label", Labels.VALUES, "providers with this label value gain the weight");
    private static final Field<Preference.Reading> METRIC = optional(
            "metric",
            Scalars.word(Map.of(
                    "retrieval.p95Ms", Preference.Reading.RETRIEVAL_P95_MS,
                    "successRate", Preference.Reading.SUCCESS_RATE,
                    "egressPerGiB", Preference.Reading.EGRESS_PER_GIB,
                    "usedBytes", Preference.Reading.USED_BYTES)),
            "a reading that is normalised over the candidates");
    private static final Field<Boolean> LOWER = optional(
            "direction",
            Scalars.word(Map.of("lower", true, "higher", false)),
            "whether lower or higher readings are better");
    private static final Field<Boolean> OWN_NODE =
            optional("ownNode", Scalars.BOOLEAN, "the operator's own nodes gain the weight");
    private static final Field<Integer> WEIGHT = required("weight", Scalars.integer(1, 1000), "points");

    static final Shape<Preference> PREFER = Shapes.object(
            "preference",
            "A soft wish; decides between sets inside the cost band.",
            List.of(PREFER_LABEL, METRIC, LOWER, OWN_NODE, WEIGHT),
            HotShapes::preference);

    private static @Nullable Preference preference(ObjectShape.Values values) {
        SortedMap<String, SortedSet<String>> label = values.getOrNull(PREFER_LABEL);
        Preference.Reading metric = values.getOrNull(METRIC);
        int said = (label == null ? 0 : 1) + (metric == null ? 0 : 1) + (values.has(OWN_NODE) ? 1 : 0);
        if (said != 1) {
            return values.wrong(WEIGHT, "a preference is exactly one of label, metric or ownNode");
        }
        int weight = values.get(WEIGHT);
        if (label != null) {
            SortedSet<String> wanted = label.firstEntry().getValue();
            if (label.size() != 1 || wanted.size() != 1) {
                return values.wrong(PREFER_LABEL, "a preference names one label with one value");
            }
            return new Preference.Label(label.firstKey(), wanted.first(), weight);
        }
        Boolean lower = values.getOrNull(LOWER);
        if (metric != null) {
            return lower == null
                    ? values.wrong(METRIC, "a metric needs its direction: lower or higher")
                    : new Preference.Metric(metric, lower, weight);
        }
        return Boolean.TRUE.equals(values.getOrNull(OWN_NODE))
                ? new Preference.OwnNode(weight)
                : values.wrong(OWN_NODE, "ownNode is true, or the preference is left out");
    }

    private static final Field<Ratio> SUCCESS_RATE =
            required("successRate", Comparisons.atLeastShare(), "least share of successful calls, such as \">=0.98\"");
    private static final Field<Duration> ADMIT_WINDOW =
            optional("window", Scalars.DURATION, Duration.ofDays(1), "time the share is measured over");
    private static final Field<Integer> MIN_SAMPLES =
            optional("minSamples", Scalars.integer(0, 1_000_000), 1, "calls the share must rest on");
    private static final Field<Integer> MAX_FAILURES = optional(
            "maxConsecutiveFailures", Scalars.integer(0, 1_000_000), 1_000_000, "failures in a row that are tolerated");

    private static final Shape<HealthRule.Admit> ADMIT = Shapes.object(
            "admit",
            "What a provider must show before it takes new copies.",
            List.of(SUCCESS_RATE, ADMIT_WINDOW, MIN_SAMPLES, MAX_FAILURES),
            values -> new HealthRule.Admit(
                    values.get(SUCCESS_RATE),
                    values.get(ADMIT_WINDOW),
                    values.get(MIN_SAMPLES),
                    values.get(MAX_FAILURES)));

    private static final Field<Integer> AUDIT_FAILURES =
            required("auditFailures", Scalars.integer(1, 1_000_000), "failed audits");
    private static final Field<Duration> AUDIT_WINDOW =
            optional("window", Scalars.DURATION, Duration.ofDays(1), "time in which they are counted");

    private record AuditTrigger(int failures, Duration window) {}

    private static final Shape<AuditTrigger> AUDIT_TRIGGER = Shapes.object(
            "auditTrigger",
            "Eviction by failed audits.",
            List.of(AUDIT_FAILURES, AUDIT_WINDOW),
            values -> new AuditTrigger(values.get(AUDIT_FAILURES), values.get(AUDIT_WINDOW)));

    private static final Field<Duration> UNHEALTHY_FOR =
            optional("unhealthyFor", Scalars.DURATION, "length of an unhealthy spell");
    private static final Field<AuditTrigger> OR = optional("or", AUDIT_TRIGGER, "the other reason to leave");

    private static final Shape<HealthRule.Evict> EVICT =
            Shapes.object("evict", "When existing copies must leave.", List.of(UNHEALTHY_FOR, OR), values -> {
                AuditTrigger audits = values.getOrNull(OR);
                Duration spell = values.getOrNull(UNHEALTHY_FOR);
                if (audits == null && spell == null) {
                    values.problems().add(values.at(), "evict needs unhealthyFor, or, or both");
                    return null;
                }
                return new HealthRule.Evict(
                        spell, audits == null ? null : audits.failures(), audits == null ? null : audits.window());
            });

    private static final Field<Integer> PINS = optional("pins", Scalars.integer(0, 1_000_000_000), 0, "replicas held");
    private static final Field<Integer> DAYS = optional("days", Scalars.integer(0, 36_500), 0, "days in the catalog");

    private record Until(int pins, int days) {}

    private static final Shape<Until> UNTIL = Shapes.object(
            "until",
            "When a provider is no longer new.",
            List.of(PINS, DAYS),
            values -> new Until(values.get(PINS), values.get(DAYS)));

    private static final Field<Ratio> MAX_SHARE =
            required("maxShare", Scalars.SHARE, "share of all pins that may use a new provider");
    private static final Field<Until> UNTIL_FIELD = required("until", UNTIL, "when it is no longer new");

    private static final Shape<HealthRule.Vetting> VETTING = Shapes.object(
            "newProvider",
            "The share that providers without a record may take.",
            List.of(MAX_SHARE, UNTIL_FIELD),
            values -> {
                Until until = values.get(UNTIL_FIELD);
                return values.get(MAX_SHARE).compareTo(Ratio.ONE) > 0
                        ? values.wrong(MAX_SHARE, "a share of pins is at most 100%")
                        : new HealthRule.Vetting(values.get(MAX_SHARE), until.pins(), until.days());
            });

    private static final Field<HealthRule.Admit> ADMIT_FIELD = optional("admit", ADMIT, "who may take new copies");
    private static final Field<HealthRule.Evict> EVICT_FIELD = optional("evict", EVICT, "who loses copies");
    private static final Field<HealthRule.Vetting> NEW_PROVIDER =
            optional("newProvider", VETTING, "how new providers are tried");

    static final Shape<HealthRule> HEALTH = Shapes.object(
            "health",
            "Admission and eviction by health. What was not measured satisfies no rule.",
            List.of(ADMIT_FIELD, EVICT_FIELD, NEW_PROVIDER),
            values -> new HealthRule(
                    values.getOrNull(ADMIT_FIELD), values.getOrNull(EVICT_FIELD), values.getOrNull(NEW_PROVIDER)));

    private static final Field<Money> STORAGE = optional("storagePerGiBMonth", Scalars.MONEY, "highest storage price");
    private static final Field<Money> EGRESS = optional("egressPerGiB", Scalars.MONEY, "highest egress price");
    private static final Field<Boolean> ON_CEILING = optional(
            "onCeiling",
            Scalars.word(Map.of("filter", false, "freeze", true)),
            false,
            "filter moves existing copies too, freeze only takes no new ones");

    private static final Shape<PriceRule.Ceiling> CEILING = Shapes.object(
            "ceiling",
            "The highest prices. A price that is unknown is above every ceiling.",
            List.of(STORAGE, EGRESS, ON_CEILING),
            values -> {
                if (!values.has(STORAGE) && !values.has(EGRESS)) {
                    values.problems().add(values.at(), "a ceiling needs storagePerGiBMonth or egressPerGiB");
                    return null;
                }
                return new PriceRule.Ceiling(
                        values.getOrNull(STORAGE), values.getOrNull(EGRESS), values.get(ON_CEILING));
            });

    private static final Field<Ratio> JUMP = required("jump", Scalars.SHARE, "a raise beyond this share is gouging");
    private static final Field<Duration> WITHIN =
            required("within", Scalars.DURATION, "age of the earlier price at most");
    private static final Field<Boolean> ACTION = optional(
            "action",
            Scalars.word(Map.of("freezeNewPlacements", false, "evict", true)),
            false,
            "what happens to a provider that did");

    private static final Shape<PriceRule.Gouging> GOUGING = Shapes.object(
            "gouging",
            "The guard against sudden raises.",
            List.of(JUMP, WITHIN, ACTION),
            values -> new PriceRule.Gouging(values.get(JUMP), values.get(WITHIN), values.get(ACTION)));

    private static final Field<PriceRule.Ceiling> CEILING_FIELD = optional("ceiling", CEILING, "the highest prices");
    private static final Field<PriceRule.Gouging> GOUGING_FIELD = optional("gouging", GOUGING, "guard against raises");

    static final Shape<PriceRule> PRICE = Shapes.object(
            "priceRule",
            "What the class pays at most.",
            List.of(CEILING_FIELD, GOUGING_FIELD),
            values -> new PriceRule(values.getOrNull(CEILING_FIELD), values.getOrNull(GOUGING_FIELD)));
}
