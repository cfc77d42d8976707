package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that makes deals itself: the whole life of a deal, and a fork with small sectors. */
class LegacyDealTest {
    private final Origin origin = new Origin(11, 60);
    private SimulatedNetwork network = SimulatedNetwork.builder().nodes().start();

    @AfterEach
    void end() {
        network.close();
        origin.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = LotusAge.class,
            names = {"V1_5", "V1_11", "V1_27"})
    void a_deal_is_made_goes_on_chain_becomes_active_and_gives_the_file_back(LotusAge age) throws Exception {
        SimulatedLotus node = network.addNode(age);
        Client client = Client.admin(node);
        assertThat(client.object("Version").getString("Version")).contains("SIMULATED");
        Path car = Files.write(node.disk().resolve("in.car"), origin.car);
        JsonObject imported = client.object("ClientImport", reference(car, true));
        assertThat(imported.getJsonObject("Root").getString("/"))
                .isEqualTo(origin.dag.root().toString());
        JsonObject piece = client.object("ClientDealPieceCID", imported.getJsonObject("Root"));
        assertThat(piece.getJsonObject("PieceCID").getString("/"))
                .isEqualTo(origin.piece.cidV1().toString());
        assertThat(piece.getLong("PieceSize")).isEqualTo(origin.piece.size().padded());
        JsonObject committed = client.object("ClientCalcCommP", car.toString());
        assertThat(committed.getLong("Size")).isEqualTo(origin.piece.size().unpadded());

        JsonObject proposal = client.object("ClientStartDeal", order(client, 518_400));
        assertThat(state(client, proposal)).isEqualTo(23);
        network.advance(1);
        assertThat(state(client, proposal)).isEqualTo(3);
        network.advance(4);
        assertThat(state(client, proposal)).isEqualTo(29);
        network.advance(60);
        assertThat(state(client, proposal)).isEqualTo(5);
        network.advance(300);
        assertThat(state(client, proposal)).isEqualTo(7);

        JsonObject info = client.object("ClientGetDealInfo", proposal);
        long id = info.getLong("DealID");
        JsonObject onChain = client.object("StateMarketStorageDeal", id, null);
        assertThat(onChain.getJsonObject("State").getLong("SectorStartEpoch")).isPositive();
        assertThat(onChain.getJsonObject("Proposal").getString("Label")).contains("SIMULATED");
        client.call("ClientListDeals");
        client.call("ClientListImports");
        client.call("ClientGetDealStatus", 7);
        retrieves(client, node, imported.getJsonObject("Root"), age);

        network.chain().advanceTo(onChain.getJsonObject("Proposal").getLong("EndEpoch"));
        assertThat(state(client, proposal)).isEqualTo(8);
        network.advance(Actors.TRACE);
        assertThat(client.error("StateMarketStorageDeal", id, null).getString("message"))
                .contains("deal " + id + " not found");
        BigInteger price = new BigInteger(info.getString("PricePerEpoch"));
        BigInteger paid = price.multiply(BigInteger.valueOf(info.getLong("Duration")));
        assertThat(network.balance(node.wallet()).add(network.escrow(node.wallet())))
                .isEqualTo(
                        SimulatedNetwork.FIL.multiply(BigInteger.valueOf(100)).subtract(paid));
        assertThat(network.locked(node.wallet())).isZero();
    }

    private void retrieves(Client client, SimulatedLotus node, JsonObject root, LotusAge age) throws Exception {
        JsonObject offer = client.object(
                "ClientMinerQueryOffer", network.provider(0).address().toString(), root, null);
        assertThat(offer.getString("Err")).isEmpty();
        client.call("ClientFindData", root, null);
        Path out = node.disk().resolve("out.car");
        JsonObject order = new JsonObject().put("Root", root).put("Miner", offer.getString("Miner"));
        if (age == LotusAge.V1_27) {
            long deal = client.object("ClientRetrieve", order).getLong("DealID");
            client.call("ClientRetrieveWait", deal);
            client.call("ClientExport", new JsonObject().put("Root", root).put("DealID", deal), reference(out, true));
            String export = "%7B%22DealID%22:" + deal + "%7D";
            byte[] streamed = Client.get(
                            node.endpoint() + "/rest/v0/export?car=true&export=" + export,
                            "Authorization",
                            "Bearer " + node.adminToken())
                    .body();
            assertThat(streamed).isEqualTo(origin.car);
        } else {
            client.call("ClientRetrieve", order, reference(out, true));
        }
        assertThat(Files.readAllBytes(out)).isEqualTo(origin.car);
    }

    @Test
    void a_fork_with_sectors_of_4_gib_and_one_path_makes_a_deal_49_hours_ahead() throws Exception {
        network.close();
        network = SimulatedNetwork.builder().filecash().start();
        SimulatedLotus node = network.node();
        Client client = Client.admin(node);
        assertThat(client.call("StateNetworkName")).isEqualTo("SIMULATED-filecash");
        assertThat(client.on("/rpc/v1").post("{}").statusCode()).isEqualTo(404);
        JsonObject info =
                client.object("StateMinerInfo", network.provider(0).address().toString(), null);
        assertThat(info.getLong("SectorSize")).isEqualTo(4L << 30);
        Files.write(node.disk().resolve("in.car"), origin.car);
        client.object("ClientImport", reference(node.disk().resolve("in.car"), true));
        JsonObject proposal = client.object("ClientStartDeal", order(client, 518_400));
        network.advance(400);
        JsonObject deal = client.object("ClientGetDealInfo", proposal);
        assertThat(deal.getInteger("State")).isEqualTo(7);
        assertThat(client.object("StateMarketStorageDeal", deal.getLong("DealID"), null)
                        .getJsonObject("Proposal")
                        .getLong("StartEpoch"))
                .isEqualTo(SimulatedChain.FIRST_HEAD + 49 * 120);
        assertThat(Client.get(node.endpoint() + "/rest/v0/export?car=true&export={}".replace("{}", "%7B%7D"))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_car_imported_over_http_becomes_an_opaque_file_that_comes_back_byte_for_byte() throws Exception {
        SimulatedLotus node = network.addNode(LotusAge.V1_11);
        Client client = Client.admin(node);
        byte[] answer = Client.send(
                        "PUT",
                        node.endpoint() + "/rest/v0/import",
                        origin.car,
                        "Authorization",
                        "Bearer " + node.token("read", "write"))
                .body();
        JsonObject root =
                new JsonObject(new String(answer, java.nio.charset.StandardCharsets.UTF_8)).getJsonObject("Cid");
        assertThat(root.getString("/"))
                .isNotEqualTo(origin.dag.root().toString())
                .startsWith("bafk2bza");
        JsonObject order = order(client, 518_400);
        order.getJsonObject("Data").put("Root", root);
        JsonObject proposal = client.object("ClientStartDeal", order);
        network.advance(400);
        assertThat(state(client, proposal)).isEqualTo(7);
        Path out = node.disk().resolve("out.bin");
        client.call(
                "ClientRetrieve",
                new JsonObject()
                        .put("Root", root)
                        .put("Miner", network.provider(0).address().toString()),
                reference(out, false));
        assertThat(Files.readAllBytes(out)).isEqualTo(origin.car);
    }

    private int state(Client client, JsonObject proposal) throws Exception {
        return client.object("ClientGetDealInfo", proposal).getInteger("State");
    }

    private static JsonObject reference(Path path, boolean car) {
        return new JsonObject().put("Path", path.toString()).put("IsCAR", car);
    }

    private JsonObject order(Client client, long duration) throws Exception {
        SimulatedProvider provider = network.provider(0);
        JsonObject answer = client.object(
                "ClientQueryAsk", provider.peerId(), provider.address().toString());
        JsonObject ask = answer.getJsonObject("Response", answer);
        BigInteger gib = BigInteger.ONE.shiftLeft(30);
        BigInteger price = new BigInteger(ask.getString("Price"))
                .multiply(BigInteger.valueOf(origin.piece.size().padded()))
                .add(gib)
                .subtract(BigInteger.ONE)
                .divide(gib);
        return new JsonObject()
                .put(
                        "Data",
                        new JsonObject()
                                .put("TransferType", "graphsync")
                                .put(
                                        "Root",
                                        new JsonObject()
                                                .put("/", origin.dag.root().toString()))
                                .putNull("PieceCid")
                                .put("PieceSize", 0)
                                .put("RawBlockSize", 0))
                .put("Wallet", Objects.toString(client.call("WalletDefaultAddress")))
                .put("Miner", provider.address().toString())
                .put("EpochPrice", price.multiply(BigInteger.TWO).toString())
                .put("MinBlocksDuration", duration)
                .put("ProviderCollateral", "0")
                .put("DealStartEpoch", -1)
                .put("FastRetrieval", true)
                .put("VerifiedDeal", false);
    }
}
