package dev.pinfold.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetrievalRuleTest {
    private static RetrievalRule rule(int hot, @org.jspecify.annotations.Nullable Integer hedge, int cold) {
        return new RetrievalRule(hot, hedge == null ? null : Duration.ofMillis(hedge), Duration.ofSeconds(cold));
    }

    @Test
    void content_of_several_classes_is_read_by_the_faster_rule_in_each_respect() {
        assertThat(rule(1, 500, 9).orFaster(rule(3, 200, 30))).isEqualTo(rule(3, 200, 9));
        assertThat(rule(2, null, 5).orFaster(rule(1, 700, 5))).isEqualTo(rule(2, 700, 5));
        assertThat(rule(2, null, 5).orFaster(RetrievalRule.DEFAULT)).isEqualTo(RetrievalRule.DEFAULT);
    }
}
