package dev.pinfold.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.placement.ExistingCopies.Kept;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.GoneWork;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Retention;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When lost copies are made elsewhere, and how long copies of deleted pins stay. */
class ExistingCopiesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final Instant BEFORE = NOW.minusSeconds(600);
    private static final Duration UNDER_MIN = Duration.ofMinutes(5);
    private static final Duration UNDER_TARGET = Duration.ofHours(1);
    private static final HotGoal GOAL = new HotGoal(2, 3, 3, HotGoal.Ack.VERIFIED, 2);
    private static final Upkeep.Repair RULE = new Upkeep.Repair(
            Duration.ofMinutes(10),
            3,
            Duration.ofMinutes(15),
            UNDER_MIN,
            UNDER_TARGET,
            50,
            5,
            1L << 40,
            Ratio.of("20%"),
            Duration.ofDays(1));

    private static CopyWork copy(String provider, ReplicaState state, @Nullable Instant lostSince) {
        return new CopyWork(1, provider, state, true, List.of(), null, null, NOW, lostSince);
    }

    private static CopyWork sound(String provider) {
        return copy(provider, ReplicaState.VERIFIED, null);
    }

    private static CopyWork lost(String provider, Instant since) {
        return copy(provider, ReplicaState.LOST, since);
    }

    private static Optional<Instant> repairDue(CopyWork... copies) {
        return ExistingCopies.repairDue(RULE, GOAL, List.of(copies), provider -> !provider.equals("removed"));
    }

    @Test
    void below_target_the_longer_time_counts_and_below_min_the_shorter() {
        assertThat(repairDue(sound("a"), sound("b"), lost("c", NOW))).contains(NOW.plus(UNDER_TARGET));
        assertThat(repairDue(sound("a"), lost("b", NOW), lost("c", NOW))).contains(NOW.plus(UNDER_MIN));
    }

    @Test
    void the_time_begins_with_the_first_loss() {
        assertThat(repairDue(sound("a"), lost("b", NOW), lost("c", BEFORE))).contains(BEFORE.plus(UNDER_MIN));
    }

    @Test
    void a_copy_on_its_way_does_not_count_as_there() {
        assertThat(repairDue(sound("a"), copy("b", ReplicaState.ACCEPTED, null), lost("c", NOW)))
                .contains(NOW.plus(UNDER_MIN));
    }

    @Test
    void nothing_is_put_off_where_nothing_can_come_back() {
        assertThat(repairDue(sound("a"), sound("b"), sound("c"))).isEmpty();
        assertThat(repairDue(sound("a"), sound("b"), copy("c", ReplicaState.FAILED, null)))
                .as("it never came to be")
                .isEmpty();
        assertThat(repairDue(sound("a"), sound("b"), lost("removed", NOW)))
                .as("its provider is gone")
                .isEmpty();
        assertThat(repairDue(sound("a"), lost("b", NOW), copy("c", ReplicaState.FAILED, null)))
                .as("one of two cannot come back")
                .isEmpty();
    }

    private static GoneWork gone(String name, Instant at) {
        return new GoneWork(
                UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                1,
                new UUID(0, 1),
                "t",
                "k",
                name,
                Map.of(),
                at,
                Optional.empty(),
                null);
    }

    private static Retention retention(GoneWork pin) {
        String name = String.valueOf(pin.name());
        return name.startsWith("held")
                ? new Retention(null, 0, Duration.ZERO, true)
                : new Retention(null, 0, name.startsWith("graced") ? Duration.ofDays(7) : Duration.ZERO, false);
    }

    private static Kept kept(boolean wanted, List<GoneWork> gone, CopyWork... copies) {
        return ExistingCopies.kept(gone, List.of(copies), ExistingCopiesTest::retention, wanted, NOW);
    }

    @Test
    void a_grace_keeps_the_copies_until_it_is_over() {
        GoneWork fresh = gone("graced", NOW.minus(Duration.ofDays(6)));
        assertThat(kept(false, List.of(fresh), sound("a"), lost("b", NOW)).providers())
                .containsExactly("a", "b");
        assertThat(kept(false, List.of(fresh), sound("a")).next()).isEqualTo(NOW.plus(Duration.ofDays(1)));
        GoneWork old = gone("graced", NOW.minus(Duration.ofDays(7)));
        assertThat(kept(false, List.of(old), sound("a")))
                .isEqualTo(new Kept(java.util.Set.of(), List.of(old.requestId()), null));
    }

    @Test
    void a_hold_keeps_them_without_end_and_the_longest_wish_counts() {
        GoneWork held = gone("held", NOW.minus(Duration.ofDays(4_000)));
        GoneWork plain = gone("plain", NOW);
        Kept kept = kept(false, List.of(plain, held), sound("a"));
        assertThat(kept.providers()).containsExactly("a");
        assertThat(kept.over()).containsExactly(plain.requestId());
        assertThat(kept.next()).isNull();
    }

    @Test
    void a_copy_that_never_came_to_be_is_not_kept_and_then_the_deleted_pin_is_forgotten() {
        GoneWork held = gone("held", NOW);
        Kept kept = kept(
                false, List.of(held), copy("a", ReplicaState.PLANNED, null), copy("b", ReplicaState.RETIRING, null));
        assertThat(kept.providers()).isEmpty();
        assertThat(kept.over()).containsExactly(held.requestId());
    }

    @Test
    void while_another_pin_wants_the_content_its_copies_are_those_that_pin_wants() {
        GoneWork held = gone("held", NOW);
        Kept kept = kept(true, List.of(held), sound("a"), sound("b"));
        assertThat(kept.providers()).isEmpty();
        assertThat(kept.over()).as("it is kept for the time after that pin").isEmpty();
    }
}
