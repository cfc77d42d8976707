package dev.pinfold.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.store.PlacementStore.Spent;
import dev.pinfold.policy.Budget;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Ratio;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which warnings of budgets are due. */
class BudgetWatchTest {
    private static final Budget MINT = new Budget(
            "mint",
            new TreeSet<>(List.of("mint")),
            new TreeSet<>(),
            Money.of("10"),
            null,
            List.of(Ratio.of("50%"), Ratio.of("80%")),
            Budget.OnExceeded.QUEUE_NEW,
            null);

    private static Map<String, String> reached(String... spentByMint) {
        List<Spent> spent = java.util.Arrays.stream(spentByMint)
                .map(amount -> new Spent("default", "mint", Money.of(amount).picos()))
                .toList();
        return BudgetWatch.reached(List.of(MINT), spent, "2026-11", "USD");
    }

    @Test
    void nothing_is_told_below_the_first_share() {
        assertThat(reached()).isEmpty();
        assertThat(reached("4.999999")).isEmpty();
    }

    @Test
    void a_share_is_told_at_exactly_its_amount_and_says_what_follows() {
        assertThat(reached("2", "3"))
                .containsExactly(Map.entry(
                        "mint 2026-11 50% of 10",
                        "5 of 10 USD of the budget 'mint' is spent in 2026-11, past its warning at 50%; new pins"
                                + " that do not fit wait; raise its monthly limit to go on"));
    }

    @Test
    void every_share_that_was_passed_has_its_own_warning() {
        assertThat(reached("8.1").keySet()).containsExactly("mint 2026-11 50% of 10", "mint 2026-11 80% of 10");
    }

    @Test
    void what_other_tokens_spend_does_not_count() {
        Spent other = new Spent("default", "other", Money.of("9").picos());
        assertThat(BudgetWatch.reached(List.of(MINT), List.of(other), "2026-11", "USD"))
                .isEmpty();
    }
}
