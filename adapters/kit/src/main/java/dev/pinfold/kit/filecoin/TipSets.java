package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Multihash;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The tipsets of the chain, one of one block at every height, made when somebody looks. Their CIDs follow from the seed,
 * the height and the fork, so a run can be repeated and a reorganisation shows.
 */
final class TipSets {
    static final int EPOCH_SECONDS = 30;
    /** The genesis of the main network, so that heights and times look as usual. */
    private static final long GENESIS = 1_598_306_400L;

    private final long seed;
    private final String miner;
    /** The fork that is in force from a height on. */
    private final NavigableMap<Long, Integer> forks = new TreeMap<>();

    TipSets(long seed) {
        this.seed = seed;
        this.miner = Address.id(1_000).toString();
        forks.put(Long.MIN_VALUE, 0);
    }

    /** From this height on the tipsets are others than before. */
    void fork(long from) {
        int next = forks.values().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
        forks.tailMap(from, true).clear();
        forks.put(from, next);
    }

    Cid cid(long height) {
        return cid("block", height);
    }

    List<Cid> key(long height) {
        return List.of(cid(height));
    }

    /** The height of a tipset that is in the chain now, or −1. */
    long height(List<Cid> key, long head) {
        // Nobody asks for one far back: what is remembered are the last two finalities.
        for (long height = head; height > Math.max(0, head - 1_800); height--) {
            if (key(height).equals(key)) {
                return height;
            }
        }
        return -1;
    }

    JsonObject json(long height) {
        return new JsonObject()
                .put("Cids", Json.cids(key(height)))
                .put("Blocks", new JsonArray().add(block(height)))
                .put("Height", height);
    }

    private JsonObject block(long height) {
        return new JsonObject()
                .put("Miner", miner)
                .put("Ticket", new JsonObject().put("VRFProof", proof("ticket", height)))
                .put("ElectionProof", new JsonObject().put("WinCount", 1).put("VRFProof", proof("election", height)))
                .put(
                        "BeaconEntries",
                        new JsonArray()
                                .add(new JsonObject().put("Round", height).put("Data", proof("beacon", height))))
                .put(
                        "WinPoStProof",
                        new JsonArray()
                                .add(new JsonObject().put("PoStProof", 3).put("ProofBytes", proof("post", height))))
                .put("Parents", Json.cids(key(height - 1)))
                .put("ParentWeight", String.valueOf(height * 5))
                .put("Height", height)
                .put("ParentStateRoot", Json.cid(cid("state", height)))
                .put("ParentMessageReceipts", Json.cid(cid("receipts", height)))
                .put("Messages", Json.cid(cid("messages", height)))
                .put("BLSAggregate", new JsonObject().put("Type", 2).put("Data", proof("aggregate", height)))
                .put("Timestamp", GENESIS + height * EPOCH_SECONDS)
                .put("BlockSig", new JsonObject().put("Type", 2).put("Data", proof("signature", height)))
                .put("ForkSignaling", 0)
                .put("ParentBaseFee", "100");
    }

    private String proof(String what, long height) {
        return Json.base64(TestKey.sha256(name(what, height)));
    }

    private Cid cid(String what, long height) {
        return Cid.v1(Codec.DAG_CBOR, Multihash.of(HashFunction.BLAKE2B_256, name(what, height)));
    }

    private byte[] name(String what, long height) {
        int fork = forks.floorEntry(height).getValue();
        return ("SIMULATED " + what + " " + seed + " " + height + " " + fork).getBytes(StandardCharsets.UTF_8);
    }
}
