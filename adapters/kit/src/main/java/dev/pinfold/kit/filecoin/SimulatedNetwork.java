package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Node;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Filecoin network on loopback: one chain, Lotus nodes, storage providers. {@link #start()} gives one of today, with
 * three providers in three countries; {@link #builder()} what else is wanted. Time stands still until {@link
 * SimulatedChain#advance} or {@link Builder#epochEvery}. Nothing it holds is real, and everything it says to people says
 * SIMULATED. Safe for many threads.
 */
public final class SimulatedNetwork implements AutoCloseable {
    /** One FIL in attoFIL. */
    public static final BigInteger FIL = BigInteger.TEN.pow(18);

    /** Epochs in which a network that goes on may find its clients still away. */
    private static final int TRIES = 60;

    private final Path folder;
    private final boolean ownFolder;
    private final Vertx vertx;
    private final ExecutorService workers;
    private final HttpClient http;
    private final SimulatedChain chain;
    private final List<SimulatedProvider> providers = new CopyOnWriteArrayList<>();
    private final List<SimulatedLotus> nodes = new CopyOnWriteArrayList<>();
    private final Inside inside;
    private final long seed;

    /** What nodes and providers share. */
    record Inside(
            SimulatedChain chain,
            Vertx vertx,
            Executor workers,
            HttpClient http,
            long seed,
            String networkName,
            InstantSource clock,
            Supplier<List<SimulatedProvider>> providers) {}

    private SimulatedNetwork(Builder from) throws IOException {
        seed = from.seed;
        ownFolder = from.folder == null;
        folder = from.folder == null
                ? Files.createTempDirectory("pinfold-simulated-filecoin-")
                : Files.createDirectories(from.folder);
        vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2).setInternalBlockingPoolSize(2));
        workers = Executors.newVirtualThreadPerTaskExecutor();
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        chain = new SimulatedChain(seed, from.head);
        inside = new Inside(chain, vertx, workers, http, seed, from.networkName, from.clock, () -> providers);
        for (SimulatedProvider.Plan plan : from.providers) {
            addProvider(plan);
        }
        for (LotusAge age : from.nodes) {
            addNode(age);
        }
        providers.forEach(each -> each.desk().patience(from.transferTries));
        if (from.lasting) {
            Memory memory = new Memory(chain, providers, folder);
            memory.recall(http);
            chain.keptBy(memory::keep);
            chain.noted();
        }
        if (from.epochEvery != null) {
            vertx.setPeriodic(
                    Handling.millis(from.epochEvery), timer -> workers.execute(() -> chain.advanceUnlessMoving(1)));
        }
    }

    /** Starts a network of today: one node without deals of its own, three providers. */
    public static SimulatedNetwork start() {
        return builder().start();
    }

    /** What can be chosen before the start. */
    public static Builder builder() {
        return new Builder();
    }

    private void addProvider(SimulatedProvider.Plan plan) throws IOException {
        Address address = Address.id(plan.number());
        chain.decree(state -> state.escrow(address, FIL.multiply(BigInteger.valueOf(1_000))));
        Path own = Files.createDirectories(folder.resolve("provider-" + address));
        providers.add(new SimulatedProvider(inside, plan, own));
    }

    /** Starts one more node, with a wallet of its own that holds 100 FIL and no DataCap. */
    public SimulatedLotus addNode(LotusAge age) {
        int number = nodes.size() + 1;
        TestKey key = TestKey.of(seed, "node " + number);
        chain.register(key.address(), 100 + number);
        fund(key.address(), FIL.multiply(BigInteger.valueOf(100)));
        try {
            SimulatedLotus node = new SimulatedLotus(inside, age, number, key, folder.resolve("node-" + number));
            nodes.add(node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public SimulatedChain chain() {
        return chain;
    }

    /** The first node. */
    public SimulatedLotus node() {
        return nodes.getFirst();
    }

    public List<SimulatedLotus> nodes() {
        return List.copyOf(nodes);
    }

    public List<SimulatedProvider> providers() {
        return List.copyOf(providers);
    }

    /** The provider at this place of the list. */
    public SimulatedProvider provider(int index) {
        return providers.get(index);
    }

    /** Lets epochs of 30 seconds pass; see {@link SimulatedChain#advance}. */
    public void advance(long epochs) {
        chain.advance(epochs);
    }

    /** Makes the wallet of a key hold this many attoFIL. */
    public void fund(Address key, BigInteger amount) {
        chain.idOf(key);
        chain.decree(state -> state.wallet(chain.keyOf(key), amount));
    }

    /** Makes a key hold this many attoFIL in the market's escrow, besides what deals have locked or spent. */
    public void fundEscrow(Address key, BigInteger amount) {
        chain.idOf(key);
        chain.decree(state -> state.escrow(chain.keyOf(key), amount));
    }

    /** Gives a key this many bytes of DataCap. */
    public void grantDataCap(Address key, long bytes) {
        chain.idOf(key);
        chain.decree(state -> state.dataCap(chain.keyOf(key), BigInteger.valueOf(bytes)));
    }

    // The truth, for tests.

    /** All deals any provider ever took on. */
    public List<DealTruth> deals() {
        return providers.stream().flatMap(each -> each.deals().stream()).toList();
    }

    /** The deals about this piece, named by either version of its CID, that are not over. */
    public List<DealTruth> held(Cid pieceCid) {
        Node wanted = Pieces.commitment(pieceCid);
        return deals().stream()
                .filter(deal -> !deal.stage().isOver()
                        && Pieces.commitment(deal.pieceCid()).equals(wanted))
                .toList();
    }

    /** All proposals any provider saw. */
    public List<ProposalSeen> proposals() {
        return providers.stream().flatMap(each -> each.proposals().stream()).toList();
    }

    /** Proposals that were taken although the client had the same piece with the same provider already: must be none. */
    public List<ProposalSeen> doubleProposals() {
        return proposals().stream().filter(ProposalSeen::doubled).toList();
    }

    /** What is in a key's wallet. */
    public BigInteger balance(Address key) {
        return chain.locked(() -> chain.state().walletOf(chain.keyOf(key)));
    }

    /** What is in escrow for a key, locked or not. */
    public BigInteger escrow(Address key) {
        return chain.locked(() -> chain.state().escrowOf(chain.keyOf(key), chain.head()));
    }

    /** What deals have locked of a key's escrow. */
    public BigInteger locked(Address key) {
        return chain.locked(() -> chain.state().lockedOf(chain.keyOf(key), chain.head()));
    }

    /** Everything is read from the state of the chain at once, so the sum is exact. */
    public BigInteger dataCap(Address key) {
        return chain.locked(() -> chain.state().dataCap().getOrDefault(chain.keyOf(key), BigInteger.ZERO));
    }

    @Override
    public void close() {
        nodes.forEach(SimulatedLotus::close);
        providers.forEach(SimulatedProvider::close);
        workers.shutdownNow();
        http.shutdownNow();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        if (ownFolder) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "SIMULATED Filecoin network, seed " + seed + ": " + nodes + ", " + providers;
    }

    /** Choices before the start; each has a default. */
    public static final class Builder {
        private static final long GIB = 1L << 30;

        private long seed = 1;
        private long head = SimulatedChain.FIRST_HEAD;
        private long sectorSize = 32 * GIB;
        private String networkName = "SIMULATED-mainnet";
        private Ask ask = Ask.DEFAULT;
        private Pace pace = Pace.DEFAULT;
        private CurioAge curio = CurioAge.SINCE_1_28_2;
        private InstantSource clock = InstantSource.system();
        private @Nullable Path folder;
        private @Nullable Duration epochEvery;
        private boolean lasting;
        private int transferTries;
        private List<LotusAge> nodes = List.of(LotusAge.V1_36);
        private final List<String> countries = new ArrayList<>(List.of("DE", "US", "SG"));
        private final List<SimulatedProvider.Plan> providers = new ArrayList<>();

        private Builder() {}

        /** The seed of keys, names and tipsets. */
        public Builder seed(long chosen) {
            seed = chosen;
            return this;
        }

        /** The height at which the chain stands at first. */
        public Builder head(long chosen) {
            head = chosen;
            return this;
        }

        /** The nodes, one of each of these. */
        public Builder nodes(LotusAge... chosen) {
            nodes = List.of(chosen);
            return this;
        }

        /** One provider in each of these countries, two letters each; {@code f01000} and on. */
        public Builder providers(String... inCountries) {
            countries.clear();
            countries.addAll(List.of(inCountries));
            return this;
        }

        /** What providers ask at first. */
        public Builder ask(Ask chosen) {
            ask = chosen;
            return this;
        }

        /** How fast providers are at first. */
        public Builder pace(Pace chosen) {
            pace = chosen;
            return this;
        }

        /** Which Curio the providers run. */
        public Builder curio(CurioAge chosen) {
            curio = chosen;
            return this;
        }

        /** The wall clock against which signed requests are checked. */
        public Builder clock(InstantSource chosen) {
            clock = chosen;
            return this;
        }

        /** Where pieces lie; kept at the end. Without it a temporary folder is used and deleted. */
        public Builder folder(Path chosen) {
            folder = chosen;
            return this;
        }

        /**
         * As {@link #folder}, and keeps chain, messages and deals there as well: a network that is started in the same
         * folder with the same choices goes on where this one was, however it ended. For nodes of today only; a transfer
         * that breaks off is tried again for a while.
         */
        public Builder lasting(Path chosen) {
            folder = chosen;
            lasting = true;
            transferTries = TRIES;
            return this;
        }

        /** How often providers try a transfer again that broke off, at the next epoch each time; else never. */
        public Builder transferTries(int chosen) {
            transferTries = chosen;
            return this;
        }

        /** Lets an epoch pass each time this much real time has passed, except while data is being moved. */
        public Builder epochEvery(Duration chosen) {
            epochEvery = chosen;
            return this;
        }

        public Builder sectorSize(long bytes) {
            sectorSize = bytes;
            return this;
        }

        /** A fork as Filecash was: Lotus 1.5.0, sectors of 4 GiB, a network of its own. */
        public Builder filecash() {
            networkName = "SIMULATED-filecash";
            sectorSize = 4 * GIB;
            ask = ask.pieces(ask.minPiece(), 4 * GIB);
            nodes = List.of(LotusAge.V1_5);
            return this;
        }

        /** Starts it; it answers when this returns. */
        public SimulatedNetwork start() {
            if (lasting && nodes.stream().anyMatch(LotusAge::hasClient)) {
                throw new IllegalArgumentException("what old nodes import is not kept: no lasting network of those");
            }
            long number = 1_000;
            for (String country : countries) {
                providers.add(new SimulatedProvider.Plan(number++, country, sectorSize, ask, pace, curio));
            }
            try {
                return new SimulatedNetwork(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
