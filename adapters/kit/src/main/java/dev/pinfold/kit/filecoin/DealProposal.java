package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Multihash;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;

/**
 * What a client asks of a storage provider.
 *
 * @param pieceCid version 1
 * @param pieceSize padded, in bytes
 * @param startEpoch the deal must be sealed before
 * @param pricePerEpoch attoFIL for the whole piece, as are the collaterals
 */
record DealProposal(
        Cid pieceCid,
        long pieceSize,
        boolean verified,
        Address client,
        Address provider,
        String label,
        long startEpoch,
        long endEpoch,
        BigInteger pricePerEpoch,
        BigInteger providerCollateral,
        BigInteger clientCollateral) {

    static DealProposal read(CborIn in) {
        in.array(11, "DealProposal");
        return new DealProposal(
                in.link("PieceCID"),
                in.uint("PieceSize"),
                in.bool("VerifiedDeal"),
                Address.read(in.bytes("Client")),
                Address.read(in.bytes("Provider")),
                in.text("Label"),
                in.integer("StartEpoch"),
                in.integer("EndEpoch"),
                in.bigInt("StoragePricePerEpoch"),
                in.bigInt("ProviderCollateral"),
                in.bigInt("ClientCollateral"));
    }

    byte[] cbor() {
        return new CborOut()
                .array(11)
                .link(pieceCid)
                .uint(pieceSize)
                .bool(verified)
                .bytes(client.bytes())
                .bytes(provider.bytes())
                .text(label)
                .integer(startEpoch)
                .integer(endEpoch)
                .bigInt(pricePerEpoch)
                .bigInt(providerCollateral)
                .bigInt(clientCollateral)
                .toBytes();
    }

    /** The CID of the proposal with its signature: BLAKE2b for mk12, SHA-256 for the deals of old Lotus nodes. */
    Cid signedCid(byte[] signature, HashFunction hash) {
        byte[] signed = new CborOut().array(2).raw(cbor()).bytes(signature).toBytes();
        return Cid.v1(Codec.DAG_CBOR, Multihash.of(hash, signed));
    }

    long duration() {
        return endEpoch - startEpoch;
    }

    /** The price of the whole term. */
    BigInteger fee() {
        return pricePerEpoch.multiply(BigInteger.valueOf(duration()));
    }

    /** What publishing takes from the client's escrow until it is earned or returned. */
    BigInteger locked() {
        return fee().add(clientCollateral);
    }

    JsonObject json() {
        return new JsonObject()
                .put("PieceCID", Json.cid(pieceCid))
                .put("PieceSize", pieceSize)
                .put("VerifiedDeal", verified)
                .put("Client", client.toString())
                .put("Provider", provider.toString())
                .put("Label", label)
                .put("StartEpoch", startEpoch)
                .put("EndEpoch", endEpoch)
                .put("StoragePricePerEpoch", pricePerEpoch.toString())
                .put("ProviderCollateral", providerCollateral.toString())
                .put("ClientCollateral", clientCollateral.toString());
    }
}
