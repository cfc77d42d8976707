package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.kit.documents.AnswerShapes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transport, tokens, versions and channels of a node. */
class NodeTest {
    private final SimulatedNetwork network = SimulatedNetwork.builder()
            .nodes(LotusAge.V1_5, LotusAge.V1_11, LotusAge.V1_27, LotusAge.V1_36)
            .start();

    @AfterEach
    void end() {
        network.close();
    }

    private SimulatedLotus node(LotusAge age) {
        return network.nodes().stream()
                .filter(each -> each.age() == age)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(LotusAge.class)
    void what_every_node_answers_has_the_shape_of_its_version(LotusAge age) throws Exception {
        SimulatedLotus node = node(age);
        Client client = Client.admin(node);
        boolean v1 = age != LotusAge.V1_5;
        String wallet = node.wallet().toString();
        String miner = network.provider(0).address().toString();
        JsonObject head = client.object("ChainHead");
        client.call("ChainGetTipSet", head.getJsonArray("Cids"));
        client.call("ChainGetTipSetByHeight", network.chain().head() - 10, null);
        client.call("ChainGetGenesis");
        client.call("Version");
        client.call("ID");
        client.call("SyncState");
        client.call("StateNetworkName");
        client.call("StateNetworkVersion", new JsonArray());
        client.call("AuthVerify", node.token("read"));
        client.call("AuthNew", new JsonArray().add("read"));
        client.call("WalletList");
        client.call("WalletHas", wallet);
        client.call("WalletBalance", wallet);
        client.call("WalletDefaultAddress");
        JsonObject signature = client.object("WalletSign", wallet, "AQID");
        assertThat(client.call("WalletVerify", wallet, "AQID", signature)).isEqualTo(true);
        assertThat(client.call("WalletVerify", wallet, "AQIE", signature)).isEqualTo(false);
        client.call("StateListMiners", (Object) null);
        client.call("StateMinerInfo", miner, null);
        client.call("StateMinerPower", miner, null);
        client.call("StateMinerFaults", miner, null);
        client.call("StateMinerAvailableBalance", miner, null);
        client.call("StateMinerProvingDeadline", miner, null);
        client.call("StateDealProviderCollateralBounds", 1L << 35, false, null);
        client.call("StateMarketBalance", wallet, null);
        client.call("StateMarketDeals", (Object) null);
        assertThat(client.call("StateVerifiedClientStatus", wallet, null)).isNull();
        client.call("StateLookupID", wallet, null);
        client.call("MpoolGetNonce", wallet);
        Object message = client.call("MarketAddBalance", wallet, wallet, "1000");
        client.call("MpoolPending", (Object) null);
        assertThat(v1 ? client.call("StateSearchMsg", null, message, -1, true) : client.call("StateSearchMsg", message))
                .isNull();
        network.advance(2);
        JsonObject found =
                v1 ? client.object("StateWaitMsg", message, 0, -1, true) : client.object("StateWaitMsg", message, 0);
        assertThat(found.getJsonObject("Receipt").getInteger("ExitCode")).isZero();
        assertThat(client.object("StateMarketBalance", wallet, null).getString("Escrow"))
                .isEqualTo("1000");
    }

    @Test
    void a_node_of_today_has_no_deals_of_its_own() throws Exception {
        Client client = Client.admin(node(LotusAge.V1_36));
        JsonObject error = client.error("ClientQueryAsk", "12D3KooW", "f01000");
        assertThat(error.getInteger("code")).isEqualTo(-32601);
        assertThat(error.getString("message")).isEqualTo("method 'Filecoin.ClientQueryAsk' not found");
        assertThat(Client.send("PUT", node(LotusAge.V1_36).endpoint() + "/rest/v0/import", new byte[3])
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_missing_permission_is_an_error_of_the_call_and_a_bad_token_is_a_bare_401() throws Exception {
        SimulatedLotus node = node(LotusAge.V1_27);
        Client reader = new Client(node, "/rpc/v0", node.token("read", "sign"));
        JsonObject error = reader.error("ClientStartDeal", new JsonObject());
        assertThat(error.getInteger("code")).isEqualTo(1);
        assertThat(error.getString("message"))
                .isEqualTo("missing permission to invoke 'ClientStartDeal' (need 'admin')");
        assertThat(new Client(node, "/rpc/v0", null).error("WalletList").getString("message"))
                .isEqualTo("missing permission to invoke 'WalletList' (need 'write')");
        assertThat(new Client(node, "/rpc/v0", null).call("StateNetworkName")).isEqualTo("SIMULATED-mainnet");
        String stranger = node(LotusAge.V1_36).adminToken();
        for (String bad : List.of("nonsense", stranger, node.adminToken() + "x")) {
            var refused = new Client(node, "/rpc/v0", bad).post("{}");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).isEmpty();
        }
    }

    @Test
    void what_is_no_call_is_told_apart() throws Exception {
        Client client = Client.admin(node(LotusAge.V1_36));
        assertThat(code(client.post("{").body())).isEqualTo(-32700);
        assertThat(code(client.post("{\"id\":1}").body())).isEqualTo(-32600);
        JsonObject count = client.error("WalletSign", "f01");
        assertThat(count.getInteger("code")).isEqualTo(-32602);
        assertThat(count.getString("message")).isEqualTo("wrong param count (method 'Filecoin.WalletSign'): 1 != 2");
        assertThat(client.error("WalletBalance", 7).getInteger("code")).isEqualTo(-32602);
        JsonObject channel = client.error("ChainNotify");
        assertThat(channel.getInteger("code")).isEqualTo(-32601);
        assertThat(channel.getString("message")).contains("no out channel support");
        String one = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"Filecoin.ChainHead\",\"params\":[]}";
        assertThat(new JsonArray(client.post("[" + one + "," + one + "]").body()))
                .hasSize(2);
    }

    private static int code(String body) {
        return new JsonObject(body).getJsonObject("error").getInteger("code");
    }

    @Test
    void the_ask_is_flat_or_nested_by_version_and_path() throws Exception {
        SimulatedProvider provider = network.provider(0);
        Object[] who = {provider.peerId(), provider.address().toString()};
        assertThat(Client.admin(node(LotusAge.V1_27))
                        .object("ClientQueryAsk", who)
                        .fieldNames())
                .contains("Response");
        assertThat(Client.admin(node(LotusAge.V1_27))
                        .on("/rpc/v0")
                        .object("ClientQueryAsk", who)
                        .fieldNames())
                .contains("Price");
        assertThat(Client.admin(node(LotusAge.V1_11))
                        .object("ClientQueryAsk", who)
                        .fieldNames())
                .contains("Price");
    }

    @Test
    void the_head_is_told_over_a_channel_and_a_reorganisation_takes_back_what_it_told() throws Exception {
        try (Channel channel = new Channel(node(LotusAge.V1_36), "/rpc/v1")) {
            channel.send(5, "Filecoin.ChainNotify");
            assertThat(channel.next().getInteger("result")).isEqualTo(1);
            assertThat(types(channel.next())).containsExactly("current");
            network.advance(2);
            JsonObject applied = channel.next();
            assertThat(types(applied)).containsExactly("apply", "apply");
            String old = lastCid(applied);
            network.chain().reorganise(2, SimulatedChain.Reverted.COME_AGAIN);
            JsonObject turned = channel.next();
            assertThat(types(turned)).containsExactly("revert", "revert", "apply", "apply");
            assertThat(lastCid(turned)).isNotEqualTo(old);
            assertThat(Client.admin(node(LotusAge.V1_36))
                            .error("ChainGetTipSet", new JsonArray().add(new JsonObject().put("/", old)))
                            .getInteger("code"))
                    .isEqualTo(1);
            channel.send(6, "xrpc.cancel", 5);
            assertThat(channel.next().getString("method")).isEqualTo("xrpc.ch.close");
            channel.send(7, "Filecoin.ChainHead");
            assertThat(channel.next().getJsonObject("result").getLong("Height"))
                    .isEqualTo(network.chain().head());
        }
    }

    private static List<String> types(JsonObject value) {
        return changes(value).stream()
                .map(each -> ((JsonObject) each).getString("Type"))
                .toList();
    }

    private static String lastCid(JsonObject value) {
        JsonArray changes = changes(value);
        return changes.getJsonObject(changes.size() - 1)
                .getJsonObject("Val")
                .getJsonArray("Cids")
                .getJsonObject(0)
                .getString("/");
    }

    private static JsonArray changes(JsonObject value) {
        assertThat(value.getString("method")).isEqualTo("xrpc.ch.val");
        assertThat(value.getJsonArray("params").getInteger(0)).isEqualTo(1);
        Object told = value.getJsonArray("params").getValue(1);
        if (!(told instanceof JsonArray several)) {
            return new JsonArray().add(told);
        }
        for (int i = 0; i < several.size(); i++) {
            // The document lists no channels; what this one brings are heads of the chain.
            AnswerShapes.check(
                    LotusAge.V1_36,
                    true,
                    "ChainHead",
                    true,
                    several.getJsonObject(i).getJsonObject("Val"));
        }
        return several;
    }

    @Test
    void changes_of_deals_are_told_over_a_channel() throws Exception {
        SimulatedLotus node = node(LotusAge.V1_11);
        Client client = Client.admin(node);
        try (Origin origin = new Origin(16, 5);
                Channel channel = new Channel(node, "/rpc/v0")) {
            Path car = Files.write(node.disk().resolve("in.car"), origin.car);
            JsonObject file = new JsonObject().put("Path", car.toString()).put("IsCAR", true);
            JsonObject root = client.object("ClientImport", file).getJsonObject("Root");
            channel.send(3, "Filecoin.ClientGetDealUpdates");
            assertThat(channel.next().getInteger("result")).isEqualTo(1);
            JsonObject order = new JsonObject()
                    .put(
                            "Data",
                            new JsonObject().put("TransferType", "graphsync").put("Root", root))
                    .put("Wallet", node.wallet().toString())
                    .put("Miner", network.provider(0).address().toString())
                    .put("EpochPrice", "1000000")
                    .put("MinBlocksDuration", 518_400)
                    .put("ProviderCollateral", "0");
            JsonObject proposal = client.object("ClientStartDeal", order);
            network.advance(1);
            JsonObject told = changes(channel.next()).getJsonObject(0);
            assertThat(told.getJsonObject("ProposalCid")).isEqualTo(proposal);
            assertThat(told.getInteger("State")).isEqualTo(3);
            network.advance(400);
            JsonObject active = changes(channel.next()).getJsonObject(0);
            assertThat(active.getInteger("State")).isEqualTo(7);
            for (JsonObject deal : List.of(told, active)) {
                // The document lists no channels; what this one brings is what this method returns.
                AnswerShapes.check(node.age(), true, "ClientGetDealInfo", true, deal);
            }
        }
    }

    @Test
    void a_node_that_is_down_refuses_connections_and_remembers_everything() throws Exception {
        SimulatedLotus node = node(LotusAge.V1_36);
        Client client = Client.admin(node);
        client.call("ChainHead");
        node.down();
        assertThatThrownBy(() -> client.call("ChainHead")).isInstanceOf(ConnectException.class);
        node.up();
        client.call("ChainHead");
    }

    /** A WebSocket whose messages wait to be looked at. */
    private static final class Channel implements WebSocket.Listener, AutoCloseable {
        private final BlockingQueue<JsonObject> messages = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();
        private final WebSocket socket;

        Channel(SimulatedLotus node, String path) {
            URI uri = URI.create("ws://127.0.0.1:" + node.endpoint().getPort() + path);
            socket = Client.HTTP
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + node.adminToken())
                    .connectTimeout(Duration.ofSeconds(20))
                    .buildAsync(uri, this)
                    .join();
        }

        void send(int id, String method, Object... params) {
            String text = new JsonObject()
                    .put("jsonrpc", "2.0")
                    .put("id", id)
                    .put("method", method)
                    .put("params", new JsonArray(List.of(params)))
                    .encode();
            socket.sendText(text, true).join();
        }

        JsonObject next() throws InterruptedException {
            JsonObject message = messages.poll(60, TimeUnit.SECONDS);
            assertThat(message).as("a message on the channel").isNotNull();
            return java.util.Objects.requireNonNull(message);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                messages.add(new JsonObject(part.toString()));
                part.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
