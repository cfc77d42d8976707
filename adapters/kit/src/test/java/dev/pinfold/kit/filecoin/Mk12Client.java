package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Proposes mk12 deals by hand; the node signs. */
final class Mk12Client {
    final Client rpc;
    BigInteger price;
    long duration = 518_400;
    long startIn = 5_760;

    private final SimulatedNetwork network;
    private final Origin origin;

    Mk12Client(SimulatedNetwork network, Origin origin) {
        this.network = network;
        this.origin = origin;
        this.rpc = Client.admin(network.node());
        this.price = network.provider(0).ask().perEpoch(origin.piece.size().padded(), false);
    }

    void addBalance(BigInteger amount) throws Exception {
        String wallet = network.node().wallet().toString();
        Object message = rpc.call("MarketAddBalance", wallet, wallet, amount.toString());
        network.advance(2);
        JsonObject found = rpc.object("StateSearchMsg", null, message, 100, true);
        assertThat(found.getJsonObject("Receipt").getInteger("ExitCode")).isZero();
    }

    DealProposal proposal(SimulatedProvider provider) throws Exception {
        JsonObject bounds = rpc.object(
                "StateDealProviderCollateralBounds", origin.piece.size().padded(), false, null);
        long start = network.chain().head() / 10_000 * 10_000 + 10_000 + startIn;
        return new DealProposal(
                origin.piece.cidV1(),
                origin.piece.size().padded(),
                false,
                network.node().wallet(),
                provider.address(),
                origin.dag.root().toString(),
                start,
                start + duration,
                price,
                new BigInteger(bounds.getString("Min")),
                BigInteger.ZERO);
    }

    byte[] signature(SimulatedProvider provider) throws Exception {
        return sign(proposal(provider).cbor());
    }

    byte[] sign(byte[] message) throws Exception {
        JsonObject signed = rpc.object(
                "WalletSign",
                network.node().wallet().toString(),
                Base64.getEncoder().encodeToString(message));
        byte[] data = Base64.getDecoder().decode(signed.getString("Data"));
        return Address.concat(new byte[] {signed.getInteger("Type").byteValue()}, data);
    }

    /** The refusal, or an empty text. */
    String propose(SimulatedProvider provider, UUID uuid) throws Exception {
        return propose(provider, provider, uuid);
    }

    String propose(SimulatedProvider asked, SimulatedProvider named, UUID uuid) throws Exception {
        HttpResponse<byte[]> answer = store(asked, body(named, uuid));
        assertThat(answer.statusCode()).isEqualTo(200);
        CborIn in = new CborIn(answer.body());
        assertThat(in.pairs("answer")).isEqualTo(2);
        assertThat(in.text("key")).isEqualTo("Message");
        String message = in.text("Message");
        assertThat(in.text("key")).isEqualTo("Accepted");
        assertThat(in.bool("Accepted")).isEqualTo(message.isEmpty());
        if (!message.isEmpty()) {
            assertThat(message).startsWith("SIMULATED");
        }
        return message;
    }

    HttpResponse<byte[]> store(SimulatedProvider provider, byte[] body) throws Exception {
        return Client.send(
                "POST", provider.endpoint() + "/market/mk12/store", body, "Content-Type", "application/cbor");
    }

    byte[] body(SimulatedProvider provider, UUID uuid) throws Exception {
        DealProposal proposal = proposal(provider);
        JsonObject params = new JsonObject()
                .put("URL", origin.url())
                .put("Headers", new JsonObject().put("Authorization", Origin.token()));
        return new CborOut()
                .map(7)
                .text("DealUUID")
                .bytes(Mk12Params.bytes(uuid.toString()))
                .text("Transfer")
                .map(4)
                .text("Size")
                .uint(origin.car.length)
                .text("Type")
                .text("http")
                .text("Params")
                .bytes(params.encode().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .text("ClientID")
                .text("")
                .text("IsOffline")
                .bool(false)
                .text("DealDataRoot")
                .link(origin.dag.root())
                .text("SkipIPNIAnnounce")
                .bool(false)
                .text("ClientDealProposal")
                .array(2)
                .raw(proposal.cbor())
                .bytes(sign(proposal.cbor()))
                .text("RemoveUnsealedCopy")
                .bool(false)
                .toBytes();
    }

    /** All texts of the answer about a deal's state, in order. */
    List<String> status(SimulatedProvider provider, UUID uuid) throws Exception {
        byte[] id = Mk12Params.bytes(uuid.toString());
        byte[] question = new CborOut()
                .map(2)
                .text("DealUUID")
                .bytes(id)
                .text("Signature")
                .bytes(sign(id))
                .toBytes();
        HttpResponse<byte[]> answer = Client.send(
                "GET", provider.endpoint() + "/market/mk12/status", question, "Content-Type", "application/cbor");
        assertThat(answer.statusCode()).isEqualTo(200);
        CborIn in = new CborIn(answer.body());
        List<String> texts = new ArrayList<>();
        assertThat(in.pairs("DealStatusResponse")).isEqualTo(6);
        in.text("key");
        texts.add(in.text("Error"));
        in.text("key");
        in.bytes("DealUUID");
        in.text("key");
        in.bool("IsOffline");
        in.text("key");
        if (texts.getFirst().isEmpty()) {
            assertThat(in.pairs("DealStatus")).isEqualTo(7);
            in.text("key");
            texts.add(in.text("Error"));
            in.text("key");
            texts.add(in.text("Status"));
        }
        return texts;
    }
}
