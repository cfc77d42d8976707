package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Spread;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The language of cold copies: everything Powergate's StorageConfig could say, plus aggregation. */
final class ColdShapes {
    private ColdShapes() {}

    private static final Field<Boolean> RENEW_ENABLED =
            optional("enabled", Scalars.BOOLEAN, true, "whether deals are renewed before they end");
    private static final Field<Duration> RENEW_BEFORE =
            optional("before", Scalars.DURATION, Duration.ofDays(45), "how long before the end");
    private static final Field<Integer> RENEW_ATTEMPTS =
            optional("maxAttempts", Scalars.integer(1, 1000), 5, "attempts before somebody is told");

    private static final Shape<ColdGoal.Renew> RENEW = Shapes.object(
            "renew",
            "Renewal of deals.",
            List.of(RENEW_ENABLED, RENEW_BEFORE, RENEW_ATTEMPTS),
            values -> new ColdGoal.Renew(
                    values.get(RENEW_ENABLED), values.get(RENEW_BEFORE), values.get(RENEW_ATTEMPTS)));

    private static final Shape<SortedSet<String>> PROVIDER_SET = Shapes.set(Scalars.NAME, 0);
    private static final Shape<String> COUNTRY_CODE = Scalars.text("a two-letter country code such as DE", "[A-Z]{2}");
    private static final Field<SortedSet<String>> TRUSTED =
            optional("trusted", PROVIDER_SET, new TreeSet<>(), "if not empty, only these storage providers");
    private static final Field<SortedSet<String>> EXCLUDED =
            optional("excluded", PROVIDER_SET, new TreeSet<>(), "never these storage providers, on any path");
    private static final Field<SortedSet<String>> COUNTRIES = optional(
            "countryCodes", Shapes.set(COUNTRY_CODE, 0), new TreeSet<>(), "if not empty, only in these countries");

    /** Who may be dealt with. */
    private record Providers(SortedSet<String> trusted, SortedSet<String> excluded, SortedSet<String> countries) {}

    private static final Shape<Providers> PROVIDERS = Shapes.object(
            "dealProviders",
            "Which storage providers deals are made with.",
            List.of(TRUSTED, EXCLUDED, COUNTRIES),
            values -> {
                Optional<String> both = values.get(TRUSTED).stream()
                        .filter(id -> values.get(EXCLUDED).contains(id))
                        .findFirst();
                return both.isPresent()
                        ? values.wrong(EXCLUDED, "'" + both.get() + "' is trusted and excluded at once")
                        : new Providers(values.get(TRUSTED), values.get(EXCLUDED), values.get(COUNTRIES));
            });

    private static final Field<Duration> DURATION =
            optional("duration", Scalars.DURATION, Duration.ofDays(530), "how long a deal runs");
    private static final Field<Duration> START_OFFSET =
            optional("startOffset", Scalars.DURATION, Duration.ofDays(3), "time the provider has to seal");
    private static final Field<ColdGoal.Verified> VERIFIED = optional(
            "verified",
            Scalars.word(Map.of(
                    "require", ColdGoal.Verified.REQUIRE,
                    "prefer", ColdGoal.Verified.PREFER,
                    "never", ColdGoal.Verified.NEVER)),
            ColdGoal.Verified.PREFER,
            "whether deals use DataCap");
    private static final Field<Money> MAX_PRICE =
            optional("maxPricePerGiBMonth", Scalars.MONEY, "highest storage price");
    private static final Field<Boolean> FAST =
            optional("fastRetrieval", Scalars.BOOLEAN, true, "ask for an unsealed copy");
    private static final Field<Providers> PROVIDERS_FIELD = optional(
            "providers",
            PROVIDERS,
            new Providers(new TreeSet<>(), new TreeSet<>(), new TreeSet<>()),
            "which storage providers");
    private static final Field<ColdGoal.Renew> RENEW_FIELD =
            optional("renew", RENEW, new ColdGoal.Renew(true, Duration.ofDays(45), 5), "renewal");

    private static final Shape<ColdGoal.Deal> DEAL = Shapes.object(
            "deal",
            "Terms of a deal. The chain's own bounds are read from the node.",
            List.of(DURATION, START_OFFSET, VERIFIED, MAX_PRICE, FAST, PROVIDERS_FIELD, RENEW_FIELD),
            ColdShapes::deal);

    private static ColdGoal.@Nullable Deal deal(ObjectShape.Values values) {
        ColdGoal.Renew renew = values.get(RENEW_FIELD);
        Duration duration = values.get(DURATION);
        if (renew.enabled() && renew.before().compareTo(duration) >= 0) {
            return values.wrong(
                    values.has(RENEW_FIELD) ? RENEW_FIELD : DURATION,
                    "a deal of " + duration.toDays() + " days cannot be renewed "
                            + renew.before().toDays() + " days before its end");
        }
        Providers providers = values.get(PROVIDERS_FIELD);
        return new ColdGoal.Deal(
                duration,
                values.get(START_OFFSET),
                values.get(VERIFIED),
                values.getOrNull(MAX_PRICE),
                values.get(FAST),
                providers.trusted(),
                providers.excluded(),
                providers.countries(),
                renew);
    }

    private static final long GIB = 1L << 30;
    private static final Field<Long> MIN_BYTES =
            optional("minBytes", Scalars.SIZE, GIB, "a piece is not closed by age below this");
    private static final Field<Long> TARGET_BYTES =
            optional("targetBytes", Scalars.SIZE, 30 * GIB, "a piece is closed when it has this much");
    private static final Field<Duration> MAX_WAIT =
            optional("maxWait", Scalars.DURATION, Duration.ofDays(1), "longest wait of a pin in an open piece");

    private static final Shape<ColdGoal.Aggregate> AGGREGATE = Shapes.object(
            "aggregate",
            "How small pins share a piece.",
            List.of(MIN_BYTES, TARGET_BYTES, MAX_WAIT),
            values -> values.get(MIN_BYTES) > values.get(TARGET_BYTES)
                    ? values.wrong(MIN_BYTES, "minBytes is above targetBytes")
                    : new ColdGoal.Aggregate(values.get(MIN_BYTES), values.get(TARGET_BYTES), values.get(MAX_WAIT)));

    private static final Field<Boolean> ALLOWED =
            optional("allowed", Scalars.BOOLEAN, true, "whether cold content may be made hot again");
    private static final Field<Money> UNFREEZE_PRICE =
            optional("maxPrice", Scalars.MONEY, "highest price of one such retrieval");
    private static final Field<Duration> PIN_HOT_FOR = optional(
            "pinHotFor",
            Scalars.DURATION,
            Duration.ofDays(30),
            "how long it then stays hot at least; hot copies stay as long as their pin, so this is always met");

    private static final Shape<ColdGoal.Unfreeze> UNFREEZE = Shapes.object(
            "unfreeze",
            "When cold content may be made hot again.",
            List.of(ALLOWED, UNFREEZE_PRICE, PIN_HOT_FOR),
            values -> new ColdGoal.Unfreeze(
                    values.get(ALLOWED), values.getOrNull(UNFREEZE_PRICE), values.get(PIN_HOT_FOR)));

    private static final Field<Duration> AGE = optional("age", Scalars.DURATION, "how long content is kept hot first");

    private record Stable(boolean hotStable) {}

    private static final Field<Boolean> HOT_REPLICAS =
            required("hotReplicas", Scalars.word(Map.of("stable", true)), "cold waits until the hot target is met");
    private static final Field<Stable> AFTER_OR = optional(
            "or",
            Shapes.object(
                    "hotStable",
                    "Waiting for the hot copies.",
                    List.of(HOT_REPLICAS),
                    values -> new Stable(values.get(HOT_REPLICAS))),
            "the other reason to start");

    private record After(@Nullable Duration age, boolean hotStable) {}

    private static final Shape<After> AFTER = Shapes.object(
            "after",
            "When content is made cold.",
            List.of(AGE, AFTER_OR),
            values -> new After(values.getOrNull(AGE), values.getOrNull(AFTER_OR) != null));

    private enum BackendWord {
        LOTUS,
        PDP,
        NONE
    }

    private static final Field<BackendWord> BACKEND = required(
            "backend",
            Scalars.word(Map.of("lotus", BackendWord.LOTUS, "pdp", BackendWord.PDP, "none", BackendWord.NONE)),
            "how cold copies are made");
    private static final Field<HotShapes.Replicas> REPLICAS =
            optional("replicas", HotShapes.REPLICAS, new HotShapes.Replicas(1, 1, 1), "how many cold copies");
    private static final Field<After> AFTER_FIELD =
            optional("after", AFTER, new After(null, false), "when content is made cold");
    private static final Field<ColdGoal.Aggregate> AGGREGATE_FIELD = optional(
            "aggregate",
            AGGREGATE,
            new ColdGoal.Aggregate(GIB, 30 * GIB, Duration.ofDays(1)),
            "how small pins share a piece");
    private static final Field<ColdGoal.Deal> DEAL_FIELD = optional("deal", DEAL, defaultDeal(), "terms of a deal");
    private static final Field<List<Spread>> SPREAD =
            optional("spread", Shapes.list(HotShapes.SPREAD, 0), List.of(), "spread of cold copies");
    private static final Field<ColdGoal.Unfreeze> UNFREEZE_FIELD = optional(
            "unfreeze", UNFREEZE, new ColdGoal.Unfreeze(true, null, Duration.ofDays(30)), "making it hot again");
    private static final Field<Boolean> DROP_HOT =
            optional("dropHot", Scalars.BOOLEAN, false, "remove hot copies once the cold ones are proven");

    /** What a cold section says; null stands for {@code backend: none}. */
    record Cold(@Nullable ColdGoal goal) {}

    static final Shape<Cold> COLD = Shapes.object(
            "cold",
            "Cold copies on Filecoin.",
            List.of(BACKEND, REPLICAS, AFTER_FIELD, AGGREGATE_FIELD, DEAL_FIELD, SPREAD, UNFREEZE_FIELD, DROP_HOT),
            ColdShapes::cold);

    private static @Nullable Cold cold(ObjectShape.Values values) {
        if (values.get(BACKEND) == BackendWord.NONE) {
            return new Cold(null);
        }
        HotShapes.Replicas replicas = values.get(REPLICAS);
        After after = values.get(AFTER_FIELD);
        for (Spread spread : values.get(SPREAD)) {
            if (spread.hard() && spread.minDomains() > replicas.target()) {
                return values.wrong(
                        SPREAD,
                        spread.name() + " asks for " + spread.minDomains() + " domains, but only " + replicas.target()
                                + " cold copies are wanted");
            }
        }
        ColdGoal.Backend backend =
                values.get(BACKEND) == BackendWord.PDP ? ColdGoal.Backend.PDP : ColdGoal.Backend.LOTUS;
        return new Cold(new ColdGoal(
                backend,
                replicas.min(),
                replicas.target(),
                after.age(),
                after.hotStable(),
                values.get(AGGREGATE_FIELD),
                values.get(DEAL_FIELD),
                values.get(SPREAD),
                values.get(UNFREEZE_FIELD),
                values.get(DROP_HOT)));
    }

    private static ColdGoal.Deal defaultDeal() {
        return new ColdGoal.Deal(
                Duration.ofDays(530),
                Duration.ofDays(3),
                ColdGoal.Verified.PREFER,
                null,
                true,
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new ColdGoal.Renew(true, Duration.ofDays(45), 5));
    }
}
