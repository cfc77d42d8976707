package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a node says of itself, of tokens and of the chain's head. */
final class ChainMethods {
    private final LotusAge age;
    private final SimulatedChain chain;
    private final Tokens tokens;
    private final String networkName;
    private final String peerId;

    ChainMethods(LotusAge age, SimulatedChain chain, Tokens tokens, String networkName, String peerId) {
        this.age = age;
        this.chain = chain;
        this.tokens = tokens;
        this.networkName = networkName;
        this.peerId = peerId;
    }

    void register(RpcMethods methods) {
        methods.add(
                "Version",
                "read",
                0,
                (params, v1) -> new JsonObject()
                        .put("Version", age.version())
                        .put("APIVersion", age.apiVersion())
                        .put("BlockDelay", TipSets.EPOCH_SECONDS));
        methods.add("ID", "read", 0, (params, v1) -> peerId);
        methods.add("AuthVerify", "read", 1, (params, v1) -> verify(Json.text(params.getValue(0))));
        methods.add("AuthNew", "admin", 1, (params, v1) -> create(params.getJsonArray(0)));
        methods.add("StateNetworkName", "read", 0, (params, v1) -> networkName);
        methods.add("StateNetworkVersion", "read", 1, (params, v1) -> age.networkVersion());
        methods.add("ChainHead", "read", 0, (params, v1) -> chain.locked(() -> tipSet(chain.head())));
        methods.add("ChainGetGenesis", "read", 0, (params, v1) -> tipSet(0));
        methods.add(
                "ChainGetTipSet",
                "read",
                1,
                (params, v1) -> chain.locked(() -> tipSet(height(chain, params.getValue(0)))));
        methods.add("ChainGetTipSetByHeight", "read", 2, (params, v1) -> byHeight(params));
        if (age.hasDataCapAllocations()) {
            methods.add("ChainGetTipSetAfterHeight", "read", 2, (params, v1) -> byHeight(params));
        }
        methods.add("SyncState", "read", 0, (params, v1) -> chain.locked(this::sync));
        methods.channel("ChainNotify", "read");
    }

    private JsonArray verify(String token) {
        Set<String> permissions = tokens.permissions(token);
        if (permissions == null) {
            throw RpcError.failed("JWT Verification failed: jwt: HMAC verification failed");
        }
        return new JsonArray(new ArrayList<>(new TreeSet<>(permissions)));
    }

    private String create(JsonArray permissions) {
        List<String> allow = permissions.stream().map(Json::text).toList();
        return Json.base64(tokens.create(allow).getBytes(StandardCharsets.UTF_8));
    }

    private JsonObject byHeight(JsonArray params) {
        return chain.locked(() -> {
            long asked = Json.number(params.getValue(0));
            long base = height(chain, params.getValue(1));
            if (asked > base) {
                throw RpcError.failed("looking for tipset with height greater than start point");
            }
            return tipSet(asked);
        });
    }

    private JsonObject tipSet(long height) {
        return chain.tipSets().json(height);
    }

    private JsonObject sync() {
        JsonObject head = tipSet(chain.head());
        JsonObject done = new JsonObject()
                .put("WorkerID", 1)
                .put("Base", head)
                .put("Target", head)
                .put("Stage", 3)
                .put("Height", chain.head())
                .put("Start", "2026-01-01T00:00:00Z")
                .put("End", "2026-01-01T00:00:01Z")
                .put("Message", "");
        return new JsonObject().put("ActiveSyncs", new JsonArray().add(done)).put("VMApplied", 0);
    }

    /** The height a tipset key names: the head for none, as Lotus has it. */
    static long height(SimulatedChain chain, @Nullable Object key) {
        if (!(key instanceof JsonArray cids) || cids.isEmpty()) {
            return chain.head();
        }
        List<Cid> named = cids.stream().map(Json::readCid).toList();
        long height = chain.tipSets().height(named, chain.head());
        if (height < 0) {
            throw RpcError.failed("loading tipset " + cids.encode() + ": ipld: could not find " + named.getFirst());
        }
        return height;
    }
}
