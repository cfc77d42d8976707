package dev.pinfold.policy.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.Budget;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Retention;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UpkeepDecisionsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final Upkeep.Repair REPAIR = Upkeep.Repair.DEFAULT;
    private static final HotGoal GOAL = new HotGoal(2, 3, 4, HotGoal.Ack.VERIFIED, 2);

    @Test
    void below_min_is_repaired_at_once_below_target_after_an_hour_and_otherwise_not() {
        assertThat(RepairDecision.dueAt(REPAIR, GOAL, 1, NOW)).contains(NOW);
        assertThat(RepairDecision.dueAt(REPAIR, GOAL, 2, NOW)).contains(NOW.plus(Duration.ofHours(1)));
        assertThat(RepairDecision.dueAt(REPAIR, GOAL, 3, NOW)).isEmpty();
    }

    @Test
    void the_brake_trips_at_a_fifth_of_all_copies_and_not_for_a_single_one() {
        assertThat(RepairDecision.brakeTrips(REPAIR, 200, 1000)).isTrue();
        assertThat(RepairDecision.brakeTrips(REPAIR, 199, 1000)).isFalse();
        assertThat(RepairDecision.brakeTrips(REPAIR, 1, 3)).isFalse();
        assertThat(RepairDecision.brakeTrips(REPAIR, 0, 0)).isFalse();
    }

    @Test
    void a_loss_needs_three_observations_over_a_quarter_of_an_hour() {
        Instant later = NOW.plus(Duration.ofMinutes(15));
        assertThat(RepairDecision.confirmedLost(REPAIR, List.of(NOW, NOW.plusSeconds(60), later)))
                .isTrue();
        assertThat(RepairDecision.confirmedLost(REPAIR, List.of(NOW, later))).isFalse();
        assertThat(RepairDecision.confirmedLost(REPAIR, List.of(NOW, NOW.plusSeconds(1), NOW.plusSeconds(2))))
                .isFalse();
        assertThat(RepairDecision.confirmedLost(REPAIR, List.of())).isFalse();
    }

    @Test
    void surplus_copies_go_only_when_the_target_is_verified() {
        assertThat(RepairDecision.surplusRemovableAt(REPAIR, GOAL, 2, NOW)).isEmpty();
        assertThat(RepairDecision.surplusRemovableAt(REPAIR, GOAL, 3, NOW)).contains(NOW.plus(Duration.ofDays(1)));
    }

    @Test
    void a_pin_moves_for_money_only_after_its_cool_down_and_within_the_daily_share() {
        Upkeep.Rebalance rule = Upkeep.Rebalance.DEFAULT;
        assertThat(MoveDecision.reasonAgainstMove(rule, null, 0, 1000, NOW)).isNull();
        assertThat(MoveDecision.reasonAgainstMove(rule, NOW.minus(Duration.ofDays(29)), 0, 1000, NOW))
                .contains("cool-down");
        assertThat(MoveDecision.reasonAgainstMove(rule, NOW.minus(Duration.ofDays(30)), 9, 1000, NOW))
                .isNull();
        assertThat(MoveDecision.reasonAgainstMove(rule, null, 10, 1000, NOW)).isEqualTo("10 pins moved today, 10 may");
        assertThat(MoveDecision.reasonAgainstMove(rule, null, 0, 5, NOW))
                .as("one may always move")
                .isNull();
    }

    @Test
    void a_plan_that_breaks_a_limit_of_the_roll_out_is_refused_in_words() {
        Upkeep.Rollout rule =
                new Upkeep.Rollout(Ratio.of("1%"), Duration.ofDays(1), Ratio.of("10%"), Ratio.of("0.1%"), 5L << 40);
        Money before = Money.of("100");
        assertThat(MoveDecision.reasonAgainstPlan(rule, before, Money.of("110"), 1000, 1, 0))
                .isNull();
        assertThat(MoveDecision.reasonAgainstPlan(rule, before, Money.of("110.01"), 1000, 0, 0))
                .contains("rise from 100");
        assertThat(MoveDecision.reasonAgainstPlan(rule, before, before, 1000, 2, 0))
                .contains("2 of 1000 pins");
        assertThat(MoveDecision.reasonAgainstPlan(rule, before, before, 1000, 0, 6L << 40))
                .contains("bytes would move");
    }

    @Test
    void the_canary_is_a_fixed_share_of_cids_and_another_one_for_each_revision() {
        Upkeep.Rollout rule =
                new Upkeep.Rollout(Ratio.of("5%"), Duration.ofDays(1), Ratio.ONE, Ratio.ONE, Long.MAX_VALUE);
        long chosen = 0;
        long both = 0;
        for (int i = 0; i < 10_000; i++) {
            boolean first = MoveDecision.inCanary(rule, 1, "bafy" + i);
            chosen += first ? 1 : 0;
            both += first && MoveDecision.inCanary(rule, 2, "bafy" + i) ? 1 : 0;
        }
        assertThat(chosen).isBetween(400L, 600L);
        assertThat(both).isLessThan(100);
    }

    @Test
    void a_budget_warns_once_when_a_level_is_crossed() {
        Budget budget = new Budget(
                "b",
                new TreeSet<>(),
                new TreeSet<>(),
                Money.of("100"),
                null,
                List.of(Ratio.of("50%"), Ratio.of("80%")),
                Budget.OnExceeded.REJECT,
                null);
        assertThat(MoveDecision.warningsReached(budget, Money.of("49"), Money.of("50")))
                .containsExactly(Ratio.of("50%"));
        assertThat(MoveDecision.warningsReached(budget, Money.of("50"), Money.of("79")))
                .isEmpty();
        assertThat(MoveDecision.warningsReached(budget, Money.ZERO, Money.of("90")))
                .hasSize(2);
    }

    @Test
    void a_drain_of_a_million_pins_at_250_a_minute_takes_2_8_days() {
        Instant end = MoveDecision.drainEndsAt(1_000_000, 250, NOW);
        assertThat(Duration.between(NOW, end).toHours()).isEqualTo(66);
        assertThat(MoveDecision.missesDeadline(new Upkeep.Drain("x", "", NOW, NOW.plus(Duration.ofDays(2))), end))
                .isTrue();
        assertThat(MoveDecision.missesDeadline(new Upkeep.Drain("x", "", NOW, NOW.plus(Duration.ofDays(3))), end))
                .isFalse();
    }

    @Test
    void a_pin_expires_after_its_time_unless_it_is_among_the_newest_or_held() {
        Retention month = new Retention(Duration.ofDays(30), 2, Duration.ofDays(7), false);
        Instant later = NOW.plus(Duration.ofDays(30));
        assertThat(month.expired(NOW, 2, later)).isTrue();
        assertThat(month.expired(NOW, 1, later)).isFalse();
        assertThat(month.expired(NOW, 2, later.minusSeconds(1))).isFalse();
        assertThat(month.removableAt(NOW)).contains(NOW.plus(Duration.ofDays(7)));
        Retention held = new Retention(Duration.ofDays(30), 0, Duration.ZERO, true);
        assertThat(held.expired(NOW, 9, later)).isFalse();
        assertThat(held.removableAt(NOW)).isEmpty();
    }
}
