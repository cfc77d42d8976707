package dev.pinfold.broker.retrieval.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PopularityTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final Popularity popularity = new Popularity();

    private void reads(int count, long from, long step) {
        for (int i = 0; i < count; i++) {
            popularity.read("a", from + i * step);
        }
    }

    @Test
    void three_reads_of_cold_content_within_hours_are_worth_a_decision_and_two_are_not() {
        reads(2, 0, HOUR);
        popularity.looked("a", true);
        assertThat(popularity.due("a", HOUR)).isZero();
        popularity.read("a", 2 * HOUR);
        assertThat(popularity.due("a", 2 * HOUR)).isEqualTo(3);
    }

    @Test
    void reads_of_long_ago_count_no_longer() {
        reads(3, 0, 0);
        popularity.looked("a", true);
        assertThat(popularity.due("a", 48 * HOUR)).isZero();
        reads(2, 48 * HOUR, 0);
        assertThat(popularity.due("a", 48 * HOUR)).isEqualTo(3);
    }

    @Test
    void content_that_a_hot_copy_has_is_never_worth_a_decision() {
        reads(100, 0, 0);
        assertThat(popularity.due("a", 0)).isZero();
        popularity.looked("a", true);
        popularity.looked("a", false);
        assertThat(popularity.due("a", 0)).isZero();
    }

    @Test
    void a_decision_is_asked_for_once_in_ten_minutes() {
        reads(3, 0, 0);
        popularity.looked("a", true);
        assertThat(popularity.due("a", 0)).isEqualTo(3);
        popularity.read("a", 1);
        assertThat(popularity.due("a", 1)).isZero();
        long later = Duration.ofMinutes(10).toNanos();
        assertThat(popularity.due("a", later)).isEqualTo(4);
    }

    @Test
    void of_too_many_contents_those_that_are_read_often_stay() {
        Popularity small = new Popularity(100);
        for (int round = 0; round < 10; round++) {
            small.read("often", 0);
        }
        small.looked("often", true);
        for (int i = 0; i < 10_000; i++) {
            small.read("once " + i, 0);
            if (i % 50 == 0) {
                small.read("often", 0);
            }
        }
        assertThat(small.due("often", 0)).isGreaterThan(100);
    }
}
