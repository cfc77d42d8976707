package dev.pinfold.broker.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.provider.RateBudget.Leave;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateBudgetTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    @Test
    void a_burst_goes_out_at_once_and_the_rest_at_the_rate() {
        RateBudget budget = new RateBudget(10, 5, 0);
        for (int i = 0; i < 5; i++) {
            assertThat(take(budget, 0).waitNanos()).isZero();
        }
        assertThat(take(budget, 0).waitNanos()).isEqualTo(SECOND / 10);
        assertThat(take(budget, 0).waitNanos()).isEqualTo(2 * SECOND / 10);
    }

    @Test
    void a_wait_longer_than_allowed_is_refused_and_takes_nothing() {
        RateBudget budget = new RateBudget(1, 1, 0);
        take(budget, 0);
        assertThat(budget.take(0, SECOND / 2)).isNull();
        assertThat(budget.waitNanos(0)).isEqualTo(SECOND);
    }

    @Test
    void retry_after_is_kept_to_the_second_and_then_one_call_tries_alone() {
        RateBudget budget = new RateBudget(10, 10, 0);
        budget.refused(take(budget, 0), Duration.ofSeconds(42), 0);
        assertThat(budget.take(41 * SECOND, 0)).isNull();
        Leave scout = take(budget, 42 * SECOND);
        assertThat(scout.scout()).isTrue();
        assertThat(budget.take(42 * SECOND, Long.MAX_VALUE)).isNull();
        budget.accepted(scout, 43 * SECOND);
        assertThat(take(budget, 44 * SECOND).scout()).isFalse();
    }

    @Test
    void an_absurd_retry_after_is_capped() {
        RateBudget budget = new RateBudget(10, 10, 0);
        budget.refused(take(budget, 0), Duration.ofDays(9999), 0);
        assertThat(budget.waitNanos(0)).isEqualTo(15 * MINUTE);
    }

    @Test
    void calls_of_one_crowd_that_all_get_429_count_once() {
        RateBudget budget = new RateBudget(10, 10, 0);
        Leave[] crowd = new Leave[8];
        for (int i = 0; i < crowd.length; i++) {
            crowd[i] = take(budget, 0);
        }
        for (Leave leave : crowd) {
            budget.refused(leave, null, SECOND / 10);
        }
        assertThat(budget.waitNanos(SECOND / 10)).isLessThanOrEqualTo(SECOND);
    }

    @Test
    void a_scout_that_gets_no_answer_makes_room_for_the_next() {
        RateBudget budget = new RateBudget(10, 10, 0);
        budget.refused(take(budget, 0), null, 0);
        Leave scout = take(budget, 2 * SECOND);
        budget.unanswered(scout);
        assertThat(take(budget, 2 * SECOND).scout()).isTrue();
    }

    @Test
    void of_ten_minutes_of_429_without_retry_after_hardly_any_call_hits_the_wall_after_the_first() {
        Tally tally = simulate(new RateBudget(50, 100, 0), 10, 10 * MINUTE, now -> true, null);
        assertThat(tally.refusedUpstream * 100).isLessThanOrEqualTo(tally.wanted);
        assertThat(tally.wanted).isEqualTo(5400);
    }

    @Test
    void of_ten_minutes_of_429_with_retry_after_hardly_any_call_hits_the_wall_after_the_first() {
        Tally tally = simulate(new RateBudget(50, 100, 0), 10, 10 * MINUTE, now -> true, Duration.ofSeconds(20));
        assertThat(tally.refusedUpstream * 100).isLessThanOrEqualTo(tally.wanted);
    }

    @Test
    void a_provider_that_takes_less_than_configured_is_met_at_its_own_rate() {
        UpstreamLimit limit = new UpstreamLimit(5);
        RateBudget budget = new RateBudget(50, 100, 0);
        Tally tally = simulate(budget, 50, 20 * MINUTE, limit::refuses, null);
        assertThat(tally.refusedUpstream * 100).isLessThanOrEqualTo(tally.sent);
        assertThat(tally.sent).as("and is still used well").isGreaterThan(19L * 60 * 2);
    }

    @Test
    void the_full_rate_is_reached_again_within_a_minute_after_a_single_429_is_over() {
        RateBudget budget = new RateBudget(50, 100, 0);
        simulate(budget, 10, 10 * MINUTE, now -> true, null);
        Tally after = simulateFrom(budget, 10, 10 * MINUTE, 12 * MINUTE, 11 * MINUTE, now -> false, null);
        assertThat(after.sent).isEqualTo(after.wanted);
    }

    private static final class Tally {
        long wanted;
        long sent;
        long refusedUpstream;
    }

    private static Tally simulate(
            RateBudget budget, int perSecond, long until, LongPredicate upstream429, @Nullable Duration retryAfter) {
        return simulateFrom(budget, perSecond, 0, until, MINUTE, upstream429, retryAfter);
    }

    /** Calls come evenly and do not wait; those after {@code countFrom} are counted. */
    private static Tally simulateFrom(
            RateBudget budget,
            int perSecond,
            long from,
            long until,
            long countFrom,
            LongPredicate upstream429,
            @Nullable Duration retryAfter) {
        Tally tally = new Tally();
        for (long now = from; now < until; now += SECOND / perSecond) {
            int counts = now >= countFrom ? 1 : 0;
            tally.wanted += counts;
            Leave leave = budget.take(now, 0);
            if (leave != null) {
                tally.sent += counts;
                if (upstream429.test(now)) {
                    tally.refusedUpstream += counts;
                    budget.refused(leave, retryAfter, now);
                } else {
                    budget.accepted(leave, now);
                }
            }
        }
        return tally;
    }

    /** A provider's own bucket. */
    private static final class UpstreamLimit {
        private final double rate;
        private double tokens = 10;
        private long last;

        UpstreamLimit(double rate) {
            this.rate = rate;
        }

        boolean refuses(long now) {
            tokens = Math.min(10, tokens + (now - last) * rate / SECOND);
            last = now;
            if (tokens < 1) {
                return true;
            }
            tokens--;
            return false;
        }
    }

    private static Leave take(RateBudget budget, long now) {
        return Objects.requireNonNull(budget.take(now, Long.MAX_VALUE), "refused");
    }
}
