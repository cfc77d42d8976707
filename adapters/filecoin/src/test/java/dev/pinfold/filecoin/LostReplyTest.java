package dev.pinfold.filecoin;

import static dev.pinfold.filecoin.World.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.kit.filecoin.CallFault;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.ProposalSeen;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reply that is lost after every call that takes effect: what was ordered once exists once, counted where it is kept. */
@Timeout(300)
class LostReplyTest {
    @ParameterizedTest
    @CsvSource({
        "MK12, false, MpoolPushMessage",
        "MK12, false, mk12/store",
        "MK12, true, mk12/store",
        "MK20, true, MpoolPushMessage",
        "MK20, true, mk20/deal",
        "MK20, false, mk20/deal",
        "LEGACY, false, ClientStartDeal"
    })
    void one_order_makes_one_deal_however_often_the_reply_is_lost(DealMode mode, boolean verified, String call) {
        try (World world = World.of(mode == DealMode.LEGACY ? LotusAge.V1_11 : LotusAge.V1_36)) {
            world.network.grantDataCap(world.node.wallet(), 1L << 30);
            DealOrder order = world.order(mode, verified);
            world.node.calls().next(call, 3, new CallFault.LoseReply());
            world.sp().calls().next(call, 3, new CallFault.LoseReply());
            DealIds ids = world.prepared(order);
            DealSighting given = world.proposed(order, ids);
            world.until(DealObservation.Active.class, order, ids.and(given.ids()));
            assertThat(world.network.deals()).hasSize(1);
            assertThat(world.network.doubleProposals()).isEmpty();
            assertThat(world.network.proposals().stream().filter(ProposalSeen::accepted))
                    .hasSize(1);
        }
    }

    @Test
    void a_message_that_was_lost_after_it_was_sent_is_not_sent_again() {
        try (World world = World.of(LotusAge.V1_36)) {
            world.network.grantDataCap(world.node.wallet(), 1L << 30);
            DealOrder order = world.order(DealMode.MK20, true);
            world.node.calls().next("MpoolPushMessage", 1, new CallFault.LoseReply());
            Failure lost = catchThrowableOfType(
                            ProviderException.class,
                            () -> world.deals().prepare(order, DealIds.NONE, world.carSource(), AttoFil.ZERO, soon()))
                    .failure();
            assertThat(lost).isInstanceOf(Failure.OutcomeUnknown.class);
            assertThat(world.prepared(order).allocationId()).isPresent();
            assertThat(world.network.dataCap(world.node.wallet()))
                    .isEqualTo(
                            BigInteger.valueOf((1L << 30) - order.piece().size().padded()));
            assertThat(world.node.calls().count("MpoolPushMessage")).isEqualTo(1);
        }
    }

    @Test
    void a_call_that_never_arrived_is_simply_unavailable_and_may_be_repeated() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK12, false);
            DealIds ids = world.prepared(order);
            world.sp().vanish();
            Failure failure = catchThrowableOfType(
                            ProviderException.class, () -> world.deals().propose(order, ids, soon()))
                    .failure();
            assertThat(failure)
                    .as("the recorder in front answers nothing, so it may have arrived")
                    .isInstanceOf(Failure.OutcomeUnknown.class);
            assertThat(world.observe(order, ids).observation()).isInstanceOf(DealObservation.Unknown.class);
            world.sp().comeBack();
            assertThat(world.observe(order, ids).observation()).isInstanceOf(DealObservation.Absent.class);
            world.proposed(order, ids);
            assertThat(world.network.deals()).hasSize(1);
        }
    }

    @Test
    void a_legacy_deal_whose_reply_was_lost_is_found_by_a_broker_that_was_started_anew() {
        try (World world = World.of(LotusAge.V1_27)) {
            DealOrder order = world.order(DealMode.LEGACY, false);
            DealIds ids = world.prepared(order);
            world.node.calls().next("ClientStartDeal", 1, new CallFault.LoseReply());
            assertThat(catchThrowableOfType(
                                    ProviderException.class, () -> world.deals().propose(order, ids, soon()))
                            .failure())
                    .isEqualTo(new Failure.OutcomeUnknown(
                            order.key(),
                            "lotus-1 did not answer ClientStartDeal (the connection broke before the answer)"));
            try (FilecoinProvider anew = world.open("settleTime", "PT1H")) {
                DealSighting seen = anew.deals().observe(DealRef.of(order, ids), soon());
                assertThat(seen.ids().proposalCid()).isNotNull();
                assertThat(seen.observation()).isInstanceOf(DealObservation.Proposed.class);
            }
        }
    }

    @Test
    void a_deal_of_another_order_for_the_same_piece_is_not_mistaken_for_the_lost_one() {
        try (World world = World.of(LotusAge.V1_11)) {
            DealOrder first = world.order(DealMode.LEGACY, false);
            DealIds ids = world.prepared(first);
            DealSighting given = world.proposed(first, ids);
            DealOrder second = world.order(DealMode.LEGACY, false, new UUID(9, 9));
            String known = String.valueOf(given.ids().proposalCid());
            DealRef lost = new DealRef(second, ids, Set.of(known));
            assertThat(world.deals().observe(lost, soon()).observation()).isInstanceOf(DealObservation.Absent.class);
            DealRef careless = new DealRef(second, ids, Set.of());
            assertThat(world.deals().observe(careless, soon()).ids().proposalCid())
                    .isEqualTo(known);
        }
    }

    @Test
    void a_call_that_hangs_ends_by_its_deadline_and_what_it_did_is_found() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK20, false);
            world.sp().calls().next("mk20/deal", 1, new CallFault.Hang(true, Duration.ofMinutes(1)));
            assertThat(catchThrowableOfType(
                                    ProviderException.class,
                                    () -> world.deals()
                                            .propose(order, DealIds.NONE, Deadline.after(Duration.ofSeconds(3))))
                            .failure())
                    .isInstanceOf(Failure.OutcomeUnknown.class);
            assertThat(world.observe(order, DealIds.NONE).observation())
                    .isNotInstanceOfAny(DealObservation.Absent.class, DealObservation.Unknown.class);
            assertThat(world.network.deals()).hasSize(1);
        }
    }
}
