package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Budget;
import dev.pinfold.policy.DurabilityModel;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Ratio;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The language of budgets and of the assumptions behind the durability estimate. */
final class BudgetShapes {
    private BudgetShapes() {}

    private static final Shape<SortedSet<String>> NAMES = Shapes.oneOrMore(Scalars.NAME);
    private static final Field<SortedSet<String>> TOKENS =
            optional("tokens", NAMES, new TreeSet<>(), "names of tokens; none is all of them");
    private static final Field<SortedSet<String>> TENANTS =
            optional("tenants", NAMES, new TreeSet<>(), "names of tenants; none is all of them");

    private record Scope(SortedSet<String> tokens, SortedSet<String> tenants) {}

    private static final Field<String> NAME = required("name", Scalars.NAME, "explanations call it budget.NAME");
    private static final Field<Scope> SCOPE = optional(
            "scope",
            Shapes.object(
                    "budgetScope",
                    "Whose pins a budget covers; {} is all of them.",
                    List.of(TOKENS, TENANTS),
                    values -> new Scope(values.get(TOKENS), values.get(TENANTS))),
            new Scope(new TreeSet<>(), new TreeSet<>()),
            "whose pins it covers");
    private static final Field<Money> MONTHLY =
            optional("monthly", Scalars.MONEY, "the most that may be spent per calendar month");
    private static final Field<Money> PER_PIN =
            optional("perPinMax", Scalars.MONEY, "the most one pin may cost per month");
    private static final Field<List<Ratio>> WARN_AT =
            optional("warnAt", Shapes.list(Scalars.SHARE, 0), List.of(), "shares of monthly at which somebody is told");
    private static final Field<Budget.OnExceeded> ON_EXCEEDED = optional(
            "onExceeded",
            Scalars.word(Map.of(
                    "reject", Budget.OnExceeded.REJECT,
                    "queueNew", Budget.OnExceeded.QUEUE_NEW,
                    "downgrade", Budget.OnExceeded.DOWNGRADE)),
            Budget.OnExceeded.REJECT,
            "what happens to a pin that does not fit");
    private static final Field<String> DOWNGRADE_TO =
            optional("downgradeTo", Scalars.NAME, "the cheaper class, with onExceeded: downgrade");

    static final Field<List<Shapes.Located<Budget>>> BUDGETS = optional(
            "budgets",
            Shapes.list(
                    Shapes.located(Shapes.object(
                            "budget",
                            "What may be spent per calendar month (UTC).",
                            List.of(NAME, SCOPE, MONTHLY, PER_PIN, WARN_AT, ON_EXCEEDED, DOWNGRADE_TO),
                            BudgetShapes::budget)),
                    0),
            List.of(),
            "what may be spent");

    private static @Nullable Budget budget(ObjectShape.Values values) {
        if (!values.has(MONTHLY) && !values.has(PER_PIN)) {
            return values.wrong(NAME, "a budget needs monthly or perPinMax");
        }
        boolean downgrades = values.get(ON_EXCEEDED) == Budget.OnExceeded.DOWNGRADE;
        if (downgrades != values.has(DOWNGRADE_TO)) {
            return values.wrong(ON_EXCEEDED, "onExceeded: downgrade and downgradeTo belong together");
        }
        return new Budget(
                values.get(NAME),
                values.get(SCOPE).tokens(),
                values.get(SCOPE).tenants(),
                values.getOrNull(MONTHLY),
                values.getOrNull(PER_PIN),
                values.get(WARN_AT),
                values.get(ON_EXCEEDED),
                values.getOrNull(DOWNGRADE_TO));
    }

    private static final DurabilityModel CAUTIOUS = DurabilityModel.CAUTIOUS;
    private static final Field<Ratio> LOSS =
            optional("lossPerYear", Scalars.SHARE, share(CAUTIOUS.lossPerYear()), "chance that one hot copy is lost");
    private static final Field<Ratio> COLD_LOSS = optional(
            "coldLossPerYear", Scalars.SHARE, share(CAUTIOUS.coldLossPerYear()), "chance that one cold copy is lost");
    private static final Field<Duration> WINDOW = optional(
            "repairWindow", Scalars.DURATION, CAUTIOUS.repairWindow(), "time to notice a loss and replace the copy");
    private static final Field<SortedMap<String, Ratio>> SHOCKS = optional(
            "shockPerYear",
            Shapes.map("label", Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), Scalars.SHARE, 0),
            cautiousShocks(),
            "chance that everything under one value of a label is lost at once");
    private static final Field<Ratio> COMMON = optional(
            "commonPerYear", Scalars.SHARE, share(CAUTIOUS.commonPerYear()), "chance of losing all copies together");

    static final Field<DurabilityModel> DURABILITY = optional(
            "durability",
            Shapes.object(
                    "durability",
                    "Assumptions behind the durability estimate, per year.",
                    List.of(LOSS, COLD_LOSS, WINDOW, SHOCKS, COMMON),
                    values -> {
                        SortedMap<String, Double> shocks = new TreeMap<>();
                        values.get(SHOCKS).forEach((label, rate) -> shocks.put(label, rate.asDouble()));
                        return new DurabilityModel(
                                values.get(LOSS).asDouble(),
                                values.get(COLD_LOSS).asDouble(),
                                values.get(WINDOW),
                                shocks,
                                values.get(COMMON).asDouble());
                    }),
            CAUTIOUS,
            "assumptions behind the durability estimate");

    private static Ratio share(double value) {
        return new Ratio(Math.round(value * 1e6));
    }

    private static SortedMap<String, Ratio> cautiousShocks() {
        SortedMap<String, Ratio> shocks = new TreeMap<>();
        CAUTIOUS.shockPerYear().forEach((label, rate) -> shocks.put(label, share(rate)));
        return shocks;
    }
}
