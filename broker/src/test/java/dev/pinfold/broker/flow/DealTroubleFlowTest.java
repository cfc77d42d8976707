package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.CallFault;
import dev.pinfold.kit.filecoin.DealTruth;
import dev.pinfold.kit.filecoin.SimulatedChain;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.SimulatedProvider;
import dev.pinfold.kit.filecoin.Stage;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with deals, what the broker does about it by itself, and what the operator sees. SIMULATED. */
class DealTroubleFlowTest {
    private static final String PRICED = "{duration: 180d, maxPricePerGiBMonth: 0.00005, renew: {before: 30d}}";
    private static final AtomicInteger SEED = new AtomicInteger(700);

    @TempDir
    Path folder;

    private static Dag file() {
        return Dag.file(SEED.incrementAndGet(), 100, 8_000);
    }

    private ColdWorld.Builder mk12() {
        return ColdWorld.in(folder).mode("lotus-mk12");
    }

    private static JsonNode alerts(ColdWorld world) {
        return world.broker.client().send("GET", "/api/v1/alerts", null).json().path("alerts");
    }

    private static boolean alerted(ColdWorld world, String kind) {
        return StreamSupport.stream(alerts(world).spliterator(), false)
                .anyMatch(alert -> alert.path("kind").asText().equals(kind)
                        && alert.path("clearedAt").isNull());
    }

    /** What the operator reads of the only piece. */
    private static String detail(ColdWorld world) {
        return world.broker
                .client()
                .send("GET", "/api/v1/pieces", null)
                .json()
                .path("pieces")
                .path(0)
                .path("detail")
                .asText("");
    }

    private static int ending(ColdWorld world) {
        return world.broker
                .client()
                .send("GET", "/api/v1/deals?state=ending", null)
                .json()
                .path("deals")
                .size();
    }

    private static void twoActive(ColdWorld world) {
        world.advanceUntil("two deals are active", 20, () -> world.active().size() == 2);
        assertThat(world.active()).extracting(DealTruth::provider).doesNotHaveDuplicates();
    }

    private static SimulatedProvider holder(ColdWorld world, DealTruth deal) {
        return world.network.providers().stream()
                .filter(sp -> sp.address().equals(deal.provider()))
                .findFirst()
                .orElseThrow();
    }

    private static void seenActive(ColdWorld world, String pin) {
        world.advanceUntil(
                "the broker has seen it",
                20,
                () -> world.broker.client().info(pin, "pinfold_cold").equals("2 of 2 deals active"));
    }

    @Test
    void a_slashed_deal_is_told_of_and_made_again_with_another_storage_provider() {
        try (ColdWorld world = mk12().start()) {
            String pin = world.add(file());
            twoActive(world);
            seenActive(world, pin);
            DealTruth lost = world.active().getFirst();
            holder(world, lost).slash(lost.id());
            world.advanceUntil("the loss is told of", 20, () -> alerted(world, "deal.slashed"));
            world.advanceUntil("there are two again", 20, () -> world.active().size() == 2);
            seenActive(world, pin);
            assertThat(world.active()).extracting(DealTruth::provider).doesNotContain(lost.provider());
            assertThat(world.truth()).hasSize(3);
        }
    }

    @Test
    void a_deal_is_renewed_before_it_ends_by_a_new_one() {
        try (ColdWorld world =
                mk12().deal("{duration: 180d, renew: {before: 175d}}").start()) {
            String pin = world.add(file());
            twoActive(world);
            seenActive(world, pin);
            world.advanceUntil("both are renewed", 500, () -> world.active().size() == 4);
            seenActive(world, pin);
            assertThat(world.active()).extracting(DealTruth::provider).hasSizeGreaterThanOrEqualTo(2);
            if (Boolean.getBoolean("pinfold.thorough")) {
                world.advanceUntil(
                        "the old ones end",
                        50_000,
                        () -> world.truth().stream().anyMatch(deal -> deal.stage() == Stage.EXPIRED));
                seenActive(world, pin);
            }
            assertThat(world.truth()).extracting(DealTruth::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void deals_that_end_while_the_broker_is_away_are_told_of_and_made_again() {
        try (ColdWorld world = mk12().deal("{duration: 180d}").start()) {
            String pin = world.add(file());
            twoActive(world);
            seenActive(world, pin);
            world.broker.stop();
            world.network.advance(200 * 2_880);
            assertThat(world.truth()).extracting(DealTruth::stage).containsOnly(Stage.EXPIRED);
            world.broker.start();
            world.advanceUntil("there are two again", 20, () -> world.active().size() == 2);
            seenActive(world, pin);
            assertThat(world.truth()).hasSize(4);
            assertThat(world.broker
                            .client()
                            .send("GET", "/api/v1/deals?state=expired", null)
                            .json()
                            .path("deals"))
                    .hasSize(2);
        }
    }

    @Test
    void a_missed_start_is_repaired_with_another_storage_provider() {
        try (ColdWorld world = mk12().start()) {
            world.network.providers().forEach(sp -> sp.stallAt(Stage.SEALING));
            String pin = world.add(file());
            world.advanceUntil("two have the proposal", 1, () -> world.truth().size() == 2);
            SimulatedProvider slow = holder(world, world.truth().getFirst());
            world.network.providers().stream().filter(sp -> sp != slow).forEach(SimulatedProvider::release);
            world.advanceUntil("two are active", 500, () -> world.active().size() == 2);
            seenActive(world, pin);
            assertThat(world.active()).extracting(DealTruth::provider).doesNotContain(slow.address());
        }
    }

    @Test
    void a_storage_provider_that_vanishes_before_it_published_is_replaced() {
        try (ColdWorld world = mk12().start()) {
            world.network.providers().forEach(sp -> sp.stallAt(Stage.VERIFYING));
            String pin = world.add(file());
            world.advanceUntil("two have the proposal", 1, () -> world.truth().size() == 2);
            SimulatedProvider gone = holder(world, world.truth().getFirst());
            gone.vanish();
            world.network.providers().forEach(SimulatedProvider::release);
            world.advanceUntil(
                    "two others are active", 1_000, () -> world.active().size() == 2);
            seenActive(world, pin);
            assertThat(world.active()).extracting(DealTruth::provider).doesNotContain(gone.address());
        }
    }

    @Test
    void a_reorganisation_that_takes_messages_back_makes_no_deal_twice_and_loses_none() {
        try (ColdWorld world = mk12().start()) {
            String pin = world.add(file());
            world.advanceUntil(
                    "both are published",
                    2,
                    () -> world.truth().stream()
                                    .filter(deal -> deal.dealId() > 0)
                                    .count()
                            == 2);
            world.network.chain().reorganise(6, SimulatedChain.Reverted.ARE_LOST);
            // Nobody publishes them again: their start passes first.
            world.advanceUntil(
                    "two others are active", 200, () -> world.active().size() == 2);
            assertThat(world.active()).extracting(DealTruth::provider).doesNotHaveDuplicates();
            seenActive(world, pin);
            world.network.chain().reorganise(6, SimulatedChain.Reverted.COME_AGAIN);
            seenActive(world, pin);
            assertThat(world.active()).hasSize(2);
            assertThat(world.network.doubleProposals()).isEmpty();
        }
    }

    @Test
    void prices_that_rise_tenfold_are_not_paid_and_the_operator_reads_why() {
        try (ColdWorld world =
                mk12().deal(PRICED).config("deals.coinPrice", "4").start()) {
            world.network.providers().forEach(sp -> sp.raisePrices(10));
            String pin = world.add(file());
            Eventually.holds(
                    "it is told why",
                    ColdWorld.PATIENCE,
                    () -> detail(world).contains("it asks 500000000 attoFIL per GiB and epoch"));
            assertThat(world.truth()).isEmpty();
            world.network.providers().forEach(sp -> sp.ask(dev.pinfold.kit.filecoin.Ask.DEFAULT));
            twoActive(world);
            seenActive(world, pin);
        }
    }

    @Test
    void an_empty_wallet_is_told_of_and_deals_are_made_once_it_is_filled() {
        try (ColdWorld world = mk12().start()) {
            world.network.node().emptyWallet();
            String pin = world.add(file());
            Eventually.holds("it is told of", ColdWorld.PATIENCE, () -> alerted(world, "funds.low"));
            Eventually.holds(
                    "it is said what lacks",
                    ColdWorld.PATIENCE,
                    () -> detail(world).contains("wallet and escrow lack"));
            assertThat(world.truth()).isEmpty();
            world.network.fund(world.network.node().wallet(), SimulatedNetwork.FIL);
            twoActive(world);
            seenActive(world, pin);
            assertThat(alerted(world, "funds.low")).isFalse();
        }
    }

    @Test
    void a_token_without_a_permission_makes_no_deal_and_the_permission_is_named() {
        try (ColdWorld world = mk12().permissions("read").start()) {
            world.add(file());
            Eventually.holds(
                    "it is named", ColdWorld.PATIENCE, () -> detail(world).contains("sign"));
            assertThat(world.truth()).isEmpty();
        }
    }

    @Test
    void a_permission_that_is_lost_while_a_deal_is_made_is_told_of_and_waited_for() {
        try (ColdWorld world = mk12().start()) {
            world.network
                    .node()
                    .calls()
                    .always(
                            "WalletSign",
                            new CallFault.Fails(1, "missing permission to invoke 'WalletSign' (need 'sign')"));
            String pin = world.add(file());
            world.advanceUntil("it is told of", 2, () -> alerted(world, "node.refuses"));
            assertThat(alerts(world).toString()).contains("'sign'", "lotus auth create-token");
            assertThat(world.truth()).isEmpty();
            world.network.node().calls().clear();
            twoActive(world);
            seenActive(world, pin);
            assertThat(alerted(world, "node.refuses")).isFalse();
            assertThat(world.truth()).hasSize(2);
        }
    }

    @Test
    void renewals_that_come_to_nothing_are_told_of_and_tried_elsewhere() {
        try (ColdWorld world = mk12().deal("{duration: 180d, renew: {before: 175d, maxAttempts: 1}}")
                .copies(1)
                .start()) {
            String pin = world.add(file());
            world.advanceUntil("one is active", 20, () -> world.active().size() == 1);
            holder(world, world.active().getFirst()).refuse("the storage provider takes no more deals");
            world.advanceUntil("it is about to end", 500, () -> ending(world) == 1);
            world.advanceUntil(
                    "it is told of", 2, () -> alerts(world).toString().contains("renewals came to nothing"));
            assertThat(alerts(world).toString()).contains("takes no more deals");
            world.advanceUntil(
                    "it is renewed elsewhere", 20, () -> world.active().size() == 2);
            assertThat(world.active()).extracting(DealTruth::provider).doesNotHaveDuplicates();
            world.advanceUntil("the alert is over", 20, () -> !alerted(world, "deal.expiring"));
            assertThat(world.broker.client().status(pin)).isEqualTo("pinned");
        }
    }

    @Test
    void a_node_that_is_down_for_a_day_is_waited_for() {
        try (ColdWorld world = mk12().start()) {
            String pin = world.add(file());
            world.advanceUntil(
                    "one is published", 2, () -> world.truth().stream().anyMatch(deal -> deal.dealId() > 0));
            world.network.node().down();
            world.network.advance(2_880);
            world.network.node().up();
            twoActive(world);
            seenActive(world, pin);
            assertThat(world.truth()).hasSize(2);
        }
    }

    @Test
    void an_own_rule_of_place_binds_deals_and_an_unknown_country_satisfies_none() {
        try (ColdWorld world = mk12().network(SimulatedNetwork.builder().providers("US", "DE", "DE", "SG"))
                .deal("{duration: 180d, providers: {countryCodes: [DE]}}")
                .start()) {
            String pin = world.add(file());
            twoActive(world);
            seenActive(world, pin);
            assertThat(world.active())
                    .extracting(deal -> holder(world, deal).country())
                    .containsOnly("DE");
        }
    }

    @Test
    void hot_copies_go_when_the_policy_says_so_and_come_back_when_a_cold_one_is_lost() {
        try (ColdWorld world = mk12().copies(1).cold("dropHot: true").start()) {
            String pin = world.add(file());
            world.advanceUntil("one is active", 20, () -> world.active().size() == 1);
            world.advanceUntil(
                    "the hot copy goes",
                    20,
                    () -> world.broker.client().info(pin, "pinfold_replicas").equals("0 of 0"));
            assertThat(world.broker.client().status(pin)).isEqualTo("pinned");
            DealTruth lost = world.active().getFirst();
            holder(world, lost).slash(lost.id());
            world.advanceUntil(
                    "it is hot again",
                    20,
                    () -> world.broker.client().info(pin, "pinfold_replicas").equals("1 of 1"));
        }
    }
}
