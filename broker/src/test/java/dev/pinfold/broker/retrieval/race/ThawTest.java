package dev.pinfold.broker.retrieval.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.Money;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ThawTest {
    private static final Duration MONTH = Duration.ofDays(30);

    private static ColdGoal.Unfreeze rule(boolean allowed, @org.jspecify.annotations.Nullable String most) {
        return new ColdGoal.Unfreeze(allowed, most == null ? null : Money.of(most), MONTH);
    }

    private static Optional<Money> price(String amount) {
        return Optional.of(Money.of(amount));
    }

    @Test
    void popular_content_is_made_hot_within_the_price() {
        assertThat(Thaw.decide(3, 0, rule(true, "0.05"), price("0.05"))).isEqualTo(new Thaw.MakeHot());
        assertThat(Thaw.decide(9, 0, rule(true, null), Optional.empty())).isEqualTo(new Thaw.MakeHot());
    }

    @Test
    void it_stays_cold_for_each_of_the_reasons_and_says_which() {
        assertThat(Thaw.decide(2, 0, rule(true, null), price("0")).toString()).contains("2 times");
        assertThat(Thaw.decide(9, 1, rule(true, null), price("0")).toString()).contains("hot copy");
        assertThat(Thaw.decide(9, 0, rule(false, null), price("0")).toString()).contains("not allow");
        assertThat(Thaw.decide(9, 0, rule(true, "0.05"), price("0.06")).toString())
                .contains("0.06");
        assertThat(Thaw.decide(9, 0, rule(true, "0.05"), Optional.empty()).toString())
                .contains("not known");
    }
}
