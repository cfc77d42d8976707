package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Breaker;
import dev.pinfold.policy.Health;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Limits;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Price;
import dev.pinfold.policy.ProviderSnapshot;
import dev.pinfold.policy.ProviderState;
import dev.pinfold.policy.Tier;
import dev.pinfold.policy.Usage;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shape of {@code inventory.json}: a recorded catalog with prices, health and usage. */
final class InventoryShapes {
    private InventoryShapes() {}

    static final Shape<SortedMap<String, String>> LABELS =
            Shapes.map("label", Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), Labels.VALUE, 0);
    static final Field<String> ID = required("id", Scalars.NAME, "the provider's name");
    static final Field<Tier> TIER =
            optional("tier", Scalars.word(Map.of("hot", Tier.HOT, "cold", Tier.COLD)), Tier.HOT, "hot or cold");
    static final Field<SortedMap<String, String>> LABELS_FIELD =
            optional("labels", LABELS, new TreeMap<>(), "where and whose it is; a missing label is unknown");
    static final Field<SortedSet<String>> CAPABILITIES =
            optional("capabilities", Shapes.set(Labels.CAPABILITY, 0), new TreeSet<>(), "what it can do");

    private static final Field<Long> MAX_DAG =
            optional("maxDagBytes", Scalars.number(0, Long.MAX_VALUE), "largest DAG in bytes");
    private static final Field<Long> MAX_PINS =
            optional("maxPins", Scalars.number(0, Long.MAX_VALUE), "most pins the account may hold");
    static final Field<Limits> LIMITS = optional(
            "limits",
            Shapes.object(
                    "limits",
                    "What it refuses beyond.",
                    List.of(MAX_DAG, MAX_PINS),
                    values -> new Limits(values.getOrNull(MAX_DAG), values.getOrNull(MAX_PINS))),
            Limits.NONE,
            "what it refuses beyond");

    private static final Field<Money> STORAGE =
            required("storagePerGiBMonth", Scalars.MONEY, "stored GiB (2^30 bytes) per month");
    private static final Field<Money> EGRESS = optional("egressPerGiB", Scalars.MONEY, "read GiB");
    private static final Field<Money> PER_PIN = optional("perPin", Scalars.MONEY, Money.ZERO, "each pin per month");
    private static final Field<Money> FIXED =
            optional("fixedMonthly", Scalars.MONEY, Money.ZERO, "the plan's fee, owed with the first pin");
    private static final Field<String> CURRENCY = optional(
            "currency",
            Scalars.text("a currency label such as USD", "[A-Z]{3,8}"),
            "USD",
            "what prices are counted in");
    private static final Field<Instant> PRICE_AS_OF = optional("asOf", Scalars.INSTANT, "when somebody last looked");
    private static final Field<Instant> PREVIOUS_AS_OF = required("asOf", Scalars.INSTANT, "until when it was so");
    private static final Field<Price.Previous> PREVIOUS = optional(
            "previous",
            Shapes.object(
                    "previousPrice",
                    "The price before the last change.",
                    List.of(STORAGE, PREVIOUS_AS_OF),
                    values -> new Price.Previous(values.get(STORAGE), values.get(PREVIOUS_AS_OF))),
            "the price before the last change");
    private static final Field<String> CONFIDENCE = optional(
            "confidence",
            Scalars.word(Map.of("high", "high", "medium", "medium", "low", "low")),
            "medium",
            "how sure the source is");
    private static final Field<String> SOURCE = optional("source", Scalars.TEXT, "", "where the price was read");
    static final Field<Price> PRICE = optional(
            "price",
            Shapes.object(
                    "price",
                    "What it charges. Leave it out when nobody knows: the provider is then never chosen.",
                    List.of(STORAGE, EGRESS, PER_PIN, FIXED, CURRENCY, PRICE_AS_OF, PREVIOUS, CONFIDENCE, SOURCE),
                    values -> new Price(
                            values.get(STORAGE),
                            values.getOrNull(EGRESS),
                            values.get(PER_PIN),
                            values.get(FIXED),
                            values.get(CURRENCY),
                            values.getOrNull(PRICE_AS_OF),
                            values.getOrNull(PREVIOUS))),
            "what it charges");

    private static final Field<Double> SUCCESS_RATE =
            optional("successRate", new FractionShape(), "share of calls that succeeded");
    private static final Field<Long> SAMPLES =
            optional("samples", Scalars.number(0, Long.MAX_VALUE), 0L, "calls that share rests on");
    private static final Field<Integer> FAILURES = optional(
            "consecutiveFailures", Scalars.integer(0, Integer.MAX_VALUE), 0, "failures since the last success");
    private static final Field<Integer> P95 = optional(
            "retrievalP95Ms", Scalars.integer(0, Integer.MAX_VALUE), "95th percentile of time to first byte, ms");
    private static final Field<Breaker> BREAKER = optional(
            "breaker",
            Scalars.word(Map.of("closed", Breaker.CLOSED, "open", Breaker.OPEN, "half-open", Breaker.HALF_OPEN)),
            Breaker.CLOSED,
            "its circuit breaker");
    private static final Field<Instant> UNHEALTHY_SINCE =
            optional("unhealthySince", Scalars.INSTANT, "start of the present unhealthy spell");
    private static final Field<Integer> AUDIT_FAILURES =
            optional("auditFailures", Scalars.integer(0, Integer.MAX_VALUE), 0, "failed audits in the window");
    private static final Field<Health> HEALTH = optional(
            "health",
            Shapes.object(
                    "providerHealth",
                    "What was measured lately; what is left out was not measured.",
                    List.of(SUCCESS_RATE, SAMPLES, FAILURES, P95, BREAKER, UNHEALTHY_SINCE, AUDIT_FAILURES),
                    values -> new Health(
                            values.getOrNull(SUCCESS_RATE),
                            values.get(SAMPLES),
                            values.get(FAILURES),
                            values.getOrNull(P95),
                            values.get(BREAKER),
                            values.getOrNull(UNHEALTHY_SINCE),
                            values.get(AUDIT_FAILURES))),
            Health.UNKNOWN,
            "what was measured");

    private static final Field<Long> PINS = optional("pins", Scalars.number(0, Long.MAX_VALUE), 0L, "replicas held");
    private static final Field<Long> BYTES = optional("bytes", Scalars.number(0, Long.MAX_VALUE), 0L, "their size");
    private static final Field<Usage> USAGE = optional(
            "usage",
            Shapes.object(
                    "usage",
                    "What it holds of ours.",
                    List.of(PINS, BYTES),
                    values -> new Usage(values.get(PINS), values.get(BYTES))),
            Usage.EMPTY,
            "what it holds of ours");

    static final Field<ProviderState> STATE = optional(
            "state",
            Scalars.word(Map.of(
                    "active", ProviderState.ACTIVE,
                    "cordoned", ProviderState.CORDONED,
                    "draining", ProviderState.DRAINING,
                    "sunset", ProviderState.SUNSET)),
            ProviderState.ACTIVE,
            "what the operator decided");
    static final Field<Instant> ADDED_AT = optional("addedAt", Scalars.INSTANT, "when it entered the catalog");

    private static final Shape<ProviderSnapshot> PROVIDER = Shapes.object(
            "provider",
            "One provider at the moment of the recording.",
            List.of(ID, TIER, LABELS_FIELD, CAPABILITIES, LIMITS, PRICE, HEALTH, USAGE, STATE, ADDED_AT),
            values -> new ProviderSnapshot(
                    values.get(ID),
                    values.get(TIER),
                    values.get(LABELS_FIELD),
                    values.get(CAPABILITIES),
                    values.get(LIMITS),
                    values.getOrNull(PRICE),
                    values.get(HEALTH),
                    values.get(USAGE),
                    values.get(STATE),
                    values.getOrNull(ADDED_AT)));

    private static final Field<Instant> AS_OF = required("asOf", Scalars.INSTANT, "when this was recorded");
    private static final Field<List<Shapes.Located<ProviderSnapshot>>> PROVIDERS =
            required("providers", Shapes.list(Shapes.located(PROVIDER), 0), "all providers");
    private static final Field<Money> RATE = required("rate", Scalars.MONEY, "units of the policy's currency");
    private static final Field<Instant> RATE_AS_OF = required("asOf", Scalars.INSTANT, "when the rate was read");
    static final Field<SortedMap<String, Inventory.FxRate>> FX_RATES = optional(
            "fxRates",
            Shapes.map(
                    "currency",
                    Pattern.compile("[A-Z]{3,8}"),
                    Shapes.object(
                            "fxRate",
                            "What one unit of a currency is worth.",
                            List.of(RATE, RATE_AS_OF),
                            values -> new Inventory.FxRate(values.get(RATE), values.get(RATE_AS_OF))),
                    0),
            new TreeMap<>(),
            "exchange rates by currency");

    static final Shape<Inventory> INVENTORY = Shapes.object(
            "inventory",
            "Every provider as it was known at one instant.",
            List.of(AS_OF, PROVIDERS, FX_RATES),
            InventoryShapes::inventory);

    private static @Nullable Inventory inventory(ObjectShape.Values values) {
        List<Shapes.Located<ProviderSnapshot>> providers = values.get(PROVIDERS);
        Set<String> ids = new HashSet<>();
        for (Shapes.Located<ProviderSnapshot> provider : providers) {
            if (!ids.add(provider.value().id())) {
                values.problems()
                        .add(
                                provider.at(),
                                "two providers are called '" + provider.value().id() + "'");
                return null;
            }
        }
        return Inventory.of(
                values.get(AS_OF), providers.stream().map(Shapes.Located::value).toList(), values.get(FX_RATES));
    }

    /** A measured share: any decimal from 0 to 1. */
    private static final class FractionShape extends Shape<Double> {
        @Override
        @Nullable
        Double read(Node node, Problems problems) {
            if (node instanceof Node.Scalar scalar
                    && scalar.text().matches("[0-9]{1,2}(?:\\.[0-9]{1,20})?")
                    && Double.parseDouble(scalar.text()) <= 1) {
                return Double.parseDouble(scalar.text());
            }
            problems.add(node.at(), "must be a share from 0 to 1, not " + node.kind());
            return null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return new TreeMap<>(Map.of("type", "number", "minimum", 0, "maximum", 1));
        }
    }
}
