package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.ConnectException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Everything that can be made to go wrong, and what it looks like from outside. */
class FaultsTest {
    private static final UUID UUID_1 = new UUID(7, 1);

    private final Origin origin = new Origin(15, 30);
    private final SimulatedNetwork network = SimulatedNetwork.start();
    private final SimulatedProvider provider = network.provider(0);
    private final Mk12Client client = new Mk12Client(network, origin);

    @BeforeEach
    void fund() throws Exception {
        client.addBalance(SimulatedNetwork.FIL);
    }

    @AfterEach
    void end() {
        network.close();
        origin.close();
    }

    private DealTruth deal() {
        return provider.deal(UUID_1.toString());
    }

    private void active() throws Exception {
        assertThat(client.propose(provider, UUID_1)).isEmpty();
        network.advance(400);
        assertThat(deal().stage()).isEqualTo(Stage.ACTIVE);
    }

    @Test
    void a_provider_refuses_for_a_reason_as_often_as_told() throws Exception {
        provider.refuseNext(2, "not accepting online deals");
        assertThat(client.propose(provider, new UUID(8, 1))).contains("not accepting online deals");
        assertThat(client.propose(provider, new UUID(8, 2))).contains("not accepting online deals");
        assertThat(client.propose(provider, UUID_1)).isEmpty();
        provider.refuse("closed");
        assertThat(client.propose(provider, new UUID(8, 3))).contains("closed");
        provider.takeAgain();
        assertThat(client.propose(provider, new UUID(8, 4))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"TRANSFERRING", "VERIFYING", "ACCEPTED", "PUBLISHING", "PUBLISHED", "SEALING"})
    void a_deal_stalls_in_any_stage_and_goes_on_when_released(Stage stage) throws Exception {
        provider.stallAt(stage);
        assertThat(client.propose(provider, UUID_1)).isEmpty();
        network.advance(1_000);
        assertThat(deal().stage()).isEqualTo(stage);
        provider.release();
        network.advance(500);
        assertThat(deal().stage()).isEqualTo(Stage.ACTIVE);
    }

    @Test
    void a_reply_lost_after_accepting_leaves_a_deal_that_the_same_uuid_finds() throws Exception {
        provider.calls().next("mk12/store", 1, new CallFault.LoseReply());
        byte[] body = client.body(provider, UUID_1);
        assertThatThrownBy(() -> client.store(provider, body)).isInstanceOf(IOException.class);
        network.advance(3);
        assertThat(client.status(provider, UUID_1)).first().isEqualTo("");
        assertThat(client.propose(provider, UUID_1)).contains("already exists");
        assertThat(network.deals()).hasSize(1);
        assertThat(network.proposals()).last().matches(ProposalSeen::repeated);
        assertThat(provider.calls().count("mk12/store")).isEqualTo(2);
    }

    @Test
    void a_connection_reset_before_accepting_leaves_nothing() throws Exception {
        provider.calls().next("mk12/store", 1, new CallFault.Reset());
        byte[] body = client.body(provider, UUID_1);
        assertThatThrownBy(() -> client.store(provider, body)).isInstanceOf(IOException.class);
        assertThat(client.status(provider, UUID_1)).first().asString().contains("deal not found");
        assertThat(network.deals()).isEmpty();
    }

    @Test
    void a_node_loses_replies_and_fails_by_method() throws Exception {
        String wallet = network.node().wallet().toString();
        network.node().calls().next("MarketAddBalance", 1, new CallFault.LoseReply());
        assertThatThrownBy(() -> client.rpc.call("MarketAddBalance", wallet, wallet, "5"))
                .isInstanceOf(IOException.class);
        network.advance(1);
        assertThat(network.escrow(network.node().wallet())).isEqualTo(SimulatedNetwork.FIL.add(BigInteger.valueOf(5)));
        network.node().calls().next("ChainHead", 1, new CallFault.Fails(1, "not synced"));
        assertThat(client.rpc.error("ChainHead").getString("message")).isEqualTo("not synced");
        client.rpc.call("ChainHead");
    }

    @Test
    void a_slashed_deal_shows_its_epoch_for_a_day_and_what_was_not_earned_comes_back() throws Exception {
        active();
        network.chain().advanceTo(client.proposal(provider).startEpoch() + 100);
        BigInteger before = network.locked(network.node().wallet());
        provider.slash(UUID_1.toString());
        network.advance(2);
        JsonObject state = client.rpc
                .object("StateMarketStorageDeal", deal().dealId(), null)
                .getJsonObject("State");
        assertThat(state.getLong("SlashEpoch")).isPositive();
        assertThat(deal().stage()).isEqualTo(Stage.SLASHED);
        assertThat(before).isPositive();
        assertThat(network.locked(network.node().wallet())).isZero();
        assertThat(provider.holds(origin.piece.cidV1())).isFalse();
        network.advance(Actors.TRACE);
        assertThat(client.rpc
                        .error("StateMarketStorageDeal", deal().dealId(), null)
                        .getInteger("code"))
                .isEqualTo(1);
    }

    @Test
    void a_terminated_deal_is_gone_at_once() throws Exception {
        active();
        provider.terminate(UUID_1.toString());
        network.advance(2);
        assertThat(client.rpc
                        .error("StateMarketStorageDeal", deal().dealId(), null)
                        .getString("message"))
                .contains("not found");
        assertThat(deal().stage()).isEqualTo(Stage.SLASHED);
    }

    @Test
    void a_deal_that_is_not_sealed_by_its_start_is_missed_and_costs_nothing() throws Exception {
        provider.stallAt(Stage.SEALING);
        assertThat(client.propose(provider, UUID_1)).isEmpty();
        network.advance(100);
        long id = deal().dealId();
        assertThat(network.locked(network.node().wallet())).isPositive();
        network.chain().advanceTo(client.proposal(provider).startEpoch() + 2);
        assertThat(deal().stage()).isEqualTo(Stage.MISSED);
        assertThat(client.rpc.error("StateMarketStorageDeal", id, null).getString("message"))
                .contains("may not have completed sealing before deal proposal start epoch");
        assertThat(network.locked(network.node().wallet())).isZero();
        assertThat(network.escrow(network.node().wallet())).isEqualTo(SimulatedNetwork.FIL);
    }

    @Test
    void a_reorganisation_takes_a_deal_back_and_it_is_published_again() throws Exception {
        assertThat(client.propose(provider, UUID_1)).isEmpty();
        network.advance(5);
        assertThat(deal().stage()).isEqualTo(Stage.PUBLISHED);
        long head = network.chain().head();
        network.chain().reorganise(4, SimulatedChain.Reverted.COME_AGAIN);
        assertThat(network.chain().head()).isEqualTo(head);
        network.advance(400);
        assertThat(deal().stage()).isEqualTo(Stage.ACTIVE);
        assertThat(network.chain().locked(() -> network.chain().state().deals()))
                .hasSize(1);
    }

    @Test
    void a_reorganisation_that_loses_the_message_leaves_a_deal_only_the_provider_believes_in() throws Exception {
        assertThat(client.propose(provider, UUID_1)).isEmpty();
        network.advance(5);
        long id = deal().dealId();
        network.chain().reorganise(4, SimulatedChain.Reverted.ARE_LOST);
        network.advance(400);
        assertThat(client.rpc.error("StateMarketStorageDeal", id, null).getString("message"))
                .contains("not found");
        assertThat(deal().stage()).isEqualTo(Stage.PUBLISHING);
        network.chain().advanceTo(client.proposal(provider).startEpoch() + 1);
        assertThat(deal().stage()).isEqualTo(Stage.MISSED);
    }

    @Test
    void an_activation_that_is_taken_back_comes_again() throws Exception {
        active();
        network.chain().reorganise(300, SimulatedChain.Reverted.ARE_LOST);
        assertThat(deal().stage()).isNotEqualTo(Stage.ACTIVE);
        network.advance(600);
        assertThat(deal().stage()).isEqualTo(Stage.ACTIVE);
    }

    @Test
    void prices_go_up_tenfold() throws Exception {
        provider.raisePrices(10);
        assertThat(client.propose(provider, UUID_1)).contains("storage price per epoch less than asking price");
        client.price = client.price.multiply(BigInteger.TEN);
        assertThat(client.propose(provider, UUID_1)).isEmpty();
    }

    @Test
    void an_empty_wallet_cannot_pay_into_escrow() throws Exception {
        network.node().emptyWallet();
        String wallet = network.node().wallet().toString();
        assertThat(client.rpc.error("MarketAddBalance", wallet, wallet, "5").getString("message"))
                .contains("not enough funds");
        network.fundEscrow(network.node().wallet(), BigInteger.ZERO);
        assertThat(client.propose(provider, UUID_1)).contains("not enough funds in escrow");
    }

    @Test
    void a_provider_that_vanishes_refuses_connections_has_faults_and_is_slashed_after_42_days() throws Exception {
        active();
        provider.vanish();
        String address = provider.address().toString();
        assertThatThrownBy(() -> client.propose(provider, new UUID(9, 9))).isInstanceOf(ConnectException.class);
        assertThat(client.rpc.call("StateMinerFaults", address, null)).hasToString("[1,1]");
        assertThat(client.rpc.object("StateMinerPower", address, null).getBoolean("HasMinPower"))
                .isFalse();
        network.advance(DealDesk.LONGEST_FAULT + 2);
        assertThat(deal().stage()).isEqualTo(Stage.SLASHED);
        provider.comeBack();
        assertThat(client.rpc.call("StateMinerFaults", address, null)).hasToString("[0]");
        assertThat(client.propose(provider, new UUID(9, 10))).isEmpty();
    }

    @Test
    void a_provider_that_serves_wrong_bytes_is_wrong_everywhere() throws Exception {
        active();
        provider.serveWrongBytes(true);
        String piece = provider.endpoint() + "/piece/" + origin.piece.cidV1();
        assertThat(Client.get(piece).body()).isNotEqualTo(origin.car).hasSize(origin.car.length);
        String block = provider.endpoint() + "/ipfs/" + origin.dag.root() + "?format=raw";
        assertThat(Client.get(block).body())
                .isNotEqualTo(origin.dag.blocks().getFirst().bytes());
        provider.serveWrongBytes(false);
        assertThat(Client.get(piece).body()).isEqualTo(origin.car);
    }

    @Test
    void the_same_seed_gives_the_same_run() throws Exception {
        List<String> first = run(5);
        assertThat(run(5)).isEqualTo(first);
        assertThat(run(6)).isNotEqualTo(first);
    }

    /** What a short run leaves behind. Ports are the system's choice, so nothing that names one is in it. */
    private List<String> run(long seed) throws Exception {
        try (SimulatedNetwork other = SimulatedNetwork.builder().seed(seed).start()) {
            Mk12Client own = new Mk12Client(other, origin);
            own.addBalance(SimulatedNetwork.FIL);
            for (int i = 0; i < 3; i++) {
                assertThat(own.propose(other.provider(i), new UUID(1, i))).isEmpty();
            }
            other.advance(3);
            other.chain().reorganise(2, SimulatedChain.Reverted.COME_AGAIN);
            other.advance(300);
            return List.of(
                    own.rpc.object("ChainHead").encode(),
                    own.rpc.object("StateMarketDeals", (Object) null).encode(),
                    other.provider(0).peerId(),
                    other.deals().toString());
        }
    }
}
