package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The keys a node keeps, and what they sign. */
final class WalletMethods {
    private final SimulatedChain chain;
    private final Wallet wallet;
    private final long seed;

    WalletMethods(SimulatedChain chain, Wallet wallet, long seed) {
        this.chain = chain;
        this.wallet = wallet;
        this.seed = seed;
    }

    void register(RpcMethods methods) {
        methods.add(
                "WalletList",
                "write",
                0,
                (params, v1) -> chain.locked(() -> {
                    JsonArray out = new JsonArray();
                    wallet.addresses().forEach(address -> out.add(address.toString()));
                    return out;
                }));
        methods.add(
                "WalletHas",
                "write",
                1,
                (params, v1) -> chain.locked(() -> wallet.find(chain.keyOf(Json.address(params.getValue(0)))) != null));
        methods.add(
                "WalletDefaultAddress",
                "write",
                0,
                (params, v1) -> chain.locked(() -> wallet.addresses().getFirst().toString()));
        methods.add(
                "WalletBalance",
                "read",
                1,
                (params, v1) -> chain.locked(() -> chain.state()
                        .walletOf(chain.keyOf(Json.address(params.getValue(0))))
                        .toString()));
        methods.add("WalletNew", "write", 1, (params, v1) -> create(Json.text(params.getValue(0))));
        methods.add("WalletSign", "sign", 2, (params, v1) -> sign(params));
        methods.add("WalletVerify", "read", 3, (params, v1) -> verify(params));
    }

    private String create(String type) {
        if (!type.equals("secp256k1")) {
            throw RpcError.failed(Words.simulated("only secp256k1 keys are made here, not " + type));
        }
        return chain.locked(() -> {
            TestKey key = TestKey.of(seed, "wallet " + wallet.addresses().size());
            wallet.add(key);
            return key.address().toString();
        });
    }

    private JsonObject sign(JsonArray params) {
        Address asked = Json.address(params.getValue(0));
        TestKey key = chain.locked(() -> wallet.require(chain.keyOf(asked)));
        byte[] signature = key.sign(Json.bytes(params.getValue(1)));
        return new JsonObject().put("Type", TestKey.SECP256K1).put("Data", Json.base64(signature));
    }

    private boolean verify(JsonArray params) {
        JsonObject signature = Json.object(params.getValue(2));
        byte[] type = {(byte) Json.number(signature.getValue("Type"))};
        Address address = chain.keyOf(Json.address(params.getValue(0)));
        byte[] whole = Address.concat(type, Json.bytes(signature.getValue("Data")));
        return TestKey.verifies(address, Json.bytes(params.getValue(1)), whole);
    }
}
