package dev.pinfold.filecoin;

import static dev.pinfold.filecoin.World.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.kit.documents.Mk20Shapes;
import dev.pinfold.kit.documents.RequestShapes;
import dev.pinfold.kit.filecoin.DealTruth;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.Stage;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.StorageProviderInfo;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole life of a deal in each of the three ways, on a simulated network. */
@Timeout(300)
class DealLifeTest {
    @TempDir
    private Path shared;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_mk12_deal_is_funded_proposed_published_active_and_expires(boolean verified) throws Exception {
        try (World world = World.of(LotusAge.V1_36)) {
            world.network.grantDataCap(world.node.wallet(), 1L << 30);
            DealOrder order = world.order(DealMode.MK12, verified);
            DealIds ids = world.prepared(order);
            assertThat(ids.proposalCid()).isNotNull();
            DealSighting given = world.proposed(order, ids);
            assertThat(given.observation()).isInstanceOf(DealObservation.Accepted.class);
            DealSighting published = world.until(DealObservation.Published.class, order, given.ids());
            assertThat(published.ids().dealId()).isPresent();
            DealObservation.Active active =
                    (DealObservation.Active) world.until(DealObservation.Active.class, order, published.ids())
                            .observation();
            assertThat(active.proof()).isEqualTo(Proof.CHAIN);
            assertThat(active.end()).isEqualTo(order.terms().end());
            assertThat(world.network.deals())
                    .singleElement()
                    .extracting(DealTruth::stage)
                    .isEqualTo(Stage.ACTIVE);
            world.network.chain().advanceTo(order.terms().end().height() + World.CONFIRMATIONS + 1);
            assertThat(world.observe(order, published.ids()).observation())
                    .isEqualTo(new DealObservation.Expired(order.terms().end()));
            RequestShapes.check(LotusAge.V1_36, world.lotus.sent);
        }
    }

    @Test
    void an_mk20_deal_gets_datacap_is_claimed_and_its_claim_is_the_proof() throws Exception {
        try (World world = World.of(LotusAge.V1_36)) {
            world.network.grantDataCap(world.node.wallet(), 1L << 30);
            DealOrder order = world.order(DealMode.MK20, true);
            DealIds ids = world.prepared(order);
            assertThat(ids.allocationId()).isPresent();
            assertThat(world.lotus.calls("MpoolPushMessage")).hasSize(1);
            DealSighting given = world.proposed(order, ids);
            assertThat(given.observation()).isInstanceOf(DealObservation.Accepted.class);
            DealObservation.Active active =
                    (DealObservation.Active) world.until(DealObservation.Active.class, order, given.ids())
                            .observation();
            assertThat(active.proof()).isEqualTo(Proof.CHAIN);
            assertThat(active.sector()).isPresent();
            assertThat(active.since().until(active.end()))
                    .isEqualTo(order.terms().duration());
            assertThat(world.network.deals()).hasSize(1);
            RequestShapes.check(LotusAge.V1_36, world.lotus.sent);
            Mk20Shapes.check(world.curio.sent);
        }
    }

    @Test
    void an_mk20_deal_without_datacap_rests_on_the_word_of_the_storage_provider() throws Exception {
        try (World world = World.of(LotusAge.V1_36)) {
            DealOrder order = world.order(DealMode.MK20, false);
            assertThat(order.terms().pricePerEpoch()).isEqualTo(AttoFil.ZERO);
            DealSighting given = world.proposed(order, world.prepared(order));
            DealObservation.Active active =
                    (DealObservation.Active) world.until(DealObservation.Active.class, order, given.ids())
                            .observation();
            assertThat(active.proof()).isEqualTo(Proof.PROVIDER_SAYS);
            Mk20Shapes.check(world.curio.sent);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = LotusAge.class,
            names = {"V1_5", "V1_11", "V1_27"})
    void a_legacy_node_imports_the_car_proposes_watches_and_buys_it_back(LotusAge age) throws Exception {
        try (World world = World.of(age, "sharedDirectory", shared.toString())) {
            DealOrder order = world.order(DealMode.LEGACY, false);
            DealIds ids = world.prepared(order);
            assertThat(ids.dataRoot()).isEqualTo(world.dag.root());
            assertThat(ids.dealPiece()).isNull();
            DealSighting given = world.proposed(order, ids);
            assertThat(given.observation()).isInstanceOf(DealObservation.Proposed.class);
            DealSighting published = world.until(DealObservation.Published.class, order, given.ids());
            DealSighting active = world.until(DealObservation.Active.class, order, published.ids());
            assertThat(((DealObservation.Active) active.observation()).dealId()).isPresent();
            DealRef ref = DealRef.of(order, active.ids());
            try (InputStream back = world.deals().retrieve(ref, AttoFil.ofCoins("1"), soon())) {
                assertThat(back.readAllBytes()).isEqualTo(world.car);
            }
            world.deals().release(ref, soon());
            assertThat(shared).isEmptyDirectory();
            RequestShapes.check(age, world.lotus.sent);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = LotusAge.class,
            names = {"V1_11", "V1_27"})
    void without_a_shared_folder_the_car_is_an_opaque_file_of_another_root_and_piece(LotusAge age) throws Exception {
        try (World world = World.of(age)) {
            DealOrder order = world.order(DealMode.LEGACY, false);
            DealIds ids = world.prepared(order);
            assertThat(ids.dataRoot()).isNotEqualTo(world.dag.root());
            assertThat(ids.dealPiece()).isNotNull().isNotEqualTo(world.piece.cidV1());
            DealSighting given = world.proposed(order, ids);
            DealSighting active = world.until(DealObservation.Active.class, order, given.ids());
            assertThat(active.ids().dealPiece()).isEqualTo(ids.dealPiece());
            DealRef ref = DealRef.of(order, active.ids());
            if (age == LotusAge.V1_27) {
                try (InputStream back = world.deals().retrieve(ref, AttoFil.ofCoins("1"), soon())) {
                    assertThat(back.readAllBytes())
                            .as("exported by the node, byte for byte")
                            .isEqualTo(world.car);
                }
                assertThat(world.lotus.sent).anyMatch(sent -> sent.path().equals("/rest/v0/export"));
            } else {
                assertThatThrownBy(() -> world.deals().retrieve(ref, AttoFil.ofCoins("1"), soon()))
                        .isInstanceOf(ProviderException.class)
                        .extracting(e -> ((ProviderException) e).failure())
                        .isEqualTo(new Failure.Unsupported(Capability.RETRIEVE_CAR));
            }
        }
    }

    @Test
    void a_fork_with_small_sectors_one_path_and_another_coin_works_by_configuration_alone() throws Exception {
        SimulatedNetwork network = SimulatedNetwork.builder().filecash().start();
        try (World world = new World(
                network,
                "coin",
                "FIC",
                "network",
                "SIMULATED-filecash",
                "startBuffer",
                "PT49H",
                "sharedDirectory",
                shared.toString())) {
            assertThat(world.deals().check(soon()).modes()).containsExactly(DealMode.LEGACY);
            assertThat(world.deals().check(soon()).startBuffer()).isEqualTo(5_880);
            StorageProviderInfo info = world.deals().storageProvider(world.address(), soon());
            assertThat(info.sectorSize()).isEqualTo(PieceSize.ofPadded(4L << 30));
            assertThat(world.deals()
                            .ask(world.address(), DealMode.LEGACY, soon())
                            .largest())
                    .isEqualTo(PieceSize.ofPadded(4L << 30));
            DealOrder order = world.order(DealMode.LEGACY, false);
            DealSighting given = world.proposed(order, world.prepared(order));
            DealSighting active = world.until(DealObservation.Active.class, order, given.ids());
            try (InputStream back =
                    world.deals().retrieve(DealRef.of(order, active.ids()), AttoFil.ofCoins("1"), soon())) {
                assertThat(back.readAllBytes()).isEqualTo(world.car);
            }
            assertThat(world.lotus.sent).noneMatch(sent -> sent.path().contains("export"));
        }
    }

    @Test
    void a_storage_provider_is_known_by_its_sector_country_and_what_it_takes() throws Exception {
        try (World world = World.of(LotusAge.V1_36, "countries", "f01000=DE", "privateProviders", "true")) {
            StorageProviderInfo info = world.deals().storageProvider(world.address(), soon());
            assertThat(info.modes()).containsExactly(DealMode.MK12, DealMode.MK20);
            assertThat(info.country()).isEqualTo("DE");
            assertThat(info.http()).containsExactly(world.curio.endpoint());
            String other = world.network.provider(1).address().toString();
            StorageProviderInfo unnamed = world.deals().storageProvider(other, soon());
            assertThat(unnamed.country()).isNull();
            assertThat(unnamed.http())
                    .as("found by the multiaddrs on chain")
                    .containsExactly(world.network.provider(1).endpoint());
            assertThat(world.deals().storageProviders()).containsExactly(world.address());
        }
    }

    @Test
    void a_private_address_on_chain_is_not_followed_unless_the_operator_says_so() throws Exception {
        try (World world = World.of(LotusAge.V1_36)) {
            String other = world.network.provider(1).address().toString();
            assertThat(world.deals().storageProvider(other, soon()).http()).isEmpty();
        }
    }
}
