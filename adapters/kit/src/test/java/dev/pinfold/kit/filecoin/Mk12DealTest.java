package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.HashFunction;
import dev.pinfold.kit.Dag;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Today's node signs, the proposal goes to a Curio as CBOR. */
class Mk12DealTest {
    private final Origin origin = new Origin(12, 60);
    private final SimulatedNetwork network = SimulatedNetwork.start();
    private final Mk12Client client = new Mk12Client(network, origin);

    @AfterEach
    void end() {
        network.close();
        origin.close();
    }

    @Test
    void a_deal_is_pulled_checked_published_sealed_and_served() throws Exception {
        SimulatedProvider provider = network.provider(1);
        client.addBalance(SimulatedNetwork.FIL);
        UUID uuid = UUID.fromString("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        assertThat(client.propose(provider, uuid)).isEmpty();
        network.advance(1);
        assertThat(origin.ranges).containsExactly("");
        assertThat(client.status(provider, uuid)).contains("Processing");
        network.advance(4);
        assertThat(client.status(provider, uuid)).contains("Sealing");
        DealTruth truth = provider.deal(uuid.toString());
        JsonObject pending = client.rpc.object("StateMarketStorageDeal", truth.dealId(), null);
        assertThat(pending.getJsonObject("State").getLong("SectorStartEpoch")).isEqualTo(-1);
        assertThat(client.rpc.call(
                        "StateMarketProposalPending",
                        Json.cid(client.proposal(provider)
                                .signedCid(client.signature(provider), HashFunction.BLAKE2B_256)),
                        null))
                .isEqualTo(true);
        network.advance(400);
        assertThat(client.status(provider, uuid)).contains("Sealed and Indexed");
        JsonObject active = client.rpc.object("StateMarketStorageDeal", truth.dealId(), null);
        assertThat(active.getJsonObject("State").getLong("SectorStartEpoch")).isPositive();
        served(provider);
        assertThat(network.held(origin.piece.cidV2())).hasSize(1);
        assertThat(network.doubleProposals()).isEmpty();
    }

    private void served(SimulatedProvider provider) throws Exception {
        String piece = provider.endpoint() + "/piece/";
        assertThat(Client.get(piece + origin.piece.cidV1()).body()).isEqualTo(origin.car);
        assertThat(Client.get(piece + origin.piece.cidV2()).body()).isEqualTo(origin.car);
        HttpResponse<byte[]> part = Client.get(piece + origin.piece.cidV1(), "Range", "bytes=100-299");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 100-299/" + origin.car.length);
        assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(origin.car, 100, 300));
        HttpResponse<byte[]> head = Client.send("HEAD", piece + origin.piece.cidV1(), new byte[0]);
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(origin.car.length);
        String root = provider.endpoint() + "/ipfs/" + origin.dag.root();
        assertThat(Client.get(root + "?format=car&dag-scope=all").body()).isEqualTo(origin.car);
        assertThat(Client.get(root, "Accept", "application/vnd.ipld.raw").body())
                .isEqualTo(origin.dag.blocks().getFirst().bytes());
        Dag alone = Dag.readCar(Client.get(root + "?format=car&dag-scope=block").body());
        assertThat(alone.blocks()).hasSize(1);
        assertThat(Client.get(root).statusCode()).isEqualTo(406);
        assertThat(Client.get(provider.endpoint() + "/ipfs/"
                                + Dag.text("absent").root() + "?format=raw")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_pull_that_breaks_off_goes_on_where_it_stopped() throws Exception {
        client.addBalance(SimulatedNetwork.FIL);
        origin.breakOff(2);
        UUID uuid = new UUID(1, 2);
        assertThat(client.propose(network.provider(0), uuid)).isEmpty();
        network.advance(5);
        assertThat(network.provider(0).deal(uuid.toString()).stage()).isEqualTo(Stage.PUBLISHED);
        assertThat(origin.ranges).hasSize(3);
        assertThat(origin.ranges.getLast()).matches("bytes=\\d+-");
    }

    /** Whoever takes it for one makes a deal too many. */
    @Test
    void a_transfer_that_is_tried_again_is_no_error_of_the_deal() throws Exception {
        try (SimulatedNetwork patient =
                SimulatedNetwork.builder().transferTries(5).start()) {
            Mk12Client proposer = new Mk12Client(patient, origin);
            proposer.addBalance(SimulatedNetwork.FIL);
            origin.breakOff(1_000);
            UUID uuid = new UUID(1, 4);
            assertThat(proposer.propose(patient.provider(0), uuid)).isEmpty();
            patient.advance(1);
            assertThat(patient.provider(0).deal(uuid.toString()).message()).contains("transfer failed", "tried again");
            assertThat(proposer.status(patient.provider(0), uuid))
                    .contains("Processing")
                    .noneMatch(text -> text.contains("failed"));
            origin.breakOff(0);
            patient.advance(1);
            patient.advance(400);
            assertThat(patient.provider(0).deal(uuid.toString()).stage()).isEqualTo(Stage.ACTIVE);
        }
    }

    @Test
    void data_that_is_not_what_was_proposed_ends_the_deal() throws Exception {
        client.addBalance(SimulatedNetwork.FIL);
        origin.car[origin.car.length - 1] ^= 1;
        UUID uuid = new UUID(1, 3);
        assertThat(client.propose(network.provider(0), uuid)).isEmpty();
        network.advance(1);
        DealTruth truth = network.provider(0).deal(uuid.toString());
        assertThat(truth.stage()).isEqualTo(Stage.FAILED);
        assertThat(truth.message()).startsWith("SIMULATED").contains("transfer failed");
        assertThat(network.provider(0).holds(origin.piece.cidV1())).isFalse();
    }

    @Test
    void what_a_provider_does_not_like_is_said_inside_a_good_answer() throws Exception {
        SimulatedProvider provider = network.provider(0);
        assertThat(client.propose(provider, new UUID(2, 1))).contains("not enough funds in escrow");
        client.addBalance(SimulatedNetwork.FIL);
        client.price = client.price.subtract(BigInteger.ONE);
        assertThat(client.propose(provider, new UUID(2, 2))).contains("storage price per epoch less than asking price");
        client.price = client.price.add(BigInteger.ONE);
        client.duration = 518_399;
        assertThat(client.propose(provider, new UUID(2, 3))).contains("deal duration out of bounds");
        client.duration = 518_400;
        provider.ask(provider.ask().pieces(1L << 34, 1L << 35));
        assertThat(client.propose(provider, new UUID(2, 4))).contains("piece size less than minimum required size");
        assertThat(client.propose(network.provider(1), provider, new UUID(2, 5)))
                .contains("incorrect provider");
        assertThat(network.proposals()).hasSize(5).noneMatch(ProposalSeen::accepted);
        assertThat(network.deals()).isEmpty();
    }

    @Test
    void the_same_uuid_is_taken_once_and_a_second_deal_for_the_same_piece_is_counted_as_double() throws Exception {
        client.addBalance(SimulatedNetwork.FIL);
        SimulatedProvider provider = network.provider(0);
        UUID uuid = new UUID(3, 1);
        assertThat(client.propose(provider, uuid)).isEmpty();
        assertThat(client.propose(provider, uuid)).contains("already exists");
        assertThat(network.doubleProposals()).isEmpty();
        assertThat(client.propose(provider, new UUID(3, 2))).isEmpty();
        assertThat(network.doubleProposals()).hasSize(1);
        assertThat(client.propose(network.provider(1), new UUID(3, 3))).isEmpty();
        assertThat(network.doubleProposals()).hasSize(1);
    }

    @Test
    void the_ask_is_signed_and_says_what_the_provider_wants() throws Exception {
        SimulatedProvider provider = network.provider(0);
        byte[] question = new CborOut()
                .map(1)
                .text("Miner")
                .bytes(provider.address().bytes())
                .toBytes();
        String url = provider.endpoint() + "/market/mk12/ask";
        HttpResponse<byte[]> answer = Client.send("GET", url, question, "Content-Type", "application/cbor");
        assertThat(answer.statusCode()).isEqualTo(200);
        CborIn in = new CborIn(answer.body());
        assertThat(in.pairs("AskResponse")).isEqualTo(1);
        assertThat(in.text("key")).isEqualTo("Ask");
        assertThat(in.pairs("SignedStorageAsk")).isEqualTo(2);
        assertThat(in.text("key")).isEqualTo("Ask");
        assertThat(in.pairs("StorageAsk")).isEqualTo(8);
        assertThat(Client.send("GET", url, question, "Content-Type", "application/cbor; v=1")
                        .statusCode())
                .isEqualTo(400);
    }
}
