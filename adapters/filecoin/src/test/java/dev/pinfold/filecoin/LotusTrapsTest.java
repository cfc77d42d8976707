package dev.pinfold.filecoin;

import static dev.pinfold.filecoin.ScriptedNode.json;
import static dev.pinfold.filecoin.ScriptedNode.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.NodeReport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is particular about Lotus nodes, old and new: one test for each thing that a client must know. */
@Timeout(120)
class LotusTrapsTest {
    private static final String PEER =
            "{\"PeerId\":\"12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf\",\"Multiaddrs\":[],"
                    + "\"SectorSize\":34359738368}";
    private static final String ASK = "{\"Price\":\"119\",\"VerifiedPrice\":\"0\",\"MinPieceSize\":256,"
            + "\"MaxPieceSize\":68719476736,\"Miner\":\"f01234\",\"Timestamp\":1,\"Expiry\":9999,\"SeqNo\":0}";

    private static ScriptedNode modern() {
        return new ScriptedNode()
                .returns("AuthVerify", "[\"read\",\"write\",\"sign\",\"admin\"]")
                .returns("StateNetworkName", "\"mainnet\"")
                .returns("WalletDefaultAddress", "\"" + Examples.CLIENT + "\"");
    }

    private static ScriptedNode legacy() {
        return modern().returns("ClientGetDealStatus", "\"StorageDealActive\"");
    }

    @Test
    void the_mode_is_found_by_what_the_node_can_do_and_not_by_its_version() {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t")) {
            NodeReport report = provider.deals().check(soon());
            assertThat(report.modes()).containsExactly(DealMode.LEGACY);
            assertThat(report.head().height()).isEqualTo(1000);
        }
        try (ScriptedNode node = modern();
                FilecoinProvider provider = node.open("token", "t")) {
            assertThat(provider.deals().check(soon()).modes()).containsExactly(DealMode.MK12, DealMode.MK20);
        }
    }

    @Test
    void a_node_without_rpc_v1_is_called_on_rpc_v0() {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t")) {
            node.versionOne = false;
            provider.probe(soon());
            assertThat(node.calls)
                    .isNotEmpty()
                    .allSatisfy(call -> assertThat(call.path()).isEqualTo("/rpc/v0"));
        }
    }

    @Test
    void a_missing_permission_is_named_with_what_needs_it_and_how_to_get_it() {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "secret-token")) {
            node.returns("AuthVerify", "[\"read\",\"sign\"]");
            assertThatThrownBy(() -> provider.probe(soon()))
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("Unauthorized")
                    .hasMessageContaining("lacks the permission 'write' and 'admin'")
                    .hasMessageContaining("lotus auth create-token --perm admin")
                    .hasMessageNotContaining("secret-token");
        }
        try (ScriptedNode node = modern();
                FilecoinProvider provider = node.open("token", "t")) {
            node.returns("AuthVerify", "[\"read\",\"write\"]");
            assertThatThrownBy(() -> provider.probe(soon())).hasMessageContaining("lacks the permission 'sign'");
        }
    }

    @Test
    void without_a_token_the_node_gives_read_only() {
        try (ScriptedNode node = modern();
                FilecoinProvider provider = node.open()) {
            assertThatThrownBy(() -> provider.probe(soon())).hasMessageContaining("lacks the permission 'sign'");
            assertThat(node.calls).allSatisfy(call -> assertThat(call.token()).isNull());
        }
    }

    @Test
    void a_permission_that_is_missing_at_a_call_is_an_ordinary_error_and_no_401() {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t")) {
            node.refuses("WalletBalance", 1, "missing permission to invoke 'WalletBalance' (need 'read')");
            assertThatThrownBy(() -> provider.deals().funds(soon()))
                    .hasMessageContaining("Unauthorized")
                    .hasMessageContaining("lacks the permission 'read'");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_void_result_may_be_null_or_left_out(boolean saysNull) {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t")) {
            node.saysNull = saysNull;
            node.returns("WalletBalance", "\"5\"").returns("StateMarketBalance", "{\"Escrow\":\"9\",\"Locked\":\"2\"}");
            node.on("StateVerifiedClientStatus", params -> null);
            assertThat(provider.deals().funds(soon()).dataCap()).isZero();
            assertThat(provider.deals().funds(soon()).escrow()).isEqualTo(AttoFil.of(7));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "{\"Response\":%s,\"DealProtocols\":[\"/fil/storage/mk/1.1.1\"]}"})
    void an_ask_may_be_flat_or_nested_and_never_exceeds_the_sector(String shape) {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t")) {
            node.returns("StateMinerInfo", PEER).returns("ClientQueryAsk", String.format(shape, ASK));
            Ask ask = provider.deals().ask("f01234", DealMode.LEGACY, soon());
            assertThat(ask.pricePerGiB()).isEqualTo(AttoFil.of(119));
            assertThat(ask.smallest()).isEqualTo(PieceSize.ofPadded(256));
            assertThat(ask.largest()).isEqualTo(PieceSize.ofPadded(32L << 30));
        }
    }

    @Test
    void a_legacy_deal_is_proposed_with_the_exact_price_and_the_unpadded_size() {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t", "mode", "lotus-legacy")) {
            node.returns(
                    "ClientStartDeal", "{\"/\":\"bafy2bzacecce5xczp7rtk4olnsqhty2r2cpntadd3wcxmneqoxvmw7e3v4rvu\"}");
            DealSighting seen = provider.deals()
                    .propose(Examples.order(DealMode.LEGACY), DealIds.NONE.withDataRoot(Examples.ROOT), soon());
            assertThat(seen.observation()).isInstanceOf(DealObservation.Proposed.class);
            assertThat(seen.ids().proposalCid()).startsWith("bafy2bzacecce5");
            JsonNode deal = node.calls.getLast().request().path("params").path(0);
            assertThat(deal.path("Data").path("PieceSize").asLong()).isEqualTo(34_091_302_912L);
            assertThat(deal.path("EpochPrice").asText()).isEqualTo("1600000000");
            assertThat(deal.path("MinBlocksDuration").asLong()).isEqualTo(518_400);
            assertThat(deal.path("DealStartEpoch").asLong()).isEqualTo(5_500_000);
            assertThat(deal.path("FastRetrieval").isBoolean()).isTrue();
        }
    }

    @Test
    void the_meaning_of_a_state_is_asked_of_that_node_because_the_numbers_have_changed() {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t", "mode", "lotus-legacy")) {
            node.on(
                    "ClientGetDealStatus",
                    params -> json(
                            params.path(0).asInt() == 7 ? "\"StorageDealFailing\"" : "\"StorageDealTransferring\""));
            node.returns("ClientGetDealInfo", dealInfo(7, "price per epoch less than asking price: 59 < 119"));
            DealObservation seen = observe(provider);
            assertThat(seen).isInstanceOf(DealObservation.Failed.class);
            assertThat(((DealObservation.Failed) seen).trouble()).isEqualTo(DealTrouble.PRICE);
            node.returns("ClientGetDealInfo", dealInfo(3, ""));
            assertThat(observe(provider)).isInstanceOf(DealObservation.Transferring.class);
        }
    }

    private static DealObservation observe(FilecoinProvider provider) {
        DealRef ref = DealRef.of(
                Examples.order(DealMode.LEGACY),
                DealIds.NONE.withProposal("bafy2bzacecce5xczp7rtk4olnsqhty2r2cpntadd3wcxmneqoxvmw7e3v4rvu"));
        return provider.deals().observe(ref, soon()).observation();
    }

    private static String dealInfo(int state, String message) {
        return "{\"ProposalCid\":{\"/\":\"bafy2bzacecce5xczp7rtk4olnsqhty2r2cpntadd3wcxmneqoxvmw7e3v4rvu\"},\"State\":"
                + state
                + ",\"Message\":\"" + message + "\",\"Provider\":\"f01234\",\"DataRef\":{\"Root\":{\"/\":\""
                + Examples.ROOT
                + "\"}},\"PricePerEpoch\":\"1600000000\",\"Duration\":518400,\"DealID\":0,\"Verified\":false}";
    }

    @Test
    void a_list_without_the_deal_proves_nothing_while_the_node_may_still_be_making_it() {
        try (ScriptedNode node = legacy();
                FilecoinProvider patient = node.open("token", "t", "mode", "lotus-legacy");
                FilecoinProvider hasty = node.open("token", "t", "mode", "lotus-legacy", "settleTime", "PT0S")) {
            node.returns("ClientListDeals", "[]");
            DealRef ref = DealRef.of(Examples.order(DealMode.LEGACY), DealIds.NONE);
            assertThat(patient.deals().observe(ref, soon()).observation()).isInstanceOf(DealObservation.Unknown.class);
            assertThat(hasty.deals().observe(ref, soon()).observation()).isInstanceOf(DealObservation.Absent.class);
        }
    }

    @Test
    void a_deal_that_the_chain_does_not_have_is_no_failure_of_transport() {
        String notFound =
                "deal 5 not found - deal may not have completed sealing before deal proposal start epoch, or deal"
                        + " may have been slashed";
        try (ScriptedNode node = modern();
                FilecoinProvider provider = node.open("token", "t", "mode", "lotus-mk12")) {
            node.refuses("StateMarketStorageDeal", 1, notFound);
            DealRef ref = DealRef.of(Examples.order(DealMode.MK12), DealIds.NONE.withDeal(5));
            assertThat(provider.deals().observe(ref, soon()).observation()).isInstanceOf(DealObservation.Unknown.class);
            node.returns("ChainHead", "{\"Cids\":[{\"/\":\"" + Examples.ROOT + "\"}],\"Height\":5600000}");
            assertThat(provider.deals().observe(ref, soon()).observation()).isInstanceOf(DealObservation.Failed.class);
            node.returns("ChainHead", "{\"Cids\":[{\"/\":\"" + Examples.ROOT + "\"}],\"Height\":6100000}");
            assertThat(provider.deals().observe(ref, soon()).observation()).isInstanceOf(DealObservation.Expired.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-32700, ProtocolViolation",
        "-32602, ProtocolViolation",
        "-32601, ProtocolViolation",
        "-32005, RateLimited",
        "-32002, Unavailable",
        "-1111111, Unavailable",
        "11, NotFound",
        "1, Rejected",
        "2, Rejected"
    })
    void every_error_code_has_its_meaning(int code, String meaning) {
        try (ScriptedNode node = modern();
                FilecoinProvider provider = node.open("token", "t")) {
            node.refuses("ChainHead", code, "something");
            assertThat(failure(() -> provider.deals().head(soon())).getClass().getSimpleName())
                    .isEqualTo(meaning);
        }
    }

    @Test
    void an_old_node_says_in_words_only_that_an_actor_is_not_found() {
        try (ScriptedNode node = legacy();
                FilecoinProvider provider = node.open("token", "t")) {
            node.refuses("StateMinerInfo", 1, "failed to load miner actor: Actor not found");
            assertThat(failure(() -> provider.deals().storageProvider("f01234", soon())))
                    .isInstanceOf(Failure.NotFound.class);
        }
    }

    @Test
    void a_bad_token_is_an_empty_401() {
        try (ScriptedNode node = modern();
                FilecoinProvider provider = node.open("token", "bad")) {
            node.refusesTokens = true;
            assertThatThrownBy(() -> provider.deals().head(soon()))
                    .hasMessageContaining("Unauthorized")
                    .hasMessageContaining("lotus auth create-token");
        }
    }

    @Test
    void what_is_no_lotus_node_is_said_to_be_none() {
        try (ScriptedNode node = new ScriptedNode();
                FilecoinProvider provider = node.open("endpoint", node.endpoint() + "/elsewhere")) {
            assertThatThrownBy(() -> provider.deals().head(soon())).hasMessageContaining("is it a Lotus node?");
        }
    }

    private static Failure failure(ThrowingCallable call) {
        return catchThrowableOfType(ProviderException.class, call).failure();
    }
}
