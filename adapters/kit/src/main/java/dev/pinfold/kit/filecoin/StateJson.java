package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The state of the chain as a document on disk, and back. What has a binary form on the wire is kept in it. */
final class StateJson {
    private StateJson() {}

    static JsonObject write(ChainState state) {
        JsonArray deals = new JsonArray();
        state.deals().values().forEach(deal -> deals.add(deal(deal)));
        JsonArray allocations = new JsonArray();
        state.allocations().values().forEach(each -> allocations.add(allocation(each)));
        JsonArray claims = new JsonArray();
        state.claims()
                .values()
                .forEach(each -> claims.add(allocation(each.allocation())
                        .put("termStart", each.termStart())
                        .put("sector", each.sector())));
        JsonObject receipts = new JsonObject();
        state.receipts().forEach((cid, each) -> receipts.put(cid.toString(), receipt(each)));
        return new JsonObject()
                .put("deals", deals)
                .put("wallets", amounts(state.wallets()))
                .put("escrow", amounts(state.escrow()))
                .put("dataCap", amounts(state.dataCap()))
                .put("allocations", allocations)
                .put("claims", claims)
                .put("receipts", receipts)
                .put("nextDeal", state.nextDeal())
                .put("nextAllocation", state.nextAllocation())
                .put("nextSector", state.nextSector());
    }

    static ChainState read(JsonObject json) {
        Map<Long, MarketDeal> deals = new HashMap<>();
        each(json, "deals", one -> deals.put(one.getLong("id"), readDeal(one)));
        Map<Long, Allocation> allocations = new HashMap<>();
        each(json, "allocations", one -> allocations.put(one.getLong("id"), readAllocation(one)));
        Map<Long, Claim> claims = new HashMap<>();
        each(
                json,
                "claims",
                one -> claims.put(
                        one.getLong("id"),
                        new Claim(readAllocation(one), one.getLong("termStart"), one.getLong("sector"))));
        Map<Cid, Receipt> receipts = new HashMap<>();
        members(json, "receipts", (cid, value) -> {
            JsonObject one = (JsonObject) value;
            receipts.put(
                    Cid.parse(cid),
                    new Receipt(one.getInteger("exit"), one.getString("returned"), one.getLong("height")));
        });
        return new ChainState(
                deals,
                readAmounts(json, "wallets"),
                readAmounts(json, "escrow"),
                readAmounts(json, "dataCap"),
                allocations,
                claims,
                receipts,
                json.getLong("nextDeal"),
                json.getLong("nextAllocation"),
                json.getLong("nextSector"));
    }

    private static JsonObject deal(MarketDeal deal) {
        return new JsonObject()
                .put("id", deal.id())
                .put("proposal", Json.base64(deal.proposal().cbor()))
                .put("signedCid", deal.signedCid().toString())
                .put("publishedAt", deal.publishedAt())
                .put("sectorNumber", deal.sectorNumber())
                .put("sectorStart", deal.sectorStart())
                .put("slashedAt", deal.slashedAt());
    }

    private static MarketDeal readDeal(JsonObject json) {
        return new MarketDeal(
                json.getLong("id"),
                readProposal(json.getString("proposal")),
                Cid.parse(json.getString("signedCid")),
                json.getLong("publishedAt"),
                json.getLong("sectorNumber"),
                json.getLong("sectorStart"),
                json.getLong("slashedAt"));
    }

    static DealProposal readProposal(String base64) {
        return DealProposal.read(new CborIn(Json.bytes(base64)));
    }

    private static JsonObject allocation(Allocation each) {
        return new JsonObject()
                .put("id", each.id())
                .put("client", each.client())
                .put("provider", each.provider())
                .put("data", each.data().toString())
                .put("size", each.size())
                .put("termMin", each.termMin())
                .put("termMax", each.termMax())
                .put("expiration", each.expiration());
    }

    private static Allocation readAllocation(JsonObject json) {
        return new Allocation(
                json.getLong("id"),
                json.getLong("client"),
                json.getLong("provider"),
                Cid.parse(json.getString("data")),
                json.getLong("size"),
                json.getLong("termMin"),
                json.getLong("termMax"),
                json.getLong("expiration"));
    }

    private static JsonObject receipt(Receipt receipt) {
        return new JsonObject()
                .put("exit", receipt.exitCode())
                .put("returned", receipt.returned())
                .put("height", receipt.height());
    }

    private static JsonObject amounts(Map<Address, BigInteger> amounts) {
        JsonObject out = new JsonObject();
        amounts.forEach((owner, amount) -> out.put(owner.toString(), amount.toString()));
        return out;
    }

    private static Map<Address, BigInteger> readAmounts(JsonObject json, String name) {
        Map<Address, BigInteger> out = new HashMap<>();
        members(json, name, (owner, amount) -> out.put(Address.parse(owner), new BigInteger((String) amount)));
        return out;
    }

    /** A message that waits for the next tipset; its CID follows from the rest. */
    static JsonObject message(ChainMessage message) {
        return new JsonObject()
                .put("from", message.from().toString())
                .put("to", message.to().toString())
                .put("nonce", message.nonce())
                .put("value", message.value().toString())
                .put("method", message.method())
                .put("params", message.params())
                .put("effect", effect(message.effect()));
    }

    static ChainMessage readMessage(JsonObject json) {
        return ChainMessage.of(
                Address.parse(json.getString("from")),
                Address.parse(json.getString("to")),
                json.getLong("nonce"),
                new BigInteger(json.getString("value")),
                json.getLong("method"),
                Json.bytes(json.getString("params")),
                readEffect(json.getJsonObject("effect")));
    }

    private static JsonObject effect(Effect effect) {
        return switch (effect) {
            case Effect.Send send -> money("send", send.to(), send.value());
            case Effect.AddBalance add -> money("addBalance", add.to(), add.value());
            case Effect.Withdraw withdraw -> money("withdraw", withdraw.from(), withdraw.value());
            case Effect.Publish publish ->
                kind("publish")
                        .put("proposal", Json.base64(publish.proposal().cbor()))
                        .put("signedCid", publish.signedCid().toString());
            case Effect.Activate activate ->
                kind("activate").put("signedCid", activate.signedCid().toString());
            case Effect.ClaimPiece claim ->
                kind("claim").put("allocation", claim.allocation()).put("provider", claim.provider());
            case Effect.Allocate allocate -> {
                JsonArray wanted = new JsonArray();
                allocate.wanted().forEach(each -> wanted.add(allocation(each)));
                yield kind("allocate").put("wanted", wanted);
            }
            case Effect.Terminate end ->
                kind("terminate").put("deal", end.deal()).put("trace", end.leavesTrace());
            case Effect.Senseless senseless -> kind("senseless").put("why", senseless.why());
        };
    }

    private static JsonObject kind(String name) {
        return new JsonObject().put("kind", name);
    }

    private static JsonObject money(String name, Address whose, BigInteger value) {
        return kind(name).put("whose", whose.toString()).put("value", value.toString());
    }

    private static Effect readEffect(JsonObject json) {
        String kind = json.getString("kind");
        Function<String, BigInteger> amount = name -> new BigInteger(json.getString(name));
        return switch (kind) {
            case "send" -> new Effect.Send(Address.parse(json.getString("whose")), amount.apply("value"));
            case "addBalance" -> new Effect.AddBalance(Address.parse(json.getString("whose")), amount.apply("value"));
            case "withdraw" -> new Effect.Withdraw(Address.parse(json.getString("whose")), amount.apply("value"));
            case "publish" ->
                new Effect.Publish(readProposal(json.getString("proposal")), Cid.parse(json.getString("signedCid")));
            case "activate" -> new Effect.Activate(Cid.parse(json.getString("signedCid")));
            case "claim" -> new Effect.ClaimPiece(json.getLong("allocation"), json.getLong("provider"));
            case "allocate" -> {
                List<Allocation> wanted = new ArrayList<>();
                each(json, "wanted", one -> wanted.add(readAllocation(one)));
                yield new Effect.Allocate(List.copyOf(wanted));
            }
            case "terminate" -> new Effect.Terminate(json.getLong("deal"), json.getBoolean("trace"));
            case "senseless" -> new Effect.Senseless(json.getString("why"));
            default -> throw new WireException("unknown effect " + kind);
        };
    }

    /** Every object of an array. */
    static void each(JsonObject json, String name, java.util.function.Consumer<JsonObject> with) {
        json.getJsonArray(name).forEach(one -> with.accept((JsonObject) one));
    }

    /** Every member of an object. */
    static void members(JsonObject json, String name, BiConsumer<String, Object> with) {
        json.getJsonObject(name).forEach(member -> with.accept(member.getKey(), member.getValue()));
    }
}
