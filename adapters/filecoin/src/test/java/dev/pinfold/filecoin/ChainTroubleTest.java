package dev.pinfold.filecoin;

import static dev.pinfold.filecoin.World.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.kit.filecoin.CurioAge;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.SimulatedChain.Reverted;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.Stage;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealEvent;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMaker.Watch;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.DealTrouble;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong on the chain and with storage providers, and what is seen of it. */
@Timeout(300)
class ChainTroubleTest {
    private static DealSighting active(World world, DealOrder order) {
        DealSighting given = world.proposed(order, world.prepared(order));
        return world.until(DealObservation.Active.class, order, given.ids());
    }

    @Test
    void a_slashed_deal_is_seen_as_slashed_while_and_after_the_chain_remembers_it() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK12, false);
            DealSighting active = active(world, order);
            world.network.chain().advanceTo(order.terms().start().height() + 100);
            world.sp().slash(order.id().toString());
            DealSighting slashed = world.until(DealObservation.Slashed.class, order, active.ids());
            world.network.advance(10_000);
            assertThat(world.observe(order, slashed.ids()).observation()).isInstanceOf(DealObservation.Slashed.class);
        }
    }

    @Test
    void a_storage_provider_that_stalls_while_sealing_misses_the_start() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK12, false);
            world.sp().stallAt(Stage.SEALING);
            DealSighting given = world.proposed(order, world.prepared(order));
            DealSighting published = world.until(DealObservation.Published.class, order, given.ids());
            world.network.chain().advanceTo(order.terms().start().height() + World.CONFIRMATIONS + 5);
            DealObservation.Failed missed = (DealObservation.Failed)
                    world.observe(order, published.ids()).observation();
            assertThat(missed.trouble()).isEqualTo(DealTrouble.MISSED_START);
        }
    }

    @Test
    void an_activation_that_is_reorganised_away_was_never_reported() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK12, false);
            DealSighting given = world.proposed(order, world.prepared(order));
            DealSighting published = world.until(DealObservation.Published.class, order, given.ids());
            for (int i = 0; i < 5_000 && world.sp().deal(order.id().toString()).stage() != Stage.ACTIVE; i++) {
                world.network.advance(1);
            }
            assertThat(world.observe(order, published.ids()).observation())
                    .as("active on chain, but not deep enough")
                    .isInstanceOf(DealObservation.Published.class);
            world.network.chain().reorganise(3, Reverted.COME_AGAIN);
            assertThat(world.observe(order, published.ids()).observation())
                    .isInstanceOf(DealObservation.Published.class);
            world.until(DealObservation.Active.class, order, published.ids());
        }
    }

    @Test
    void a_number_that_a_reorganisation_gave_to_another_deal_says_nothing_of_the_deal_that_had_it() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder lost = world.order(DealMode.MK12, false);
            DealSighting given = world.proposed(lost, world.prepared(lost));
            DealSighting published = world.until(DealObservation.Published.class, lost, given.ids());
            for (int i = 0; i < 100 && published.ids().dealId().isEmpty(); i++) {
                world.network.advance(1);
                published = world.observe(lost, published.ids());
            }
            long number = published.ids().dealId().orElseThrow();
            world.network.chain().reorganise(20, Reverted.ARE_LOST);
            world.network.advance(50);
            DealOrder other = world.order(DealMode.MK12, false, new UUID(7, 7));
            DealSighting active = active(world, other);
            assertThat(active.ids().dealId()).as("the number was given again").hasValue(number);
            assertThat(world.observe(lost, published.ids()).observation())
                    .isNotInstanceOf(DealObservation.Active.class);
            world.network.chain().advanceTo(lost.terms().start().height() + World.CONFIRMATIONS + 5);
            assertThat(world.observe(lost, published.ids()).observation()).isInstanceOf(DealObservation.Failed.class);
            assertThat(world.observe(other, active.ids()).observation()).isInstanceOf(DealObservation.Active.class);
        }
    }

    @Test
    void a_deal_that_a_reorganisation_gave_another_number_is_followed_there() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder before = world.order(DealMode.MK12, false);
            long first = numbered(
                            world,
                            before,
                            world.proposed(before, world.prepared(before)).ids())
                    .ids()
                    .dealId()
                    .orElseThrow();
            long since = world.network.chain().head();
            DealOrder order = world.order(DealMode.MK12, false, new UUID(7, 7));
            DealSighting second = numbered(
                    world, order, world.proposed(order, world.prepared(order)).ids());
            assertThat(second.ids().dealId()).hasValue(first + 1);
            world.network
                    .chain()
                    .reorganise((int) (world.network.chain().head() - since) + 1, Reverted.COME_AGAIN_BUT_THE_FIRST);
            world.network.advance(1);
            DealSighting moved = world.observe(order, second.ids());
            assertThat(moved.observation()).isInstanceOf(DealObservation.Published.class);
            assertThat(moved.ids().dealId()).as("where the chain has it now").hasValue(first);
            assertThat(world.until(DealObservation.Active.class, order, second.ids())
                            .ids()
                            .dealId())
                    .hasValue(first);
        }
    }

    /** Lets epochs pass, one by one, until the deal has its number. */
    private static DealSighting numbered(World world, DealOrder order, DealIds from) {
        DealSighting seen = world.observe(order, from);
        for (int i = 0; i < 2_000 && seen.ids().dealId().isEmpty(); i++) {
            world.network.advance(1);
            seen = world.observe(order, seen.ids());
        }
        return seen;
    }

    @Test
    void a_price_that_was_raised_after_the_ask_is_refused_inside_a_good_answer() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK12, false);
            DealIds ids = world.prepared(order);
            world.sp().raisePrices(10);
            DealObservation.Failed refused =
                    (DealObservation.Failed) world.proposed(order, ids).observation();
            assertThat(refused.trouble()).isEqualTo(DealTrouble.PRICE);
            assertThat(world.network.deals()).isEmpty();
        }
    }

    @Test
    void an_empty_wallet_is_told_with_the_exact_amount_that_is_missing_and_nothing_is_sent() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK12, false);
            world.node.emptyWallet();
            Failure failure = catchThrowableOfType(
                            ProviderException.class,
                            () -> world.deals().prepare(order, DealIds.NONE, world.carSource(), AttoFil.ZERO, soon()))
                    .failure();
            assertThat(failure).isInstanceOf(Failure.QuotaExceeded.class);
            assertThat(failure.detail()).contains(order.terms().total().inCoins("FIL"));
            assertThat(world.lotus.calls("MpoolPushMessage")).isEmpty();
        }
    }

    @Test
    void escrow_is_not_topped_up_unless_the_operator_says_so() {
        try (World world = World.of(LotusAge.V1_36, "topUpEscrow", "false")) {
            DealOrder order = world.order(DealMode.MK12, false);
            assertThatThrownBy(
                            () -> world.deals().prepare(order, DealIds.NONE, world.carSource(), AttoFil.ZERO, soon()))
                    .hasMessageContaining("QuotaExceeded")
                    .hasMessageContaining("lotus wallet market add");
        }
    }

    @Test
    void missing_datacap_is_told_before_anything_is_proposed() {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK20, true);
            assertThatThrownBy(
                            () -> world.deals().prepare(order, DealIds.NONE, world.carSource(), AttoFil.ZERO, soon()))
                    .hasMessageContaining("QuotaExceeded")
                    .hasMessageContaining("DataCap");
            assertThat(world.network.proposals()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(CurioAge.class)
    void every_age_of_curio_takes_the_signed_requests(CurioAge age) {
        SimulatedNetwork network = SimulatedNetwork.builder().curio(age).start();
        try (World world = new World(network)) {
            DealOrder order = world.order(DealMode.MK20, false);
            DealSighting given = world.proposed(order, world.prepared(order));
            assertThat(given.observation()).isInstanceOf(DealObservation.Accepted.class);
        }
    }

    @Test
    void a_vanished_storage_provider_does_not_hide_what_the_chain_knows() {
        try (World world = World.of(LotusAge.V1_36)) {
            world.network.grantDataCap(world.node.wallet(), 1L << 30);
            DealOrder order = world.order(DealMode.MK20, true);
            DealSighting active = active(world, order);
            world.sp().vanish();
            assertThat(world.observe(order, active.ids()).observation()).isInstanceOf(DealObservation.Active.class);
        }
    }

    @Test
    void a_node_that_is_down_is_unavailable_and_goes_on_when_it_is_back() {
        try (World world = World.of(LotusAge.V1_36)) {
            world.node.down();
            assertThat(catchThrowableOfType(
                                    ProviderException.class, () -> world.deals().head(soon()))
                            .failure())
                    .isInstanceOf(Failure.Unavailable.class);
            world.node.up();
            assertThat(world.deals().head(soon()).height()).isPositive();
        }
    }

    @Test
    void a_token_that_may_only_read_is_told_at_the_start() {
        try (World world = World.of(LotusAge.V1_36);
                FilecoinProvider reader = world.open("token", world.node.token("read"))) {
            assertThatThrownBy(() -> reader.probe(soon())).hasMessageContaining("lacks the permission 'sign'");
        }
        try (World world = World.of(LotusAge.V1_11);
                FilecoinProvider writer = world.open("token", world.node.token("read", "write"))) {
            assertThatThrownBy(() -> writer.probe(soon())).hasMessageContaining("lacks the permission 'admin'");
        }
    }

    @Test
    void new_heads_and_changed_deals_are_pushed_over_a_websocket() throws Exception {
        try (World world = World.of(LotusAge.V1_11);
                FilecoinProvider direct =
                        world.open("endpoint", world.node.endpoint().toString(), "mode", "lotus-legacy")) {
            BlockingQueue<DealEvent> events = new LinkedBlockingQueue<>();
            try (Watch watch = direct.deals().watch(events::add)) {
                assertThat(watch).isNotNull();
                DealEvent.NewHead first = next(events, DealEvent.NewHead.class);
                world.network.advance(1);
                DealEvent.NewHead second = next(events, DealEvent.NewHead.class);
                assertThat(second.head().height()).isGreaterThan(first.head().height());
                assertThat(second.reorganised()).isFalse();
                world.network.chain().reorganise(1, Reverted.COME_AGAIN);
                assertThat(next(events, DealEvent.NewHead.class).reorganised()).isTrue();
                DealOrder order = world.order(DealMode.LEGACY, false);
                DealSighting given = world.proposed(order, world.prepared(order));
                world.network.advance(5);
                assertThat(next(events, DealEvent.DealChanged.class).proposalCid())
                        .isEqualTo(given.ids().proposalCid());
            }
        }
    }

    @Test
    void where_nothing_is_pushed_the_head_is_asked_for() throws Exception {
        // The recorder in front of the node knows no WebSocket.
        try (World world = World.of(LotusAge.V1_36, "pollInterval", "PT0.1S")) {
            BlockingQueue<DealEvent> events = new LinkedBlockingQueue<>();
            try (Watch watch = world.deals().watch(events::add)) {
                assertThat(watch).isNotNull();
                next(events, DealEvent.NewHead.class);
                world.network.advance(7);
                assertThat(next(events, DealEvent.NewHead.class).head().height())
                        .isEqualTo(world.network.chain().head());
            }
        }
    }

    private static <E extends DealEvent> E next(BlockingQueue<DealEvent> events, Class<E> wanted)
            throws InterruptedException {
        while (true) {
            DealEvent event = events.poll(60, TimeUnit.SECONDS);
            assertThat(event)
                    .as("waited a minute for " + wanted.getSimpleName())
                    .isNotNull();
            if (wanted.isInstance(event)) {
                return wanted.cast(event);
            }
        }
    }
}
