package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.piece.Piece;
import dev.pinfold.kit.documents.Mk20Shapes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/** Speaks market 2.0 by hand; the node signs. */
final class Mk20Client {
    final Client rpc;

    private final SimulatedNetwork network;
    private final SimulatedProvider provider;

    Mk20Client(SimulatedNetwork network, SimulatedProvider provider) {
        this.network = network;
        this.provider = provider;
        this.rpc = Client.admin(network.node());
    }

    JsonObject order(String ulid, Origin origin) {
        JsonObject url = new JsonObject()
                .put("url", origin.url())
                .put("headers", new JsonObject().put("Authorization", new JsonArray().add(Origin.token())))
                .put("priority", 0)
                .put("fallback", false);
        JsonObject data = new JsonObject()
                .put("piece_cid", new JsonObject().put("/", origin.piece.cidV2().toString()))
                .put("format", new JsonObject().put("car", new JsonObject()))
                .put("source_http", new JsonObject().put("urls", new JsonArray().add(url)));
        JsonObject ddo = new JsonObject()
                .put("provider", provider.address().toString())
                .putNull("start_epoch")
                .put("duration", 518_400)
                .putNull("allocation_id")
                .put("market_address", "")
                .putNull("market_deal_id")
                .put("notification_address", "")
                .putNull("notification_payload");
        JsonObject retrieval = new JsonObject()
                .put("indexing", true)
                .put("announce_payload", true)
                .put("announce_piece", false);
        return new JsonObject()
                .put("identifier", ulid)
                .put("client", network.node().wallet().toString())
                .put("data", data)
                .put("products", new JsonObject().put("ddo_v1", ddo).put("retrieval_v1", retrieval));
    }

    HttpResponse<byte[]> deal(JsonObject order) throws Exception {
        return send("POST", "/deal", order.encode().getBytes(StandardCharsets.UTF_8), "application/json");
    }

    JsonObject get(String path) throws Exception {
        HttpResponse<byte[]> answer = send("GET", path, new byte[0], "application/json");
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        JsonObject read = new JsonObject(new String(answer.body(), StandardCharsets.UTF_8));
        Mk20Shapes.check(path, read);
        return read;
    }

    String state(String ulid) throws Exception {
        return get("/status/" + ulid).getJsonObject("ddo_v1").getString("status");
    }

    HttpResponse<byte[]> send(String method, String path, byte[] body, String type) throws Exception {
        String whole = "/market/mk20" + path;
        return Client.send(
                method,
                provider.endpoint() + whole,
                body,
                "Content-Type",
                type,
                "Authorization",
                authorization(method, whole));
    }

    private String authorization(String method, String path) throws Exception {
        byte[] address = network.node().wallet().bytes();
        byte[] digest = TestKey.sha256(
                address,
                method.getBytes(StandardCharsets.UTF_8),
                path.getBytes(StandardCharsets.UTF_8),
                Instant.now().truncatedTo(ChronoUnit.MINUTES).toString().getBytes(StandardCharsets.UTF_8));
        JsonObject signed = rpc.object(
                "WalletSign",
                network.node().wallet().toString(),
                Base64.getEncoder().encodeToString(digest));
        byte[] signature = Address.concat(new byte[] {1}, Base64.getDecoder().decode(signed.getString("Data")));
        return "CurioAuth secp256k1:" + Base64.getEncoder().encodeToString(address) + ":"
                + Base64.getEncoder().encodeToString(signature);
    }

    /** Sets DataCap aside for a piece at the provider and returns the allocation's number. */
    long allocate(Piece piece, long termMin, long termMax) throws Exception {
        byte[] request = new CborOut()
                .array(2)
                .array(1)
                .array(6)
                .uint(provider.address().number())
                .link(piece.cidV1())
                .uint(piece.size().padded())
                .integer(termMin)
                .integer(termMax)
                .integer(network.chain().head() + 100_000)
                .array(0)
                .toBytes();
        byte[] params = new CborOut()
                .array(3)
                .bytes(Address.id(6).bytes())
                .bigInt(BigInteger.valueOf(piece.size().padded()).multiply(BigInteger.TEN.pow(18)))
                .bytes(request)
                .toBytes();
        JsonObject message = new JsonObject()
                .put("Version", 0)
                .put("To", "f07")
                .put("From", network.node().wallet().toString())
                .put("Nonce", 0)
                .put("Value", "0")
                .put("GasLimit", 0)
                .put("GasFeeCap", "0")
                .put("GasPremium", "0")
                .put("Method", ChainMessage.TRANSFER)
                .put("Params", Base64.getEncoder().encodeToString(params));
        JsonObject pushed = rpc.object("MpoolPushMessage", message, new JsonObject().put("MaxFee", "0"));
        rpc.call("MpoolPending", (Object) null);
        network.advance(2);
        rpc.object("StateWaitMsg", pushed.getJsonObject("CID"), 0, 100, true);
        JsonObject all =
                rpc.object("StateGetAllocations", network.node().wallet().toString(), null);
        assertThat(all).hasSize(1);
        long id = Long.parseLong(all.fieldNames().iterator().next());
        assertThat(rpc.object("StateGetAllocation", network.node().wallet().toString(), id, null)
                        .getLong("Size"))
                .isEqualTo(piece.size().padded());
        return id;
    }
}
