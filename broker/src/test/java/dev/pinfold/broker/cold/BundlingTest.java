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

    private static Want want(String className, String... jurisdictions) {
        return want(className, false, PinStatus.PINNING, NOW.minusSeconds(60), jurisdictions);
    }

    private static Want want(
            String className, boolean urgent, PinStatus status, Instant created, String... jurisdictions) {
        return new Want(className, urgent, status, created, new TreeSet<>(List.of(jurisdictions)));
    }

    private static Place place(long piece, PieceState state, boolean removed, String... jurisdictions) {
        return new Place(piece, state, removed, false, new TreeSet<>(List.of(jurisdictions)));
    }

    private static Place leaving(long piece, String... jurisdictions) {
        return new Place(piece, PieceState.DEALT, false, true, new TreeSet<>(List.of(jurisdictions)));
    }

    @Test
    void a_content_joins_as_soon_as_its_size_is_known() {
        assertThat(decide(null, List.of(want("two")))).isEqualTo(new Move.Later(Bundling.LATER));
        assertThat(decide(1000L, List.of(want("two"))))
                .isEqualTo(new Move.Join(
                        "two", new TreeSet<>(), 2, Bundling.expected(1000L), 16 * MIB / 128 * 127, false, false));
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
        Want pinned = want("stable", true, PinStatus.PINNED, NOW);
        assertThat(decide(1000L, List.of(pinned)))
                .isInstanceOfSatisfying(
                        Move.Join.class, join -> assertThat(join.urgent()).isTrue());
    }

    @Test
    void what_nobody_wants_leaves_and_what_is_wanted_again_returns() {
        Place sealed = place(7, PieceState.SEALED, false);
        assertThat(decide(1000L, List.of(), sealed)).isEqualTo(new Move.Leave(List.of(7L)));
        assertThat(decide(1000L, List.of(want("gone", false, PinStatus.PINNED, NOW)), sealed))
                .isEqualTo(new Move.Leave(List.of(7L)));
        assertThat(decide(1000L, List.of(want("two", false, PinStatus.FAILED, NOW)), sealed))
                .isEqualTo(new Move.Leave(List.of(7L)));
        assertThat(decide(1000L, List.of(want("two")), sealed)).isEqualTo(new Move.Stay());
        assertThat(decide(1000L, List.of(want("two")), place(7, PieceState.SEALED, true)))
                .isEqualTo(new Move.Restore(7));
        assertThat(decide(1000L, List.of())).isEqualTo(new Move.Stay());
    }

    @Test
    void a_pin_that_narrows_where_its_data_may_lie_shares_no_piece_with_one_that_does_not() {
        Want anywhere = want("two");
        Want european = want("two", "EU", "CH");
        assertThat(jurisdictions(decide(1000L, List.of(european)))).containsExactly("CH", "EU");
        assertThat(decide(1000L, List.of(european), place(7, PieceState.OPEN, false)))
                .as("a piece that may lie anywhere, which nobody wants any more")
                .isEqualTo(new Move.Leave(List.of(7L)));
        assertThat(jurisdictions(decide(1000L, List.of(anywhere, european), place(7, PieceState.DEALT, false))))
                .as("a piece of its own, beside the one of the other pin")
                .containsExactly("CH", "EU");
        assertThat(decide(1000L, List.of(anywhere, european), place(7, PieceState.DEALT, false, "EU")))
                .as("a narrower piece serves both")
                .isEqualTo(new Move.Stay());
        assertThat(decide(1000L, List.of(european), place(7, PieceState.DEALT, true)))
                .as("waste of a piece that may lie anywhere is not returned to")
                .isInstanceOf(Move.Join.class);
        assertThat(decide(1000L, List.of(want("two", "EU"), want("two", "US"))))
                .isInstanceOfSatisfying(
                        Move.Join.class, join -> assertThat(join.again()).isTrue());
    }

    private static java.util.SortedSet<String> jurisdictions(Move move) {
        return ((Move.Join) move).jurisdictions();
    }

    @Test
    void a_content_on_its_way_out_of_a_piece_joins_another_and_stays_in_both_until_that_is_stored() {
        assertThat(decide(1000L, List.of(want("two")), leaving(7))).isInstanceOf(Move.Join.class);
        assertThat(decide(1000L, List.of(want("two")), leaving(7), place(8, PieceState.SEALING, false)))
                .isEqualTo(new Move.Stay());
        assertThat(decide(1000L, List.of(), leaving(7))).isEqualTo(new Move.Leave(List.of(7L)));
    }

    @Test
    void tiny_contents_are_expected_to_take_about_what_they_do() {
        assertThat(Bundling.expected(100L)).isBetween(200L, 220L);
        assertThat(Bundling.expected(1L << 20)).isBetween((1L << 20) + 4_000, (1L << 20) + 5_000);
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
        PieceSize smallest = new PieceSize(PieceSize.MIN_HEIGHT);
        assertThat(Bundling.repacks(live, size, smallest))
                .isEqualTo(PieceSize.ofPayload(live).compareTo(size) < 0);
        assertThat(Bundling.repacks(live, size, size)).isFalse();
        assertThat(Bundling.repacks(0, smallest, smallest)).isFalse();
    }
}
