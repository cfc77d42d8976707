package dev.pinfold.spi.deal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.deal.DealObjection.Constraint;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may be given a deal, rule by rule. */
class DealFitTest {
    private static final PieceSize GIB = PieceSize.ofPadded(1L << 30);
    private static final AttoFil PLENTY = AttoFil.ofCoins("1000");
    private static final DealWish WISH = new DealWish(GIB, 518_400, false, Set.of(), AttoFil.ZERO);
    private static final DealLimits ANY =
            new DealLimits(Set.of(), Set.of(), Set.of(), AttoFil.of(100), AttoFil.of(100 * 518_400L), PLENTY);
    private static final Ask ASK = new Ask(
            AttoFil.of(100),
            AttoFil.of(10),
            PieceSize.ofPadded(1 << 20),
            PieceSize.ofPadded(1L << 36),
            Optional.empty());
    private static final Funds RICH = new Funds(PLENTY, AttoFil.ZERO, AttoFil.ZERO, BigInteger.ONE.shiftLeft(40));

    private static StorageProviderInfo in(@Nullable String country) {
        return new StorageProviderInfo(
                "f01000",
                List.of(DealMode.MK12),
                PieceSize.ofPadded(1L << 35),
                country,
                null,
                List.of(),
                Optional.of(true));
    }

    private static List<Constraint> objections(DealWish wish, DealLimits limits, StorageProviderInfo who, Funds funds) {
        return DealFit.check(wish, limits, who, ASK, funds).stream()
                .map(DealObjection::constraint)
                .toList();
    }

    @Test
    void a_deal_exactly_at_every_limit_fits() {
        assertThat(objections(WISH, ANY, in(null), RICH)).isEmpty();
    }

    @Test
    void an_unknown_country_satisfies_no_rule_about_countries() {
        DealLimits german = new DealLimits(
                Set.of("DE"), Set.of(), Set.of(), ANY.mostPerGiB(), ANY.mostPerDeal(), ANY.mostPerMonth());
        assertThat(objections(WISH, german, in("DE"), RICH)).isEmpty();
        assertThat(objections(WISH, german, in("US"), RICH)).containsExactly(Constraint.COUNTRY);
        assertThat(objections(WISH, german, in(null), RICH)).containsExactly(Constraint.COUNTRY);
    }

    @Test
    void an_excluded_storage_provider_is_never_used_even_when_it_is_trusted() {
        DealLimits both = new DealLimits(
                Set.of(), Set.of("f01000"), Set.of("f01000"), ANY.mostPerGiB(), ANY.mostPerDeal(), PLENTY);
        assertThat(objections(WISH, both, in(null), RICH)).containsExactly(Constraint.EXCLUDED);
        DealLimits others =
                new DealLimits(Set.of(), Set.of("f09"), Set.of(), ANY.mostPerGiB(), ANY.mostPerDeal(), PLENTY);
        assertThat(objections(WISH, others, in(null), RICH)).containsExactly(Constraint.NOT_TRUSTED);
    }

    @Test
    void every_copy_is_with_another_storage_provider() {
        DealWish second = new DealWish(GIB, 518_400, false, Set.of("f01000"), AttoFil.ZERO);
        assertThat(objections(second, ANY, in(null), RICH)).containsExactly(Constraint.DISTINCT);
    }

    @Test
    void a_piece_must_fit_the_ask_and_the_sector() {
        for (long bytes : new long[] {1L << 19, 1L << 36}) {
            DealWish wish = new DealWish(PieceSize.ofPadded(bytes), 1, false, Set.of(), AttoFil.ZERO);
            assertThat(objections(wish, ANY, in(null), RICH)).contains(Constraint.PIECE_SIZE);
        }
    }

    @Test
    void one_unit_above_a_limit_is_an_objection() {
        DealLimits price = new DealLimits(Set.of(), Set.of(), Set.of(), AttoFil.of(99), PLENTY, PLENTY);
        assertThat(objections(WISH, price, in(null), RICH)).containsExactly(Constraint.PRICE);
        DealLimits deal = new DealLimits(Set.of(), Set.of(), Set.of(), PLENTY, AttoFil.of(51_839_999), PLENTY);
        assertThat(objections(WISH, deal, in(null), RICH)).containsExactly(Constraint.SPEND_PER_DEAL);
        DealLimits month = new DealLimits(Set.of(), Set.of(), Set.of(), PLENTY, PLENTY, AttoFil.of(51_840_000));
        assertThat(objections(WISH, month, in(null), RICH)).isEmpty();
        DealWish later = new DealWish(GIB, 518_400, false, Set.of(), AttoFil.of(1));
        assertThat(objections(later, month, in(null), RICH)).containsExactly(Constraint.SPEND_PER_MONTH);
    }

    @Test
    void coins_and_datacap_must_be_there_before_anything_is_proposed() {
        Funds poor = new Funds(AttoFil.of(51_839_998), AttoFil.of(1), PLENTY, BigInteger.ZERO);
        assertThat(objections(WISH, ANY, in(null), poor)).containsExactly(Constraint.FUNDS);
        DealWish verified = new DealWish(GIB, 518_400, true, Set.of(), AttoFil.ZERO);
        assertThat(objections(verified, ANY, in(null), poor)).containsExactly(Constraint.DATACAP);
    }

    @Test
    void a_storage_provider_that_takes_nothing_or_has_no_power_is_left_out() {
        StorageProviderInfo idle = new StorageProviderInfo(
                "f01000", List.of(), PieceSize.ofPadded(1L << 35), null, null, List.of(), Optional.of(false));
        assertThat(objections(WISH, ANY, idle, RICH)).containsExactly(Constraint.MODE, Constraint.POWER);
    }
}
