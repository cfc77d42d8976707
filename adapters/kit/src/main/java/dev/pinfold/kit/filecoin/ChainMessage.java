package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Multihash;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;

/**
 * A message on its way into the chain or in it.
 *
 * @param params base64 of the parameters as they would be on the wire
 */
record ChainMessage(
        Cid cid, Address from, Address to, long nonce, BigInteger value, long method, String params, Effect effect) {
    static final Address MARKET = Address.id(5);
    static final Address DATA_CAP = Address.id(7);
    static final long ADD_BALANCE = 2;
    static final long WITHDRAW = 3;
    static final long PUBLISH = 4;
    /** FRC-42 number of the DataCap token's Transfer. */
    static final long TRANSFER = 80_475_954L;

    static ChainMessage of(
            Address from, Address to, long nonce, BigInteger value, long method, byte[] params, Effect effect) {
        byte[] wire = new CborOut()
                .array(10)
                .uint(0)
                .bytes(to.bytes())
                .bytes(from.bytes())
                .uint(nonce)
                .bigInt(value)
                .uint(10_000_000)
                .bigInt(BigInteger.ZERO)
                .bigInt(BigInteger.ZERO)
                .uint(method)
                .bytes(params)
                .toBytes();
        Cid cid = Cid.v1(Codec.DAG_CBOR, Multihash.of(HashFunction.BLAKE2B_256, wire));
        return new ChainMessage(cid, from, to, nonce, value, method, Json.base64(params), effect);
    }

    JsonObject json() {
        return new JsonObject()
                .put("Version", 0)
                .put("To", to.toString())
                .put("From", from.toString())
                .put("Nonce", nonce)
                .put("Value", value.toString())
                .put("GasLimit", 10_000_000)
                .put("GasFeeCap", "0")
                .put("GasPremium", "0")
                .put("Method", method)
                .put("Params", params)
                .put("CID", Json.cid(cid));
    }
}
