package dev.pinfold.policy.document;

import dev.pinfold.policy.Condition;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementRequest;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a policy's {@code tests:} section.
 *
 * @param name what it shows, in words
 * @param line where it stands in the file
 * @param world the inventory it runs on
 * @param given the pin
 * @param without labels to values of providers that are taken out of the inventory first; {@code provider} means ids
 * @param forEach label whose values are lost one after the other; null when the test is about one plan
 * @param expect what must hold
 */
public record PolicyTest(
        String name,
        int line,
        World world,
        PlacementRequest given,
        SortedMap<String, SortedSet<String>> without,
        @Nullable Loss forEach,
        Expect expect) {

    /** Where a test's inventory comes from. */
    public sealed interface World {
        /** A file, relative to the policy's own. */
        record File(String path) implements World {}

        /** Written into the test. */
        record Inline(Inventory inventory) implements World {}
    }

    /**
     * What is lost.
     *
     * @param label a label, or {@code provider}
     * @param value one value, or {@code *} for each that a chosen copy has
     */
    public record Loss(String label, String value) {}

    /**
     * What must hold; null parts are not looked at.
     *
     * @param decision the plan's decision, lower case
     * @param reason the constraint behind a decision other than place
     * @param rule the rule that matched
     * @param placementClass the class used
     * @param placed about the hot copies
     * @param cold about the cold copies
     * @param costPerMonth total cost
     * @param durabilityNines estimated durability
     * @param conflict constraints that must be named in the conflict, in any order, among others
     * @param excludedBy provider to the constraint that keeps it out
     * @param remaining copies left after the loss
     * @param repairPossible whether the pin can be brought back to its minimum after the loss
     * @param expiresAfter life of the pin
     */
    public record Expect(
            @Nullable String decision,
            @Nullable String reason,
            @Nullable String rule,
            @Nullable String placementClass,
            @Nullable Placed placed,
            @Nullable Placed cold,
            @Nullable Bound costPerMonth,
            @Nullable Bound durabilityNines,
            @Nullable SortedSet<String> conflict,
            SortedMap<String, String> excludedBy,
            @Nullable Bound remaining,
            @Nullable Boolean repairPossible,
            @Nullable Duration expiresAfter) {}

    /**
     * About the copies of one tier; null or empty parts are not looked at.
     *
     * @param count how many
     * @param everyLabel label to the values every one must have
     * @param everyText an expression every one must satisfy, as written
     * @param every its meaning
     * @param distinct labels in which all differ
     * @param exactly the providers, all of them
     * @param includes providers that must be among them
     * @param excludes providers that must not
     */
    public record Placed(
            @Nullable Bound count,
            SortedMap<String, SortedSet<String>> everyLabel,
            @Nullable String everyText,
            @Nullable Condition every,
            List<String> distinct,
            @Nullable SortedSet<String> exactly,
            SortedSet<String> includes,
            SortedSet<String> excludes) {}

    /**
     * A comparison with a number.
     *
     * @param sign one of {@code < <= > >= =}
     * @param number the decimal number to compare with
     */
    public record Bound(String sign, java.math.BigDecimal number) {
        /** Whether the value satisfies it. */
        public boolean holds(java.math.BigDecimal value) {
            int order = value.compareTo(number);
            return switch (sign) {
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case ">=" -> order >= 0;
                default -> order == 0;
            };
        }

        @Override
        public String toString() {
            return sign + number.toPlainString();
        }
    }
}
