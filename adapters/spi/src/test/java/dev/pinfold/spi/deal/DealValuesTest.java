package dev.pinfold.spi.deal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.PieceSize;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Amounts, sizes and moments: exact, and impossible to mix up. */
class DealValuesTest {
    private static final PieceSize GIB_32 = PieceSize.ofPadded(32L << 30);

    @Test
    void a_price_per_epoch_is_rounded_up_because_one_unit_less_is_rejected() {
        Ask ask = new Ask(AttoFil.of(119), AttoFil.ZERO, PieceSize.ofPadded(256), GIB_32, Optional.empty());
        assertThat(ask.epochPrice(PieceSize.ofPadded(1L << 29), false)).isEqualTo(AttoFil.of(60));
        assertThat(ask.epochPrice(PieceSize.ofPadded(1L << 30), false)).isEqualTo(AttoFil.of(119));
        assertThat(ask.epochPrice(PieceSize.ofPadded(256), false)).isEqualTo(AttoFil.of(1));
        assertThat(ask.epochPrice(GIB_32, true)).isEqualTo(AttoFil.ZERO);
    }

    @Test
    void the_usual_ask_costs_what_the_arithmetic_of_the_network_says() {
        Ask ask = new Ask(AttoFil.of(50_000_000), AttoFil.ZERO, GIB_32, GIB_32, Optional.empty());
        AttoFil total = ask.epochPrice(GIB_32, false).times(518_400);
        assertThat(total).isEqualTo(AttoFil.parse("829440000000000"));
        assertThat(total.inCoins("FIL")).isEqualTo("0.00082944 FIL");
        assertThat(AttoFil.ofCoins("0.00082944")).isEqualTo(total);
    }

    @Property
    void rounding_up_is_the_least_amount_that_covers_the_exact_price(
            @ForAll @LongRange(min = 0) long price, @ForAll @LongRange(min = 7, max = 40) long exponent) {
        long size = 1L << exponent;
        BigInteger gib = BigInteger.ONE.shiftLeft(30);
        BigInteger exact = BigInteger.valueOf(price).multiply(BigInteger.valueOf(size));
        BigInteger rounded = new Ask(AttoFil.of(price), AttoFil.ZERO, GIB_32, GIB_32, Optional.empty())
                .epochPrice(PieceSize.ofPadded(size), false)
                .value();
        assertThat(rounded.multiply(gib)).isGreaterThanOrEqualTo(exact);
        assertThat(rounded.subtract(BigInteger.ONE).multiply(gib)).isLessThan(exact.max(BigInteger.ONE));
    }

    @Test
    void an_amount_is_never_negative_and_never_a_fraction() {
        assertThatThrownBy(() -> AttoFil.of(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AttoFil.parse("1.5")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AttoFil.parse("-5")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AttoFil.ofCoins("1e3")).isInstanceOf(IllegalArgumentException.class);
        assertThat(AttoFil.of(3).minusOrZero(AttoFil.of(5))).isEqualTo(AttoFil.ZERO);
    }

    @Test
    void padded_and_unpadded_sizes_turn_into_each_other_and_refuse_each_others_numbers() {
        assertThat(GIB_32.unpadded()).isEqualTo(34_091_302_912L);
        assertThat(new UnpaddedSize(1_040_384).padded()).isEqualTo(PieceSize.ofPadded(1 << 20));
        assertThatThrownBy(() -> PieceSize.ofPadded(1_040_384)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UnpaddedSize(1 << 20)).isInstanceOf(IllegalArgumentException.class);
        assertThat(PieceSize.ofPayload(1)).isEqualTo(PieceSize.ofPadded(128));
        assertThat(PieceSize.ofPayload(127)).isEqualTo(PieceSize.ofPadded(128));
        assertThat(PieceSize.ofPayload(128)).isEqualTo(PieceSize.ofPadded(256));
    }

    @Test
    void one_id_is_the_uuid_of_mk12_and_the_ulid_of_mk20() {
        UUID id = DealOrder.idOfUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        DealOrder order = order(id);
        assertThat(order.ulid()).isEqualTo("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assertThat(order(new UUID(-1, -1)).ulid()).isEqualTo("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assertThatThrownBy(() -> DealOrder.idOfUlid("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void every_id_survives_being_written_as_a_ulid(@ForAll long high, @ForAll @LongRange(min = 1) long low) {
        UUID id = new UUID(high, low);
        assertThat(DealOrder.idOfUlid(order(id).ulid())).isEqualTo(id);
    }

    @Test
    void the_token_of_a_piece_is_never_shown() {
        assertThat(order(new UUID(1, 2)).toString()).doesNotContain("secret").contains("Authorization");
    }

    @Test
    void collateral_is_proposed_above_the_least_and_within_the_bounds() {
        assertThat(new CollateralBounds(AttoFil.of(101), AttoFil.of(1000)).proposed())
                .isEqualTo(AttoFil.of(122));
        assertThat(new CollateralBounds(AttoFil.of(101), AttoFil.of(110)).proposed())
                .isEqualTo(AttoFil.of(110));
    }

    @Test
    void epochs_are_half_minutes() {
        assertThat(Epoch.epochsIn(Duration.ofHours(49))).isEqualTo(5880);
        assertThat(Epoch.epochsIn(Duration.ofSeconds(31))).isEqualTo(2);
        assertThat(new Epoch(5).until(new Epoch(3))).isEqualTo(-2);
    }

    private static DealOrder order(UUID id) {
        Cid piece = Cid.parse("baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq");
        Cid root = Cid.parse("bafybeibxm2nsadl3fnxv2sxcxmxaco2jl53wpeorjdzidjwf5aqdg7wa6u");
        return new DealOrder(
                "key",
                id,
                DealMode.MK12,
                "f1m5qpjpey25pqta4opbbi4bfv2rals7mfoa5t2ha",
                "f01234",
                new DealPiece(piece, GIB_32, 33_285_996_544L, root),
                new DealTerms(new Epoch(1), new Epoch(2), AttoFil.ZERO, AttoFil.ZERO, false, true),
                new PieceSource(URI.create("https://broker.example/piece"), Map.of("Authorization", "Bearer secret")));
    }
}
