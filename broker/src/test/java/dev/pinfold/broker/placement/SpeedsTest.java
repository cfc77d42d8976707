package dev.pinfold.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.store.MoveStore.Candidate;
import dev.pinfold.broker.store.MoveStore.Load;
import dev.pinfold.broker.store.ReplicaStore.Lost;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How many moves may begin at once, and when nothing may. */
class SpeedsTest {
    private static final Load NOTHING = new Load(0, 0, 0, Map.of());
    private static final long MANY = 1_000_000;

    /** The usual rule of repair with other speeds. */
    static Upkeep.Repair repair(int maxConcurrent, int perProvider, long bytesPerDay) {
        Upkeep.Repair usual = Upkeep.Repair.DEFAULT;
        return new Upkeep.Repair(
                usual.reconcileEvery(),
                usual.lossObservations(),
                usual.lossOver(),
                usual.delayUnderMin(),
                usual.delayUnderTarget(),
                maxConcurrent,
                perProvider,
                bytesPerDay,
                usual.massFailureBrake(),
                usual.removeOverAfter());
    }

    private static Upkeep upkeep(int maxConcurrent, int perProvider, long bytesPerDay, String moneyPerDay) {
        Upkeep.Repair repair = repair(maxConcurrent, perProvider, bytesPerDay);
        Upkeep.Rebalance rebalance = new Upkeep.Rebalance(
                true, Ratio.of("15%"), Duration.ofDays(90), Duration.ofDays(30), Ratio.of(moneyPerDay));
        return new Upkeep(repair, rebalance, List.of(), Upkeep.Audit.DEFAULT, Upkeep.Rollout.DEFAULT);
    }

    private static Candidate move(int i, long bytes, boolean money, String... added) {
        return new Candidate(new UUID(0, i), "content-" + i, bytes, money, List.of(added));
    }

    private static List<Candidate> moves(int count, long bytes, boolean money, String... added) {
        List<Candidate> moves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            moves.add(move(i, bytes, money, added));
        }
        return moves;
    }

    private static int begun(Upkeep upkeep, Load load, List<Candidate> candidates) {
        List<Candidate> chosen = Mover.choose(upkeep, load, MANY, candidates);
        assertThat(chosen).isSubsetOf(candidates);
        return chosen.size();
    }

    @Test
    void no_more_pins_move_at_once_than_max_concurrent_those_on_their_way_included() {
        Upkeep upkeep = upkeep(10, 100, MANY, "100%");
        assertThat(begun(upkeep, NOTHING, moves(50, 1, false, "a"))).isEqualTo(10);
        assertThat(begun(upkeep, new Load(7, 0, 0, Map.of()), moves(50, 1, false, "a")))
                .isEqualTo(3);
        assertThat(begun(upkeep, new Load(12, 0, 0, Map.of()), moves(50, 1, false, "a")))
                .isZero();
    }

    @Test
    void no_provider_gets_more_at_once_than_per_provider_and_a_full_one_holds_nobody_else_up() {
        Upkeep upkeep = upkeep(100, 5, MANY, "100%");
        List<Candidate> both = new ArrayList<>(moves(20, 1, false, "full"));
        both.addAll(moves(3, 1, false, "free"));
        both.add(move(99, 1, false, "free", "full"));
        assertThat(Mover.choose(upkeep, new Load(4, 0, 0, Map.of("full", 4L)), MANY, both))
                .extracting(Candidate::added)
                .containsExactly(List.of("full"), List.of("free"), List.of("free"), List.of("free"));
    }

    @Test
    void a_day_moves_no_more_bytes_than_it_may_but_always_one_move() {
        Upkeep upkeep = upkeep(100, 100, 1_000, "100%");
        assertThat(begun(upkeep, NOTHING, moves(50, 300, false, "a"))).isEqualTo(3);
        assertThat(begun(upkeep, new Load(0, 900, 0, Map.of()), moves(50, 300, false, "a")))
                .isZero();
        assertThat(begun(upkeep, NOTHING, moves(50, 5_000, false, "a"))).isEqualTo(1);
        List<Candidate> mixed = List.of(move(1, 800, false, "a"), move(2, 300, false, "a"), move(3, 200, false, "a"));
        assertThat(Mover.choose(upkeep, NOTHING, MANY, mixed))
                .extracting(Candidate::bytes)
                .containsExactly(800L, 200L);
    }

    @Test
    void a_day_moves_no_more_pins_for_the_price_than_its_share_and_need_does_not_count() {
        Upkeep upkeep = upkeep(1_000, 1_000, MANY, "1%");
        assertThat(Mover.choose(upkeep, NOTHING, 500, moves(50, 0, true, "a"))).hasSize(5);
        assertThat(Mover.choose(upkeep, new Load(0, 0, 4, Map.of()), 500, moves(50, 0, true, "a")))
                .hasSize(1);
        assertThat(Mover.choose(upkeep, new Load(0, 0, 5, Map.of()), 500, moves(50, 0, true, "a")))
                .isEmpty();
        assertThat(Mover.choose(upkeep, NOTHING, 3, moves(50, 0, true, "a")))
                .as("one of few may always move")
                .hasSize(1);
        assertThat(Mover.choose(upkeep, new Load(0, 0, 5, Map.of()), 500, moves(50, 0, false, "a")))
                .hasSize(50);
    }

    @Test
    void the_brake_is_on_when_a_fifth_of_all_copies_is_lost_at_two_providers_or_more() {
        Upkeep.Repair rule = upkeep(1, 1, 1, "1%").repair();
        assertThat(FleetView.brake(rule, new Lost(20, 2), 100))
                .contains("20 of 100 copies at 2 providers", "massFailureBrake is 20%");
        assertThat(FleetView.brake(rule, new Lost(19, 2), 100)).isNull();
        assertThat(FleetView.brake(rule, new Lost(100, 1), 100))
                .as("the end of one provider is what repair is for")
                .isNull();
        assertThat(FleetView.brake(rule, new Lost(0, 0), 0)).isNull();
    }
}
