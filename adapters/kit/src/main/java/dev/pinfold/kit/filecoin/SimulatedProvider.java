package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Multibase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A storage provider: a Curio that takes mk12 and mk20 deals over HTTP, pulls the data, checks its commitment and serves
 * it, and that old Lotus nodes reach over what stands for libp2p. It can be told to refuse, stall, lose replies, raise
 * prices, lose sectors, serve wrong bytes or vanish; its real state is read from here. Safe for many threads.
 */
public final class SimulatedProvider implements AutoCloseable {
    private final SimulatedChain chain;
    private final Address address;
    private final String country;
    private final String peerId;
    private final long sectorSize;
    private final Path folder;
    private final DealDesk desk;
    private final Counter counter;
    private final Mk20Market mk20;
    private final Serving serving;
    private final CallFaults calls = new CallFaults();
    private final Door door;

    /** How a provider of a network is made. */
    record Plan(long number, String country, long sectorSize, Ask ask, Pace pace, CurioAge age) {}

    SimulatedProvider(SimulatedNetwork.Inside inside, Plan plan, Path folder) {
        this.chain = inside.chain();
        this.address = Address.id(plan.number());
        this.country = plan.country();
        this.sectorSize = plan.sectorSize();
        this.folder = folder;
        TestKey worker = TestKey.of(inside.seed(), "worker of " + address);
        this.peerId = peerId(inside.seed(), address);
        this.desk = new DealDesk(chain, address, folder, inside.workers(), plan.pace());
        this.counter = new Counter(chain, desk, sectorSize);
        counter.ask(plan.ask());
        Mk12Market mk12 = new Mk12Market(chain, address, desk, counter, inside.http());
        this.mk20 = new Mk20Market(chain, address, desk, counter, inside.http());
        this.serving = new Serving(chain, desk, folder);
        Handling handling = new Handling(inside.vertx(), inside.workers(), calls);
        ProviderServer server = new ProviderServer(
                inside.vertx(),
                handling,
                mk12,
                mk20,
                new Uploads(folder, mk20),
                serving,
                new CurioAuth(plan.age(), inside.clock()),
                worker,
                name());
        this.door = new Door(inside.vertx(), 0, server.routes());
        chain.join(desk);
        door.open();
    }

    /** A libp2p name as Ed25519 keys have: an identity hash of the key. */
    private static String peerId(long seed, Address address) {
        byte[] key = TestKey.sha256((seed + " peer " + address).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        byte[] front = {0x00, 0x24, 0x08, 0x01, 0x12, 0x20};
        return Multibase.BASE58BTC.encodeBare(Address.concat(front, key));
    }

    /** Its actor, {@code f0…}. */
    public Address address() {
        return address;
    }

    /** A name for people. */
    public String name() {
        return "SIMULATED storage provider " + address + " (" + country + ")";
    }

    /** Where it is, as an operator would write it into a list of their own; two letters. */
    public String country() {
        return country;
    }

    public String peerId() {
        return peerId;
    }

    public long sectorSize() {
        return sectorSize;
    }

    /** The URL before {@code /market}, {@code /piece} and {@code /ipfs}, without a slash at the end. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + door.port());
    }

    /** What goes wrong with calls, and how many came. */
    public CallFaults calls() {
        return calls;
    }

    public Ask ask() {
        return chain.locked(counter::ask);
    }

    public void ask(Ask now) {
        chain.run(() -> counter.ask(now));
    }

    /** Multiplies its prices. */
    public void raisePrices(long factor) {
        chain.run(() -> counter.ask(counter.ask().times(factor)));
    }

    /** Refuses every proposal for this reason, until {@link #takeAgain}. */
    public void refuse(String reason) {
        refuseNext(Integer.MAX_VALUE, reason);
    }

    /** Refuses the next proposals for this reason. */
    public void refuseNext(int count, String reason) {
        chain.run(() -> counter.refuse(reason, count));
    }

    public void takeAgain() {
        chain.run(() -> counter.refuse(null, 0));
    }

    /** No deal leaves this stage any more, until {@link #release}. One that stalls while sealing misses its start. */
    public void stallAt(Stage stage) {
        desk.stall(stage);
    }

    /** All stalled deals go on. */
    public void release() {
        desk.release();
    }

    public void pace(Pace now) {
        desk.pace(now);
    }

    /** Whether market 2.0 fetches from loopback and private addresses: true here, false at a real one by default. */
    public void fetchFromPrivateHosts(boolean allowed) {
        mk20.privateHosts(allowed);
    }

    /** Everything it serves is off by one bit. */
    public void serveWrongBytes(boolean now) {
        serving.wrongBytes(now);
    }

    /**
     * Loses the sector of a deal with the next tipset; the market shows when for one more day, then forgets.
     *
     * @param id UUID, ULID or proposal CID
     */
    public void slash(String id) {
        chain.run(() -> desk.slash(require(id), true));
    }

    /** As {@link #slash}, but the deal is gone from the market at once, as newer networks have it. */
    public void terminate(String id) {
        chain.run(() -> desk.slash(require(id), false));
    }

    /** Data that comes by post for a deal that was proposed as offline or manual; it is checked as any other. */
    public void bringOffline(String id, Path file) {
        chain.run(() -> desk.bring(require(id), (target, progress) -> {
            Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            progress.received(Files.size(target));
        }));
    }

    /** Refuses connections and seals nothing; after 42 days of that the chain takes its sectors away. */
    public void vanish() {
        desk.gone();
        door.shut();
    }

    /** Is there again, on the same port. */
    public void comeBack() {
        door.open();
        desk.back();
    }

    boolean isGone() {
        return chain.locked(desk::isGone);
    }

    /** All deals it ever took on, oldest first. */
    public List<DealTruth> deals() {
        return chain.locked(() -> desk.all().stream().map(DealTruth::of).toList());
    }

    /** The deal with this id. Throws NoSuchElementException when it took none. */
    public DealTruth deal(String id) {
        return chain.locked(() -> DealTruth.of(require(id)));
    }

    /** Whether it holds and serves a piece, named by either version of its CID. */
    public boolean holds(Cid pieceCid) {
        return chain.locked(() -> desk.all().stream()
                .anyMatch(deal -> deal.holdsData()
                        && Pieces.commitment(deal.terms.pieceCid()).equals(Pieces.commitment(pieceCid))));
    }

    /** All proposals that came, oldest first. */
    public List<ProposalSeen> proposals() {
        return chain.locked(counter::seen);
    }

    DealDesk desk() {
        return desk;
    }

    Counter counter() {
        return counter;
    }

    Serving serving() {
        return serving;
    }

    int port() {
        return door.port();
    }

    private ProviderDeal require(String id) {
        @Nullable ProviderDeal deal = desk.find(id);
        if (deal == null) {
            throw new NoSuchElementException(address + " has no deal " + id);
        }
        return deal;
    }

    @Override
    public void close() {
        door.close();
    }

    Path folder() throws IOException {
        return Files.createDirectories(folder);
    }

    @Override
    public String toString() {
        return name() + " at " + endpoint();
    }
}
