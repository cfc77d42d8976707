package dev.pinfold.filecoin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.SimulatedLotus;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.SimulatedProvider;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMaker;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import dev.pinfold.spi.deal.Preparation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A simulated network, a payload that can be fetched, and a provider of this adapter before the first node. */
final class World implements AutoCloseable {
    static final long CONFIRMATIONS = 10;
    private static final String TOKEN = "Bearer for-this-deal";
    /** A call that hangs ends by this; nothing waits for it in vain otherwise. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final SimulatedNetwork network;
    final SimulatedLotus node;
    final Dag dag = Dag.file(7, 140, 8_000);
    final byte[] car = dag.car();
    final Piece piece;
    final Recorder lotus;
    final Recorder curio;
    final FilecoinProvider provider;
    private final HttpServer origin;

    World(SimulatedNetwork network, String... settings) {
        this.network = network;
        node = network.node();
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(car, 0, car.length);
        piece = hasher.finish();
        lotus = new Recorder(node.endpoint());
        curio = new Recorder(sp().endpoint());
        try {
            origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        origin.createContext("/piece/", this::serve);
        origin.start();
        provider = open(settings);
    }

    static World of(LotusAge age, String... settings) {
        return new World(SimulatedNetwork.builder().nodes(age).start(), settings);
    }

    /** The first storage provider. */
    SimulatedProvider sp() {
        return network.provider(0);
    }

    String address() {
        return sp().address().toString();
    }

    DealMaker deals() {
        return provider.deals();
    }

    static Deadline soon() {
        return Deadline.after(PATIENCE);
    }

    /** One more provider of the adapter, as a broker that was started anew would open it. */
    FilecoinProvider open(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "endpoint",
                lotus.endpoint().toString(),
                "token",
                node.adminToken(),
                "confirmations",
                String.valueOf(CONFIRMATIONS),
                "storageProviders",
                address() + "=" + curio.endpoint(),
                "topUpEscrow",
                "true",
                "settleTime",
                "PT0S"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return new FilecoinProvider(
                FilecoinSettings.read(new ProviderConfig("lotus-1", all, Path.of("."))), InstantSource.system());
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(403, -1);
                return;
            }
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            exchange.sendResponseHeaders(range == null ? 200 : 206, car.length - from);
            exchange.getResponseBody().write(car, from, car.length - from);
        }
    }

    CarSource carSource() {
        return new CarSource() {
            @Override
            public Cid root() {
                return dag.root();
            }

            @Override
            public long sizeBytes() {
                return car.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(car);
            }
        };
    }

    /** An order at the exact price of the live ask. */
    DealOrder order(DealMode mode, boolean verified) {
        return order(mode, verified, UUID.nameUUIDFromBytes(new byte[] {1}));
    }

    DealOrder order(DealMode mode, boolean verified, UUID id) {
        PieceSize size = piece.size();
        Ask ask = deals().ask(address(), mode, soon());
        Epoch start = deals().head(soon()).plus(8_640);
        AttoFil collateral = mode == DealMode.MK12
                ? deals().collateral(size, verified, soon()).proposed()
                : AttoFil.ZERO;
        return new DealOrder(
                "order-" + id,
                id,
                mode,
                deals().check(soon()).wallet(),
                address(),
                new DealPiece(piece.cidV1(), size, car.length, dag.root()),
                new DealTerms(start, start.plus(518_400), ask.epochPrice(size, verified), collateral, verified, true),
                new PieceSource(
                        URI.create("http://127.0.0.1:" + origin.getAddress().getPort() + "/piece/" + piece.cidV2()),
                        Map.of("Authorization", TOKEN)));
    }

    /** Prepares until the deal can be proposed, looking again after whatever is not known. */
    DealIds prepared(DealOrder order) {
        DealIds ids = DealIds.NONE;
        for (int i = 0; i < 20; i++) {
            try {
                switch (deals().prepare(order, ids, carSource(), AttoFil.ZERO, soon())) {
                    case Preparation.Ready ready -> {
                        return ids.and(ready.ids());
                    }
                    case Preparation.Waiting waiting -> {
                        ids = ids.and(waiting.ids());
                        network.advance(3);
                    }
                }
            } catch (ProviderException e) {
                requireUnknown(e);
            }
        }
        throw new AssertionError("still not prepared: " + ids);
    }

    /** Proposes as a broker does: once, and again only where the deal is provably absent. */
    DealSighting proposed(DealOrder order, DealIds ids) {
        for (int i = 0; i < 20; i++) {
            try {
                return deals().propose(order, ids, soon());
            } catch (ProviderException e) {
                requireUnknown(e);
            }
            DealSighting seen = deals().observe(DealRef.of(order, ids), soon());
            if (!(seen.observation() instanceof DealObservation.Absent)) {
                return seen;
            }
        }
        throw new AssertionError("still not proposed");
    }

    /** A call that may have had an effect says so, or says that it had none. */
    private static void requireUnknown(ProviderException e) {
        if (!(e.failure() instanceof Failure.OutcomeUnknown) && !(e.failure() instanceof Failure.Unavailable)) {
            throw e;
        }
    }

    DealSighting observe(DealOrder order, DealIds ids) {
        return deals().observe(DealRef.of(order, ids), soon());
    }

    /** Lets epochs pass until the deal is seen as this; fails where that takes longer than a month. */
    DealSighting until(Class<? extends DealObservation> wanted, DealOrder order, DealIds from) {
        DealIds ids = from;
        DealSighting seen = observe(order, ids);
        for (int i = 0; i < 400 && !wanted.isInstance(seen.observation()); i++) {
            network.advance(20);
            seen = observe(order, ids);
            ids = ids.and(seen.ids());
        }
        if (!wanted.isInstance(seen.observation())) {
            throw new AssertionError("never " + wanted.getSimpleName() + ", but " + seen);
        }
        return seen;
    }

    @Override
    public void close() {
        provider.close();
        lotus.close();
        curio.close();
        origin.stop(0);
        network.close();
    }
}
