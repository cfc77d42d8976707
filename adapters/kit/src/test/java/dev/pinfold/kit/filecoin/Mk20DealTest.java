package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deals of market 2.0: pulled, pushed, with an allocation; all signed by the node. */
class Mk20DealTest {
    private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    private final Origin origin = new Origin(13, 60);
    private final SimulatedNetwork network = SimulatedNetwork.start();
    private final SimulatedProvider provider = network.provider(2);
    private final Mk20Client client = new Mk20Client(network, provider);

    @AfterEach
    void end() {
        network.close();
        origin.close();
    }

    @Test
    void a_deal_is_pulled_sealed_and_served() throws Exception {
        assertThat(client.get("/products").getJsonArray("products")).contains("ddo_v1");
        assertThat(client.get("/sources").getJsonArray("sources")).contains("http", "http_put");
        assertThat(client.get("/contracts").getJsonArray("contracts")).isEmpty();
        assertThat(client.deal(client.order(ULID, origin)).statusCode()).isEqualTo(200);
        network.advance(1);
        assertThat(client.state(ULID)).isEqualTo("sealing");
        network.advance(250);
        assertThat(client.state(ULID)).isEqualTo("complete");
        assertThat(Client.get(provider.endpoint() + "/piece/" + origin.piece.cidV2())
                        .body())
                .isEqualTo(origin.car);
        assertThat(network.held(origin.piece.cidV1())).hasSize(1);
        network.advance(518_400);
        assertThat(provider.deal(ULID).stage()).isEqualTo(Stage.EXPIRED);
        assertThat(Client.get(provider.endpoint() + "/piece/" + origin.piece.cidV2())
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void data_can_be_pushed_whole_or_in_chunks() throws Exception {
        JsonObject order = client.order(ULID, origin);
        JsonObject data = order.getJsonObject("data");
        data.remove("source_http");
        data.put("source_http_put", new JsonObject());
        assertThat(client.deal(order).statusCode()).isEqualTo(200);
        assertThat(client.state(ULID)).isEqualTo("accepted");
        assertThat(client.send("PUT", "/upload/" + ULID, origin.car, "application/octet-stream")
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.state(ULID)).isEqualTo("uploading");
        assertThat(client.send("POST", "/upload/" + ULID, new byte[0], "application/json")
                        .statusCode())
                .isEqualTo(200);
        network.advance(1);
        assertThat(client.state(ULID)).isEqualTo("sealing");

        String second = "01ARZ3NDEKTSV4RRFFQ69G5FAW";
        order.put("identifier", second);
        assertThat(client.deal(order).statusCode()).isEqualTo(200);
        int chunk = 1 << 18;
        assertThat(client.send("GET", "/uploads/" + second, new byte[0], "application/json")
                        .statusCode())
                .isEqualTo(425);
        byte[] start = new JsonObject()
                .put("raw_size", origin.car.length)
                .put("chunk_size", chunk)
                .encode()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(client.send("POST", "/uploads/" + second, start, "application/json")
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.send("POST", "/uploads/" + second, start, "application/json")
                        .statusCode())
                .isEqualTo(409);
        for (int number = (origin.car.length + chunk - 1) / chunk; number > 0; number--) {
            byte[] part =
                    Arrays.copyOfRange(origin.car, (number - 1) * chunk, Math.min(number * chunk, origin.car.length));
            assertThat(client.send("PUT", "/uploads/" + second + "/" + number, part, "application/octet-stream")
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(client.get("/uploads/" + second).getInteger("missing")).isZero();
        assertThat(client.send("POST", "/uploads/finalize/" + second, new byte[0], "application/json")
                        .statusCode())
                .isEqualTo(200);
        network.advance(1);
        assertThat(client.state(second)).isEqualTo("sealing");
    }

    @Test
    void a_deal_with_an_allocation_becomes_a_claim() throws Exception {
        try (Origin large = new Origin(14, 150)) {
            network.grantDataCap(network.node().wallet(), 1L << 30);
            long allocation = client.allocate(large.piece, 518_400, 5_256_000);
            assertThat(network.dataCap(network.node().wallet()))
                    .isEqualTo(
                            BigInteger.valueOf((1L << 30) - large.piece.size().padded()));
            JsonObject order = client.order(ULID, large);
            order.getJsonObject("products").getJsonObject("ddo_v1").put("allocation_id", allocation);
            assertThat(client.deal(order).statusCode()).isEqualTo(200);
            network.advance(300);
            assertThat(client.state(ULID)).isEqualTo("complete");
            JsonObject claim =
                    client.rpc.object("StateGetClaim", provider.address().toString(), allocation, null);
            assertThat(claim.getLong("TermStart")).isPositive();
            assertThat(client.rpc
                            .object("StateSectorGetInfo", provider.address().toString(), claim.getLong("Sector"), null)
                            .getLong("Activation"))
                    .isEqualTo(claim.getLong("TermStart"));
            assertThat(client.rpc.call("StateSectorGetInfo", provider.address().toString(), 999, null))
                    .isNull();
            assertThat(client.rpc.object("StateGetClaims", provider.address().toString(), null))
                    .hasSize(1);
            assertThat(client.rpc.call(
                            "StateGetAllocation", network.node().wallet().toString(), allocation, null))
                    .isNull();
            provider.slash(ULID);
            assertThat(client.state(ULID)).isEqualTo("failed");
            assertThat(client.rpc.call("StateGetClaim", provider.address().toString(), allocation, null))
                    .isNull();
        }
    }

    @Test
    void what_cannot_be_has_its_own_code_and_a_reason() throws Exception {
        assertRefused(400, order -> order.put("identifier", "not-a-ulid"));
        assertRefused(401, order -> order.put("client", "f1m5qpjpey25pqta4opbbi4bfv2rals7mfoa5t2ha"));
        assertRefused(
                430,
                order -> order.getJsonObject("data")
                        .put(
                                "piece_cid",
                                new JsonObject().put("/", origin.piece.cidV1().toString())));
        assertRefused(430, order -> order.getJsonObject("data").put("source_offline", new JsonObject()));
        assertRefused(422, order -> {
            order.getJsonObject("data").remove("source_http");
            order.getJsonObject("data").put("source_aggregate", new JsonObject());
        });
        assertRefused(423, order -> order.getJsonObject("products").put("ddo_v9", new JsonObject()));
        assertRefused(424, order -> order.getJsonObject("products").put("pdp_v1", new JsonObject()));
        assertRefused(425, order -> order.getJsonObject("products").remove("retrieval_v1"));
        assertRefused(440, order -> ddo(order).put("market_address", "0x1234"));
        assertRefused(441, order -> ddo(order).put("duration", 518_399));
        assertRefused(425, order -> ddo(order).put("allocation_id", 99));
        provider.refuseNext(1, "no room until Monday");
        assertRefused(426, order -> {});
        provider.fetchFromPrivateHosts(false);
        assertRefused(430, order -> {});
        assertThat(network.deals()).isEmpty();
        byte[] body = client.order(ULID, origin).encode().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(Client.send(
                                "POST",
                                provider.endpoint() + "/market/mk20/deal",
                                body,
                                "Content-Type",
                                "application/json")
                        .statusCode())
                .isEqualTo(401);
    }

    private static JsonObject ddo(JsonObject order) {
        return order.getJsonObject("products").getJsonObject("ddo_v1");
    }

    private void assertRefused(int status, java.util.function.Consumer<JsonObject> change) throws Exception {
        JsonObject order = client.order(ULID, origin);
        change.accept(order);
        HttpResponse<byte[]> answer = client.deal(order);
        String reason = new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(answer.statusCode()).as(reason).isEqualTo(status);
        assertThat(reason).startsWith("Reason: SIMULATED");
    }

    @Test
    void every_route_wants_a_signature() throws Exception {
        for (String path : new String[] {"/products", "/sources", "/contracts", "/status/" + ULID}) {
            assertThat(Client.get(provider.endpoint() + "/market/mk20" + path).statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(client.send("GET", "/status/" + ULID, new byte[0], "application/json")
                        .statusCode())
                .isEqualTo(404);
    }
}
