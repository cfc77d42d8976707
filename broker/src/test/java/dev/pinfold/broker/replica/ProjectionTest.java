package dev.pinfold.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.replica.Projection.Goal;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What a pin shows is computed from its copies alone. */
class ProjectionTest {
    private static final Goal TWO_VERIFIED = new Goal(2, 3, true);
    private static final Goal TWO_CLAIMED = new Goal(2, 3, false);

    private static Projection.Shown show(Goal goal, ReplicaState... states) {
        return Projection.show(goal, List.of(states), null, null);
    }

    @Test
    void a_pin_without_copies_is_queued() {
        assertThat(show(TWO_VERIFIED).status()).isEqualTo(PinStatus.QUEUED);
        assertThat(show(TWO_VERIFIED, ReplicaState.PLANNED, ReplicaState.PLANNED)
                        .status())
                .isEqualTo(PinStatus.QUEUED);
    }

    @Test
    void a_pin_whose_first_order_was_sent_is_pinning() {
        assertThat(show(TWO_VERIFIED, ReplicaState.ORDERED, ReplicaState.PLANNED)
                        .status())
                .isEqualTo(PinStatus.PINNING);
    }

    @Test
    void claims_count_only_where_the_policy_says_so() {
        assertThat(show(TWO_VERIFIED, ReplicaState.CLAIMED, ReplicaState.CLAIMED, ReplicaState.CLAIMED)
                        .status())
                .isEqualTo(PinStatus.PINNING);
        assertThat(show(TWO_CLAIMED, ReplicaState.CLAIMED, ReplicaState.VERIFIED)
                        .status())
                .isEqualTo(PinStatus.PINNED);
    }

    @Test
    void a_pinned_pin_with_fewer_copies_than_wanted_says_so() {
        Projection.Shown shown = Projection.show(
                TWO_VERIFIED,
                List.of(ReplicaState.VERIFIED, ReplicaState.VERIFIED, ReplicaState.LOST),
                null,
                "gamma: does not answer");
        assertThat(shown.status()).isEqualTo(PinStatus.PINNED);
        assertThat(shown.info())
                .containsEntry("status_details", "degraded: 2 of 3 copies; gamma: does not answer")
                .containsEntry("pinfold_replicas", "2 of 3")
                .containsEntry("pinfold_verified", "2");
    }

    @Test
    void a_pin_that_has_all_copies_needs_no_words() {
        assertThat(show(TWO_VERIFIED, ReplicaState.VERIFIED, ReplicaState.VERIFIED, ReplicaState.VERIFIED)
                        .info())
                .doesNotContainKey("status_details");
    }

    @Test
    void what_is_hopeless_fails_with_the_reason_unless_enough_copies_are_there() {
        List<ReplicaState> one = List.of(ReplicaState.VERIFIED);
        assertThat(Projection.show(TWO_VERIFIED, one, "no provider", null).status())
                .isEqualTo(PinStatus.FAILED);
        assertThat(Projection.show(TWO_VERIFIED, one, "no provider", null).info())
                .containsEntry("status_details", "no provider");
        List<ReplicaState> two = List.of(ReplicaState.VERIFIED, ReplicaState.VERIFIED);
        assertThat(Projection.show(TWO_VERIFIED, two, "no provider", null).status())
                .isEqualTo(PinStatus.PINNED);
    }

    @Property(tries = 500)
    void pinned_is_shown_exactly_when_enough_copies_count(
            @ForAll @Size(max = 8) List<ReplicaState> states,
            @ForAll @IntRange(min = 1, max = 5) int ack,
            @ForAll boolean verified) {
        long counting = states.stream()
                .filter(s -> s == ReplicaState.VERIFIED || (!verified && s == ReplicaState.CLAIMED))
                .count();
        PinStatus shown = Projection.show(new Goal(ack, ack + 1, verified), states, null, null)
                .status();
        assertThat(shown == PinStatus.PINNED).isEqualTo(counting >= ack);
    }

    @Property(tries = 500)
    void the_order_of_copies_does_not_matter_and_one_more_verified_copy_never_lowers_a_pin(
            @ForAll @Size(max = 8) List<ReplicaState> states, @ForAll @IntRange(min = 1, max = 5) int ack) {
        Goal goal = new Goal(ack, ack + 1, true);
        Projection.Shown before = Projection.show(goal, states, null, null);
        assertThat(Projection.show(goal, states.reversed(), null, null)).isEqualTo(before);
        List<ReplicaState> more = new ArrayList<>(states);
        more.add(ReplicaState.VERIFIED);
        assertThat(Projection.show(goal, more, null, null).status().code())
                .isGreaterThanOrEqualTo(before.status().code());
    }
}
