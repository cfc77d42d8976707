package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.CallFault;
import dev.pinfold.kit.filecoin.DealTruth;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pin with cold copies becomes deals with storage providers of a SIMULATED Filecoin network. */
class DealFlowTest {
    @TempDir
    Path folder;

    /** Every call that makes something on the way to a deal. */
    @ParameterizedTest
    @ValueSource(strings = {"lotus-legacy", "lotus-mk12", "lotus-mk20"})
    void replies_that_are_lost_after_the_call_took_effect_make_no_deal_twice_and_lose_none(String mode) {
        try (ColdWorld world = ColdWorld.in(folder)
                .network(ColdWorld.networkFor(mode))
                .mode(mode)
                .start()) {
            for (String call : List.of("ClientImport", "ClientStartDeal", "MpoolPushMessage", "WalletSign")) {
                world.network.node().calls().next(call, 2, new CallFault.LoseReply());
            }
            world.network
                    .providers()
                    .forEach(sp -> sp.calls()
                            .next("mk12/store", 2, new CallFault.LoseReply())
                            .next("mk20/deal", 2, new CallFault.LoseReply())
                            .next("mk12/status", 1, new CallFault.LoseReply())
                            .next("mk20/status", 1, new CallFault.LoseReply()));
            String pin = world.add(Dag.file(12, 100, 8_000));
            world.advanceUntil(
                    "two deals are active, and the pin tells so",
                    20,
                    () -> world.broker.client().info(pin, "pinfold_cold").equals("2 of 2 deals active"));
            assertThat(world.truth()).hasSize(2).extracting(DealTruth::provider).doesNotHaveDuplicates();
            assertThat(world.network.doubleProposals()).isEmpty();
            assertThat(world.broker.client().info(pin, "pinfold_piece_cid")).startsWith("bafkzcib");
            assertThat(world.broker.client().info(pin, "pinfold_deals").split(" "))
                    .hasSize(2);
        }
    }

    /** Filecash: Lotus 1.5.0 with /rpc/v0 only, sectors of 4 GiB, 49 hours until a start, another coin. */
    @Test
    void a_fork_goes_the_whole_way_by_configuration_alone() {
        try (ColdWorld world = ColdWorld.in(folder)
                .network(SimulatedNetwork.builder().filecash())
                .setting("rpcPath", "/rpc/v0")
                .setting("coin", "FIC")
                .setting("startBuffer", "49h")
                .setting("longestDeal", "540d")
                .setting("network", "SIMULATED-filecash")
                .start()) {
            String pin = world.add(Dag.file(13, 100, 8_000));
            world.advanceUntil(
                    "two deals are active, and the pin tells so",
                    20,
                    () -> world.broker.client().info(pin, "pinfold_cold").equals("2 of 2 deals active"));
            assertThat(world.truth()).hasSize(2);
            world.broker.client().delete(pin);
            world.advanceUntil(
                    "the piece that nobody wants goes, its deals run out",
                    20,
                    () -> world.broker
                            .client()
                            .send("GET", "/api/v1/pieces", null)
                            .json()
                            .path("pieces")
                            .isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lotus-legacy", "lotus-mk12", "lotus-mk20"})
    void two_cold_copies_become_two_active_deals_with_two_storage_providers(String mode) {
        try (ColdWorld world = ColdWorld.in(folder)
                .network(ColdWorld.networkFor(mode))
                .mode(mode)
                .start()) {
            Dag file = Dag.file(11, 140, 8_000);
            String pin = world.add(file);
            world.advanceUntil("two deals are active", 20, () -> world.active().size() == 2);
            List<DealTruth> deals = world.active();
            assertThat(deals).extracting(DealTruth::provider).doesNotHaveDuplicates();
            assertThat(deals)
                    .extracting(DealTruth::pieceCid)
                    .containsOnly(deals.getFirst().pieceCid());
            assertThat(world.network.doubleProposals()).isEmpty();
            world.advanceUntil(
                    "the pin tells of them",
                    20,
                    () -> world.broker.client().info(pin, "pinfold_cold").startsWith("2 of 2"));
            assertThat(world.truth()).hasSize(2);
        }
    }
}
