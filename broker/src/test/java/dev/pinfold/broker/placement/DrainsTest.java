package dev.pinfold.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.placement.Drains.Drain;
import dev.pinfold.broker.placement.Drains.Standing;
import dev.pinfold.broker.store.DrainStore.Progress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a drain ends at its pace, and when it is late. */
class DrainsTest {
    private static final Instant BEGIN = Instant.parse("2026-10-01T00:00:00Z");
    private static final Instant DEADLINE = BEGIN.plus(Duration.ofDays(100));

    private static Drain drain(@Nullable Instant deadline) {
        return new Drain("dying", "draining", "ops", "it ends", BEGIN, deadline, 100L, null);
    }

    private static Standing after(int days, long gone, long left) {
        return Drains.standing(drain(DEADLINE), gone, left, BEGIN.plus(Duration.ofDays(days)));
    }

    @Test
    void it_ends_when_what_is_left_has_gone_as_fast_as_what_is_gone() {
        assertThat(after(20, 40, 60).endsAbout()).isEqualTo(BEGIN.plus(Duration.ofDays(50)));
        assertThat(after(20, 0, 100).endsAbout()).as("no pace").isNull();
        assertThat(after(20, 100, 0).endsAbout()).as("it has ended").isNull();
    }

    @Test
    void it_is_late_when_its_pace_does_not_reach_the_deadline() {
        assertThat(after(20, 40, 60).late()).isFalse();
        assertThat(after(20, 20, 80).late()).as("exactly in time").isFalse();
        assertThat(after(20, 19, 81).late()).isTrue();
        assertThat(after(20, 0, 100).late()).as("nothing moves at all").isTrue();
    }

    @Test
    void the_first_tenth_of_its_time_says_nothing() {
        assertThat(after(9, 1, 99).late()).isFalse();
        assertThat(after(10, 1, 99).late()).isTrue();
    }

    @Test
    void it_is_late_when_the_deadline_has_passed_and_something_is_left() {
        assertThat(after(101, 99, 1).late()).isTrue();
        assertThat(after(101, 100, 0).late()).isFalse();
        assertThat(Drains.standing(drain(null), 0, 100, DEADLINE.plusSeconds(1)).late())
                .as("without a deadline")
                .isFalse();
        Drain hopeless = drain(BEGIN.minusSeconds(1));
        assertThat(Drains.standing(hopeless, 0, 1, BEGIN.plusSeconds(1)).late()).isTrue();
    }

    @Test
    void the_alert_says_how_many_until_when_and_what_to_do() {
        Progress blocked = new Progress(81, 0, 0, 3, "cannot be placed; eu-only: allow CH");
        assertThat(DrainWatch.message(drain(DEADLINE), 81, 19, BEGIN.plus(Duration.ofDays(20)), blocked))
                .contains(
                        "81 of 100 copies",
                        "'dying'",
                        "2027-01-09T00:00:00Z",
                        "at the present pace it is left at 2027-01-14")
                .contains("3 have nowhere to go: cannot be placed; eu-only")
                .contains("pinfold provider drain dying --status");
        assertThat(DrainWatch.message(drain(DEADLINE), 1, 99, DEADLINE.plusSeconds(1), new Progress(1, 0, 0, 0, null)))
                .contains("and that has passed", "raise repair.rate");
    }
}
