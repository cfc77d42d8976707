package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages: pushing them, and waiting for what becomes of them. */
final class MessageMethods {
    private static final BigInteger ONE_BYTE = BigInteger.TEN.pow(18);
    private static final Address REGISTRY = Address.id(6);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(30);

    private final LotusAge age;
    private final SimulatedChain chain;
    private final Wallet wallet;
    private final Actors actors;

    MessageMethods(LotusAge age, SimulatedChain chain, Wallet wallet) {
        this.age = age;
        this.chain = chain;
        this.wallet = wallet;
        this.actors = new Actors(chain::idOf);
    }

    void register(RpcMethods methods) {
        methods.add("MpoolPushMessage", "sign", 2, (params, v1) -> push(Json.object(params.getValue(0))));
        methods.add(
                "MpoolGetNonce",
                "read",
                1,
                (params, v1) -> chain.locked(() -> chain.nonce(chain.keyOf(Json.address(params.getValue(0))))));
        methods.add(
                "MpoolPending",
                "read",
                1,
                (params, v1) -> chain.locked(() -> {
                    JsonArray out = new JsonArray();
                    chain.waiting().forEach(message -> out.add(signed(message)));
                    return out;
                }));
        methods.add(
                "StateSearchMsg",
                "read",
                1,
                4,
                (params, v1) -> chain.locked(() -> found(Json.readCid(params.getValue(v1 ? 1 : 0)))));
        methods.add("StateWaitMsg", "read", 2, 4, (params, v1) -> await(params));
        methods.add("MarketAddBalance", "sign", 3, (params, v1) -> addBalance(params));
        methods.add("MarketReserveFunds", "sign", 3, (params, v1) -> addBalance(params));
        methods.add("MarketWithdraw", "sign", 3, (params, v1) -> {
            Address from = chain.keyOf(Json.address(params.getValue(1)));
            BigInteger amount = Json.amount(params.getValue(2));
            byte[] wire =
                    new CborOut().array(2).bytes(from.bytes()).bigInt(amount).toBytes();
            return pushed(from, ChainMessage.MARKET, BigInteger.ZERO, ChainMessage.WITHDRAW, wire);
        });
    }

    private JsonObject addBalance(JsonArray params) {
        Address from = chain.keyOf(Json.address(params.getValue(0)));
        Address to = chain.keyOf(Json.address(params.getValue(1)));
        byte[] wire = new CborOut().bytes(to.bytes()).toBytes();
        return pushed(from, ChainMessage.MARKET, Json.amount(params.getValue(2)), ChainMessage.ADD_BALANCE, wire);
    }

    private JsonObject pushed(Address from, Address to, BigInteger value, long method, byte[] params) {
        return chain.locked(() -> Json.cid(send(from, to, value, method, params).cid()));
    }

    private JsonObject push(JsonObject json) {
        Address from = chain.keyOf(Json.address(json.getValue("From")));
        Address to = Json.address(json.getValue("To"));
        BigInteger value = Json.amount(json.getValue("Value"));
        long method = Json.number(json.getValue("Method"));
        byte[] params = Json.bytes(json.getValue("Params"));
        return chain.locked(() -> signed(send(from, to, value, method, params)));
    }

    /** Lotus tries a message before it takes it, so what would fail is refused at once. */
    ChainMessage send(Address from, Address to, BigInteger value, long method, byte[] params) {
        wallet.require(from);
        Effect effect = effect(from, to, value, method, params);
        ChainMessage trial = ChainMessage.of(from, to, chain.nonce(from), value, method, params, effect);
        Receipt outcome =
                actors.apply(chain.state(), trial, chain.head() + 1).receipts().get(trial.cid());
        if (effect instanceof Effect.Senseless senseless) {
            throw RpcError.failed("estimating gas used: message execution failed (exit=[16]): " + senseless.why());
        }
        if (outcome == null || !outcome.ok()) {
            int exit = outcome == null ? 1 : outcome.exitCode();
            throw RpcError.failed(
                    exit == Receipt.INSUFFICIENT_FUNDS
                            ? "mpool push: not enough funds: message needs more than " + from + " has"
                            : "estimating gas used: message execution failed (exit=[" + exit + "])");
        }
        return chain.push(from, to, value, method, params, effect);
    }

    private Effect effect(Address from, Address to, BigInteger value, long method, byte[] params) {
        try {
            if (to.equals(ChainMessage.MARKET) && method == ChainMessage.ADD_BALANCE) {
                return new Effect.AddBalance(chain.keyOf(Address.read(new CborIn(params).bytes("address"))), value);
            }
            if (to.equals(ChainMessage.MARKET) && method == ChainMessage.WITHDRAW) {
                CborIn in = new CborIn(params);
                in.array(2, "WithdrawBalanceParams");
                Address owner = chain.keyOf(Address.read(in.bytes("address")));
                return owner.equals(from)
                        ? new Effect.Withdraw(owner, in.bigInt("amount"))
                        : new Effect.Senseless("caller is not the owner of the balance");
            }
            if (to.equals(ChainMessage.DATA_CAP) && method == ChainMessage.TRANSFER) {
                return allocate(params);
            }
        } catch (WireException e) {
            return new Effect.Senseless("invalid params: " + e.getMessage());
        }
        return method == 0
                ? new Effect.Send(chain.keyOf(to), value)
                : new Effect.Senseless(Words.simulated("no actor here knows method " + method + " of " + to));
    }

    private static Effect allocate(byte[] params) {
        CborIn in = new CborIn(params);
        in.array(3, "TransferParams");
        Address to = Address.read(in.bytes("To"));
        BigInteger amount = in.bigInt("Amount");
        CborIn inner = new CborIn(in.bytes("OperatorData"));
        in.end("TransferParams");
        inner.array(2, "AllocationRequests");
        List<Allocation> wanted = new ArrayList<>();
        int count = inner.items("allocations");
        for (int i = 0; i < count; i++) {
            inner.array(6, "AllocationRequest");
            wanted.add(new Allocation(
                    0,
                    0,
                    inner.uint("Provider"),
                    inner.link("Data"),
                    inner.uint("Size"),
                    inner.integer("TermMin"),
                    inner.integer("TermMax"),
                    inner.integer("Expiration")));
        }
        if (inner.items("extensions") != 0) {
            return new Effect.Senseless("extensions are not taken here");
        }
        inner.end("AllocationRequests");
        BigInteger sum = wanted.stream()
                .map(each -> BigInteger.valueOf(each.size()).multiply(ONE_BYTE))
                .reduce(BigInteger.ZERO, BigInteger::add);
        boolean right = to.equals(REGISTRY) && sum.equals(amount) && !wanted.isEmpty();
        return right
                ? new Effect.Allocate(List.copyOf(wanted))
                : new Effect.Senseless("the amount is not 10^18 for each byte of the allocations");
    }

    private JsonObject signed(ChainMessage message) {
        TestKey key = wallet.find(message.from());
        byte[] signature = key == null ? new byte[65] : key.sign(message.cid().bytes());
        return new JsonObject()
                .put("Message", message.json())
                .put(
                        "Signature",
                        new JsonObject().put("Type", TestKey.SECP256K1).put("Data", Json.base64(signature)))
                .put("CID", Json.cid(message.cid()));
    }

    private @Nullable JsonObject found(Cid message) {
        Receipt receipt = chain.receipt(message);
        if (receipt == null || chain.head() <= receipt.height()) {
            return null;
        }
        JsonObject json = new JsonObject()
                .put("ExitCode", receipt.exitCode())
                .put("Return", receipt.returned().isEmpty() ? null : receipt.returned())
                .put("GasUsed", 1_000_000);
        if (age.hasDataCapAllocations()) {
            json.putNull("EventsRoot");
        }
        // A message counts as executed by the tipset after the one that holds it.
        return new JsonObject()
                .put("Message", Json.cid(message))
                .put("Receipt", json)
                .putNull("ReturnDec")
                .put("TipSet", Json.cids(chain.tipSets().key(receipt.height() + 1)))
                .put("Height", receipt.height() + 1);
    }

    private JsonObject await(JsonArray params) {
        Cid message = Json.readCid(params.getValue(0));
        long confidence = Json.number(params.getValue(1));
        return chain.locked(() -> {
            boolean there = chain.awaitFor(() -> confirmed(message, confidence), LONGEST_WAIT);
            JsonObject found = there ? found(message) : null;
            if (found == null) {
                throw RpcError.failed("waiting for message " + message + ": context deadline exceeded");
            }
            return found;
        });
    }

    private boolean confirmed(Cid message, long confidence) {
        Receipt receipt = chain.receipt(message);
        return receipt != null && chain.head() >= receipt.height() + 1 + confidence;
    }
}
