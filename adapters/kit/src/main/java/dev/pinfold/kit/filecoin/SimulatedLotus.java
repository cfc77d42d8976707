package dev.pinfold.kit.filecoin;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A Lotus node on loopback: JSON-RPC over HTTP and WebSocket with tokens, in the shapes of one of four versions. Where the
 * version makes deals itself, so does this. Safe for many threads.
 */
public final class SimulatedLotus implements AutoCloseable {
    private final SimulatedChain chain;
    private final LotusAge age;
    private final Wallet wallet = new Wallet();
    private final Tokens tokens;
    private final CallFaults calls = new CallFaults();
    private final LegacyDeals deals;
    private final Path folder;
    private final Door door;

    SimulatedLotus(SimulatedNetwork.Inside inside, LotusAge age, int number, TestKey key, Path folder)
            throws IOException {
        this.chain = inside.chain();
        this.age = age;
        this.folder = Files.createDirectories(folder);
        this.tokens = new Tokens(inside.seed() * 31 + number);
        wallet.add(key);
        RpcMethods methods = new RpcMethods();
        String peerId = "12D3KooWSimu1atedLotusNode" + number;
        new ChainMethods(age, chain, tokens, inside.networkName(), peerId).register(methods);
        new WalletMethods(chain, wallet, inside.seed() * 31 + number).register(methods);
        new MinerMethods(age, chain, inside.providers()).register(methods);
        new MarketMethods(age, chain).register(methods);
        MessageMethods messages = new MessageMethods(age, chain, wallet);
        messages.register(methods);
        NodeStore store = new NodeStore(age, this.folder);
        this.deals = new LegacyDeals(age, chain, inside.providers(), wallet, store, messages);
        RetrievalMethods retrievals = new RetrievalMethods(age, this.folder, inside.providers());
        if (age.hasClient()) {
            new ClientMethods(age, store, deals, chain, inside.providers()).register(methods);
            retrievals.register(methods);
        }
        RpcEndpoint endpoint = new RpcEndpoint(age, methods, tokens);
        Handling handling = new Handling(inside.vertx(), inside.workers(), calls);
        LotusServer server =
                new LotusServer(inside, age, endpoint, methods, handling, store, retrievals, this::open, this.folder);
        this.door = new Door(inside.vertx(), 0, server::request);
        door.sockets(server::handshake, server::socket);
        door.open();
    }

    /** Opens a channel of a method that has one. */
    private Runnable open(String method, Consumer<Object> values) {
        if (method.equals("ClientGetDealUpdates")) {
            return deals.updates(values);
        }
        return chain.locked(() -> {
            HeadChange current = new HeadChange("current", chain.tipSets().json(chain.head()));
            values.accept(HeadChange.json(List.of(current)));
            return chain.listen(changes -> values.accept(HeadChange.json(changes)));
        });
    }

    /** The URL before {@code /rpc}, without a slash at the end. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + door.port());
    }

    public LotusAge age() {
        return age;
    }

    /** A token with exactly these of {@code read}, {@code write}, {@code sign} and {@code admin}. */
    public String token(String... permissions) {
        return tokens.create(List.of(permissions));
    }

    /** A token with all permissions. */
    public String adminToken() {
        return token("read", "write", "sign", "admin");
    }

    /** The default wallet, {@code f1…}. */
    public Address wallet() {
        return chain.locked(() -> wallet.addresses().getFirst());
    }

    /** Puts a key into the wallet. */
    public void add(TestKey key) {
        chain.run(() -> wallet.add(key));
    }

    /** What goes wrong with calls, and how many came. */
    public CallFaults calls() {
        return calls;
    }

    /** A folder of the node's own disk, where a test may put what the node is to import. */
    public Path disk() {
        return folder;
    }

    /** Takes all attoFIL out of the default wallet; what is in escrow stays. */
    public void emptyWallet() {
        chain.decree(state -> state.wallet(wallet(), BigInteger.ZERO));
    }

    /** Refuses connections; its memory stays. */
    public void down() {
        door.shut();
    }

    /** Answers again, on the same port. */
    public void up() {
        door.open();
    }

    @Override
    public void close() {
        door.close();
    }

    @Override
    public String toString() {
        return "SIMULATED Lotus " + age.version() + " at " + endpoint();
    }
}
