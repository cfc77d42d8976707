package dev.pinfold.broker.retrieval.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ScoreboardTest {
    /** Never explores. */
    private static final RandomGenerator STEADY = new RandomGenerator() {
        @Override
        public long nextLong() {
            return -1L;
        }

        @Override
        public double nextDouble() {
            return 0.99;
        }
    };

    private final Scoreboard scores = new Scoreboard();

    private List<String> order(Scoreboard.Entrant... entrants) {
        return scores.lineUp(List.of(entrants), STEADY).stream()
                .map(Runner::source)
                .toList();
    }

    private static Scoreboard.Entrant hot(String name) {
        return new Scoreboard.Entrant(name, false, true);
    }

    private void served(String source, int times, long millis) {
        for (int i = 0; i < times; i++) {
            scores.verified(source, Duration.ofMillis(millis));
        }
    }

    @Test
    void the_faster_comes_first() {
        served("a", 5, 300);
        served("b", 5, 30);
        assertThat(order(hot("a"), hot("b"))).containsExactly("b", "a");
    }

    @Test
    void more_throughput_is_better() {
        served("a", 5, 100);
        served("b", 5, 100);
        scores.moved("a", 1_000_000, Duration.ofSeconds(1));
        scores.moved("b", 50_000_000, Duration.ofSeconds(1));
        assertThat(order(hot("a"), hot("b"))).containsExactly("b", "a");
    }

    @Test
    void failures_weigh_more_than_speed() {
        served("a", 5, 10);
        served("b", 5, 500);
        for (int i = 0; i < 4; i++) {
            scores.failed("a");
        }
        assertThat(order(hot("a"), hot("b"))).containsExactly("b", "a");
    }

    @Test
    void a_source_that_is_always_outrun_sinks_without_counting_as_failed() {
        served("a", 5, 100);
        served("b", 5, 100);
        for (int i = 0; i < 5; i++) {
            scores.outrun("a", Duration.ofMillis(900));
        }
        assertThat(order(hot("a"), hot("b"))).containsExactly("b", "a");
        scores.failed("b");
        scores.failed("b");
        assertThat(order(hot("a"), hot("b"))).containsExactly("a", "b");
    }

    @Test
    void proven_copies_come_before_faster_ones_and_cold_ones_last() {
        served("claimed", 5, 10);
        served("proven", 5, 500);
        assertThat(order(
                        new Scoreboard.Entrant("cold", true, true),
                        new Scoreboard.Entrant("claimed", false, false),
                        hot("proven")))
                .containsExactly("proven", "claimed", "cold");
    }

    @Test
    void a_source_runs_alone_as_long_as_it_usually_takes_within_bounds() {
        assertThat(scores.hedgeAfter("new")).isEqualTo(Duration.ofMillis(250));
        served("few", 19, 700);
        assertThat(scores.hedgeAfter("few")).isEqualTo(Duration.ofMillis(250));
        served("usual", 94, 100);
        served("usual", 6, 900);
        assertThat(scores.hedgeAfter("usual")).isEqualTo(Duration.ofMillis(900));
        served("quick", 100, 3);
        assertThat(scores.hedgeAfter("quick")).isEqualTo(Duration.ofMillis(50));
        served("sleepy", 100, 9000);
        assertThat(scores.hedgeAfter("sleepy")).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void now_and_then_another_goes_first_and_is_hedged_when_the_best_would_be() {
        served("best", 100, 60);
        served("other", 100, 1500);
        Random random = new Random(1);
        int explored = 0;
        Set<Duration> hedges = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            Runner first =
                    scores.lineUp(List.of(hot("best"), hot("other")), random).getFirst();
            explored += first.source().equals("other") ? 1 : 0;
            hedges.add(first.hedgeAfter());
        }
        assertThat(explored).isBetween(350, 650);
        assertThat(hedges).containsExactly(Duration.ofMillis(60));
    }

    @Test
    void content_that_fails_six_times_is_left_alone_for_a_minute() {
        Cooldown cooldown = new Cooldown();
        long second = Duration.ofSeconds(1).toNanos();
        for (int i = 0; i < 5; i++) {
            cooldown.failed("c", i * second);
        }
        assertThat(cooldown.left("c", 5 * second)).isZero();
        cooldown.failed("c", 5 * second);
        assertThat(cooldown.left("c", 15 * second)).isEqualTo(Duration.ofSeconds(50));
        assertThat(cooldown.left("other", 15 * second)).isZero();
        assertThat(cooldown.left("c", 65 * second)).isZero();
        cooldown.failed("c", 70 * second);
        assertThat(cooldown.left("c", 70 * second)).as("counting begins anew").isZero();
        cooldown.served("c");
        assertThat(cooldown.left("c", 70 * second)).isZero();
    }
}
