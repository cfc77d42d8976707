package dev.pinfold.broker.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.provider.BreakerPolicy.Result;
import dev.pinfold.broker.provider.BreakerPolicy.Ticket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BreakerPolicyTest {
    private static final long SECOND = 1_000_000_000L;
    private final BreakerPolicy policy = new BreakerPolicy(BreakerSettings.defaults());
    private long now = 5;

    private void call(Result result) {
        call(result, 0);
    }

    private void call(Result result, long duration) {
        Ticket ticket = Objects.requireNonNull(policy.admit(now), "refused");
        now += duration;
        policy.record(ticket, result, duration, now);
    }

    private void open() {
        for (int i = 0; i < 5; i++) {
            call(Result.FAILURE);
        }
        assertThat(policy.state(now)).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void five_failures_in_a_row_open_it() {
        for (int i = 0; i < 4; i++) {
            call(Result.FAILURE);
        }
        assertThat(policy.state(now)).isEqualTo(BreakerState.CLOSED);
        call(Result.FAILURE);
        assertThat(policy.state(now)).isEqualTo(BreakerState.OPEN);
        assertThat(policy.admit(now)).isNull();
    }

    @Test
    void a_success_between_failures_keeps_it_closed_until_half_of_twenty_failed() {
        for (int i = 0; i < 19; i++) {
            call(i % 2 == 0 ? Result.SUCCESS : Result.FAILURE);
        }
        assertThat(policy.state(now)).isEqualTo(BreakerState.CLOSED);
        call(Result.FAILURE);
        assertThat(policy.state(now)).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void old_failures_are_forgotten() {
        for (int i = 0; i < 17; i++) {
            call(i % 2 == 0 ? Result.SUCCESS : Result.FAILURE);
        }
        now += Duration.ofMinutes(3).toNanos();
        for (int i = 0; i < 4; i++) {
            call(Result.FAILURE);
        }
        assertThat(policy.state(now)).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void slow_successes_open_it() {
        for (int i = 0; i < 19; i++) {
            call(Result.SUCCESS, 19 * SECOND);
        }
        assertThat(policy.state(now)).isEqualTo(BreakerState.CLOSED);
        for (int i = 0; i < 100 && policy.state(now) == BreakerState.CLOSED; i++) {
            Ticket ticket = Objects.requireNonNull(policy.admit(now));
            policy.record(ticket, Result.SUCCESS, 20 * SECOND, now);
        }
        assertThat(policy.state(now)).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void neutral_results_never_open_it() {
        for (int i = 0; i < 1000; i++) {
            call(Result.NEUTRAL);
        }
        assertThat(policy.state(now)).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void half_open_lets_one_call_through_at_a_time_and_a_success_closes_it() {
        open();
        now += 2 * SECOND;
        assertThat(policy.state(now)).isEqualTo(BreakerState.HALF_OPEN);
        Ticket probe = Objects.requireNonNull(policy.admit(now));
        assertThat(probe.probe()).isTrue();
        assertThat(policy.admit(now)).isNull();
        policy.record(probe, Result.NEUTRAL, 0, now);
        Ticket second = Objects.requireNonNull(policy.admit(now));
        policy.record(second, Result.SUCCESS, 0, now);
        assertThat(policy.state(now)).isEqualTo(BreakerState.CLOSED);
        assertThat(policy.admit(now)).isNotNull();
    }

    @Test
    void the_pause_doubles_up_to_its_cap_and_starts_small_again_after_calm() {
        open();
        long[] pauses = new long[6];
        for (int i = 0; i < pauses.length; i++) {
            pauses[i] = (policy.openUntil() - now) / SECOND;
            now = policy.openUntil();
            call(Result.FAILURE);
        }
        assertThat(pauses).containsExactly(2, 4, 8, 16, 20, 20);
        now = policy.openUntil();
        for (int i = 0; i < 21; i++) {
            call(Result.SUCCESS);
        }
        open();
        assertThat((policy.openUntil() - now) / SECOND).isEqualTo(2);
    }

    @Test
    void a_result_from_before_the_outage_changes_nothing() {
        Ticket early = Objects.requireNonNull(policy.admit(now));
        open();
        policy.record(early, Result.SUCCESS, 0, now);
        assertThat(policy.state(now)).isEqualTo(BreakerState.OPEN);
        now = policy.openUntil();
        Ticket probe = Objects.requireNonNull(policy.admit(now));
        policy.record(early, Result.FAILURE, 0, now);
        policy.record(probe, Result.SUCCESS, 0, now);
        assertThat(policy.state(now)).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void a_peers_finding_opens_it_but_never_for_longer_than_the_cap() {
        policy.open(now, now + 3600 * SECOND);
        assertThat(policy.openUntil() - now).isEqualTo(20 * SECOND);
        policy.tryNow(now);
        assertThat(policy.state(now)).isEqualTo(BreakerState.HALF_OPEN);
    }

    /** A provider that is down for any time: at most ten calls reach it before it is left alone, then it comes back. */
    @Property(tries = 200)
    void whatever_happened_before_an_outage_takes_ten_calls_at_most_and_ends_within_a_minute(
            @ForAll @Size(max = 200) List<Result> before, @ForAll @IntRange(max = 600) int downSeconds) {
        BreakerPolicy policy = new BreakerPolicy(BreakerSettings.defaults());
        long now = 5;
        for (Result result : before) {
            Ticket ticket = policy.admit(now);
            if (ticket != null) {
                policy.record(ticket, result, 0, now);
            }
            now += SECOND / 10;
        }
        now += 21 * SECOND;
        int reached = 0;
        for (int i = 0; i < 100; i++) {
            Ticket ticket = policy.admit(now);
            if (ticket != null) {
                reached++;
                policy.record(ticket, Result.FAILURE, 0, now);
            }
        }
        assertThat(reached).isBetween(1, 10);
        long back = now + downSeconds * SECOND;
        while (now - back < 0) {
            Ticket ticket = policy.admit(now);
            if (ticket != null) {
                policy.record(ticket, Result.FAILURE, 0, now);
            }
            now += SECOND;
        }
        while (policy.admit(now) == null) {
            now += SECOND;
        }
        assertThat(now - back).isLessThanOrEqualTo(60 * SECOND);
    }
}
