package dev.pinfold.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void the_earlier_of_two_moments_counts() {
        Deadline late = Deadline.after(Duration.ofHours(1));
        assertThat(late.atMost(Duration.ofHours(2))).isEqualTo(late);
        assertThat(late.atMost(Duration.ofMinutes(1)).remaining())
                .isLessThanOrEqualTo(Duration.ofMinutes(1))
                .isPositive();
        Deadline over = Deadline.after(Duration.ZERO);
        assertThat(over.atMost(Duration.ofMinutes(1))).isEqualTo(over);
        assertThat(over.expired()).isTrue();
    }

    @Test
    void moments_are_compared_where_the_clock_passes_its_highest_value() {
        Deadline afterTheJump = new Deadline(System.nanoTime() + Long.MAX_VALUE - 1);
        assertThat(afterTheJump.expired()).isFalse();
        assertThat(afterTheJump.atMost(Duration.ofMinutes(1)).remaining()).isLessThanOrEqualTo(Duration.ofMinutes(1));
    }
}
