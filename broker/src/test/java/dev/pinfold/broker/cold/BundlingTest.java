package dev.pinfold.broker.cold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.cold.Bundling.Move;
import dev.pinfold.broker.cold.Bundling.Open;
import dev.pinfold.broker.cold.Bundling.Place;
import dev.pinfold.broker.cold.Bundling.Subject;
import dev.pinfold.broker.cold.Bundling.Want;
import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.policy.ColdGoal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a content joins a bundle, leaves it, and when a bundle is closed. */
class BundlingTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final long MIB = 1 << 20;
    private static final Map<String, ColdGoal> GOALS = Map.of(
            "two", goal(2, null, false),
            "three", goal(3, null, false),
            "aged", goal(2, Duration.ofDays(7), false),
            "stable", goal(2, null, true));

    private static ColdGoal goal(int copies, @Nullable Duration after, boolean stable) {
        ColdGoal.Deal deal = new ColdGoal.Deal(
                Duration.ofDays(530),
                Duration.ofDays(3),
                ColdGoal.Verified.NEVER,
                null,
                true,
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new ColdGoal.Renew(true, Duration.ofDays(45), 5));
        return new ColdGoal(
                ColdGoal.Backend.LOTUS,
                1,
                copies,
                after,
                stable,
                new ColdGoal.Aggregate(MIB, 8 * MIB, Duration.ofHours(6)),
                deal,
                List.of(),
                new ColdGoal.Unfreeze(true, null, Duration.ofDays(30)),
                false);
    }

    private static Move decide(@Nullable Long bytes, List<Want> wants, Place... places) {
        return Bundling.decide(new Subject("c", bytes, wants, List.of(places)), GOALS::get, NOW);
    }

    private static Want want(String className) {
        return new Want(className, false, PinStatus.PINNING, NOW.minusSeconds(60));
    }

    @Test
    void a_content_joins_as_soon_as_its_size_is_known() {
        assertThat(decide(null, List.of(want("two")))).isEqualTo(new Move.Later(Bundling.LATER));
        assertThat(decide(1000L, List.of(want("two"))))
                .isEqualTo(new Move.Join("two", 2, Bundling.expected(1000L), 16 * MIB / 128 * 127, false));
    }

    @Test
    void of_several_classes_the_one_with_most_copies_takes_it() {
        assertThat(decide(1000L, List.of(want("two"), want("three"), want("two"))))
                .isInstanceOfSatisfying(
                        Move.Join.class, join -> assertThat(join.className()).isEqualTo("three"));
    }

    @Test
    void a_class_may_let_it_wait_for_age_or_for_its_hot_copies() {
        assertThat(decide(1000L, List.of(want("aged"))))
                .isEqualTo(new Move.Later(Duration.ofDays(7).minusSeconds(60)));
        assertThat(decide(1000L, List.of(want("stable")))).isEqualTo(new Move.Later(Bundling.LATER));
        Want pinned = new Want("stable", true, PinStatus.PINNED, NOW);
        assertThat(decide(1000L, List.of(pinned)))
                .isInstanceOfSatisfying(
                        Move.Join.class, join -> assertThat(join.urgent()).isTrue());
    }

    @Test
    void what_nobody_wants_leaves_and_what_is_wanted_again_returns() {
        Place sealed = new Place(7, PieceState.SEALED, false);
        assertThat(decide(1000L, List.of(), sealed)).isEqualTo(new Move.Leave());
        assertThat(decide(1000L, List.of(new Want("gone", false, PinStatus.PINNED, NOW)), sealed))
                .isEqualTo(new Move.Leave());
        assertThat(decide(1000L, List.of(new Want("two", false, PinStatus.FAILED, NOW)), sealed))
                .isEqualTo(new Move.Leave());
        assertThat(decide(1000L, List.of(want("two")), sealed)).isEqualTo(new Move.Stay());
        assertThat(decide(1000L, List.of(want("two")), new Place(7, PieceState.SEALED, true)))
                .isEqualTo(new Move.Restore(7));
        assertThat(decide(1000L, List.of())).isEqualTo(new Move.Stay());
    }

    @Test
    void a_bundle_is_closed_by_size_priority_or_age_and_by_age_only_above_the_least() {
        Instant fresh = NOW.minusSeconds(1);
        Instant old = NOW.minus(Duration.ofHours(6));
        assertThat(closing(8 * MIB, false, fresh)).contains("size");
        assertThat(closing(8 * MIB - 1, false, fresh)).isEmpty();
        assertThat(closing(100, true, fresh)).contains("priority");
        assertThat(closing(MIB, false, old)).contains("age");
        assertThat(closing(MIB - 1, false, old)).isEmpty();
        assertThat(Bundling.closing(new Open(1, "two", 0, 0, false, old), GOALS.get("two"), NOW))
                .isEmpty();
        assertThat(Bundling.closing(new Open(1, "two", Bundling.MOST_CONTENTS, 5, false, fresh), GOALS.get("two"), NOW))
                .contains("size");
        assertThat(Bundling.closing(new Open(1, "gone", 9, 9 * MIB, true, old), null, NOW))
                .isEmpty();
    }

    private static java.util.Optional<String> closing(long bytes, boolean urgent, Instant oldest) {
        return Bundling.closing(new Open(1, "two", 3, bytes, urgent, oldest), GOALS.get("two"), NOW);
    }

    @Property
    void a_piece_is_packed_anew_exactly_when_a_smaller_one_would_do(@ForAll @LongRange(max = 1L << 36) long live) {
        PieceSize size = PieceSize.ofPadded(1L << 35);
        assertThat(Bundling.repacks(live, size))
                .isEqualTo(PieceSize.ofPayload(live).compareTo(size) < 0);
        assertThat(Bundling.repacks(0, new PieceSize(PieceSize.MIN_HEIGHT))).isFalse();
    }
}
