package dev.pinfold.broker.cold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.cold.DealIntent.Reason;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which copies of a piece want a deal, and with whom not. */
class DealSlotsTest {
    private static final byte[] CAR = new byte[1_000];
    private static final Cid ROOT = Block.of(Codec.RAW, CAR).cid();
    private static final Piece PIECE = piece();
    private static final Epoch START = new Epoch(1_000);
    private static final Epoch END = new Epoch(3_000);
    private static final Epoch EARLY = new Epoch(1_500);
    private static final Epoch LATE = new Epoch(2_900);
    private static final long RENEW_BEFORE = 300;

    private static Piece piece() {
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(CAR, 0, CAR.length);
        return hasher.finish();
    }

    private static UUID id(int number) {
        return new UUID(7, number);
    }

    private static Deal first(int number, int slot, String provider, DealState state) {
        return deal(number, slot, provider, state, Reason.COPY, null, 0);
    }

    private static Deal deal(
            int number,
            int slot,
            String provider,
            DealState state,
            Reason reason,
            @Nullable UUID replaces,
            long sinceSecond) {
        DealOrder order = new DealOrder(
                id(number).toString(),
                id(number),
                DealMode.MK12,
                "f1wallet",
                provider,
                new DealPiece(PIECE.cidV1(), PIECE.size(), CAR.length, ROOT),
                new DealTerms(START, END, AttoFil.of(1), AttoFil.ZERO, false, true),
                new PieceSource(URI.create("http://broker.example/piece/x"), Map.of()));
        Checkpoint at = new Checkpoint(
                state,
                DealIds.NONE,
                state.stored() ? START : null,
                state.stored() ? END : null,
                OptionalLong.empty(),
                state.stored() ? Proof.CHAIN : null,
                null,
                null,
                null,
                0,
                0,
                false);
        return new Deal(
                new DealIntent(1, slot, reason, replaces, "lotus", order),
                at,
                "archive",
                PIECE.cidV2(),
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(sinceSecond),
                null,
                true,
                1);
    }

    private static PieceNeed need(Deal... deals) {
        return new PieceNeed(1, "archive", new TreeSet<>(), 2, false, true, CAR.length, PIECE, ROOT, List.of(deals), 1);
    }

    private static List<DealSlots.Open> open(Epoch head, Deal... deals) {
        return DealSlots.open(need(deals), head, RENEW_BEFORE);
    }

    @Test
    void a_piece_without_deals_wants_one_for_each_copy() {
        assertThat(open(EARLY))
                .containsExactly(
                        new DealSlots.Open(0, Reason.COPY, null, null), new DealSlots.Open(1, Reason.COPY, null, null));
    }

    @Test
    void a_deal_that_is_under_way_or_stored_covers_its_copy_and_no_other() {
        for (DealState state : DealState.values()) {
            List<Integer> left = open(EARLY, first(1, 0, "f01", state)).stream()
                    .map(DealSlots.Open::slot)
                    .toList();
            boolean covers = state.live() || state == DealState.ENDING;
            assertThat(left).as("%s", state).isEqualTo(covers ? List.of(1) : List.of(0, 1));
        }
    }

    @Test
    void a_deal_that_came_to_nothing_is_made_up_for_and_the_last_one_is_named() {
        Deal lost = first(1, 0, "f01", DealState.SLASHED);
        Deal failed = deal(2, 0, "f02", DealState.FAILED, Reason.REPAIR, id(1), 5);
        assertThat(open(EARLY, lost, failed, first(3, 1, "f03", DealState.ACTIVE)))
                .containsExactly(new DealSlots.Open(0, Reason.REPAIR, id(2), null));
    }

    @Test
    void a_deal_about_to_end_is_renewed_at_first_with_its_own_storage_provider() {
        Deal ending = first(1, 0, "f01", DealState.ENDING);
        Deal other = first(2, 1, "f02", DealState.ACTIVE);
        assertThat(open(LATE, ending, other)).containsExactly(new DealSlots.Open(0, Reason.RENEWAL, id(1), "f01"));
        assertThat(DealSlots.taken(need(ending, other), 0)).containsExactly("f02");
        assertThat(DealSlots.taken(need(ending, other), 1)).containsExactlyInAnyOrder("f01", "f02");
        DealSlots.Open slot = open(LATE, ending, other).getFirst();
        assertThat(DealSlots.left(need(ending, other), slot, LATE)).isEqualTo(100);
    }

    @Test
    void renewals_that_came_to_nothing_are_counted_for_the_deal_that_they_were_to_replace() {
        Deal ending = first(1, 0, "f01", DealState.ENDING);
        Deal refused = deal(2, 0, "f01", DealState.FAILED, Reason.RENEWAL, id(1), 5);
        Deal given = deal(3, 0, "f02", DealState.WITHDRAWN, Reason.RENEWAL, id(1), 6);
        Deal older = deal(4, 0, "f03", DealState.FAILED, Reason.RENEWAL, id(9), 1);
        DealSlots.Open slot = open(LATE, older, ending, refused, given).getFirst();
        assertThat(slot.replaces()).isEqualTo(id(1));
        assertThat(DealSlots.failedRenewals(need(older, ending, refused, given), slot))
                .containsExactly(refused, given);
    }

    @Test
    void a_piece_is_stored_when_each_copy_is_and_none_of_them_is_about_to_end() {
        Deal one = first(1, 0, "f01", DealState.ACTIVE);
        assertThat(DealSlots.stored(need(one))).isFalse();
        assertThat(DealSlots.stored(need(one, first(2, 1, "f02", DealState.ENDING))))
                .isFalse();
        assertThat(DealSlots.stored(need(one, first(2, 1, "f02", DealState.ACTIVE))))
                .isTrue();
        assertThat(DealSlots.stored(need(one, first(2, 5, "f02", DealState.ACTIVE))))
                .as("a copy that is wanted no more stands for none that is")
                .isFalse();
    }

    @Test
    void who_did_not_keep_a_piece_is_asked_again_after_a_rest_that_doubles() {
        Duration rest = Duration.ofMinutes(10);
        assertThat(DealSlots.restsUntil(need(), "f01", rest)).isEqualTo(Instant.MIN);
        assertThat(DealSlots.restsUntil(need(first(1, 0, "f01", DealState.EXPIRED)), "f01", rest))
                .as("it kept the piece to the end")
                .isEqualTo(Instant.MIN);
        Deal failed = first(1, 0, "f01", DealState.FAILED);
        assertThat(DealSlots.restsUntil(need(failed), "f01", rest)).isEqualTo(Instant.EPOCH.plus(rest));
        Deal again = deal(2, 0, "f01", DealState.LOST, Reason.REPAIR, id(1), 60);
        assertThat(DealSlots.restsUntil(need(failed, again), "f01", rest))
                .isEqualTo(Instant.EPOCH.plusSeconds(60).plus(rest.multipliedBy(2)));
    }
}
