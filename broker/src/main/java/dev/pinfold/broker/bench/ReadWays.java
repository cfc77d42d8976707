package dev.pinfold.broker.bench;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.api.ApiServer;
import dev.pinfold.broker.api.Authenticator;
import dev.pinfold.broker.api.Errors;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.gateway.GatewayServer;
import dev.pinfold.broker.retrieval.Flight;
import dev.pinfold.broker.retrieval.RacingRetrieval;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Varint;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ways in which {@link ReadBench} reads a file, from peers that have it. */
final class ReadWays implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ReadPeer peer;
    private final RacingRetrieval retrieval;
    private final GatewayServer gateway;
    private final ApiServer server;
    private final Relay relay;

    /**
     * Opens them.
     *
     * @param peer who is asked directly
     * @param retrieval whose sources are the peers
     */
    ReadWays(ReadPeer peer, RacingRetrieval retrieval, Vertx vertx, Metrics metrics) {
        this.peer = peer;
        this.retrieval = retrieval;
        BrokerConfig.Gateway settings = new BrokerConfig.Gateway(
                BrokerConfig.Access.PUBLIC, false, null, 4096, 1024, 10_000, Long.MAX_VALUE, Duration.ofHours(1));
        Authenticator nobody = new Authenticator(hash -> Future.succeededFuture(Optional.empty()));
        gateway = new GatewayServer(retrieval, settings, nobody, metrics);
        server = ApiServer.open(
                vertx,
                new BrokerConfig.Listen("127.0.0.1", 0),
                new BrokerConfig.Cors(List.of()),
                new Errors(e -> new BrokerException(ErrorKind.INTERNAL_SERVER_ERROR, e.toString(), e)),
                gateway::mount);
        relay = Relay.open(vertx, URI.create(peer.base()));
    }

    /** How a file is read. */
    enum Way {
        /** By the broker, up to its verified blocks. */
        RACED("raced", "raced and verified"),
        /** Through the broker's gateway, as a CAR. */
        GATEWAY_CAR("gatewayCar", "through the gateway, CAR"),
        /** Through the broker's gateway, as a file. */
        GATEWAY_FILE("gatewayFile", "through the gateway, file"),
        /** From the first peer over a relay that looks at nothing, as a CAR: what one hop costs on this machine. */
        RELAYED_CAR("relayedCar", "over a bare relay, CAR"),
        /** The same, as the peer serves files itself. */
        RELAYED_FILE("relayedFile", "over a bare relay, file"),
        /** From the first peer, each block hashed. */
        PROVEN("directProven", "direct, each block proven"),
        /** From the first peer, what comes thrown away. */
        PLAIN("direct", "direct, nothing proven"),
        /** From the first peer, as it serves files itself. */
        PLAIN_FILE("directFile", "direct, file");

        private final String key;
        private final String text;

        Way(String key, String text) {
            this.key = key;
            this.text = text;
        }

        String key() {
            return key;
        }

        String text() {
            return text;
        }

        /** The unproven direct read of the same kind. */
        Way like() {
            return switch (this) {
                case RACED, GATEWAY_CAR, RELAYED_CAR, PROVEN, PLAIN -> PLAIN;
                case GATEWAY_FILE, RELAYED_FILE, PLAIN_FILE -> PLAIN_FILE;
            };
        }

        /** Each follows each, itself included, once. */
        static List<Way> order() {
            List<Way> order = new ArrayList<>();
            for (Way way : values()) {
                order.add(way);
                for (Way other : values()) {
                    if (other.compareTo(way) > 0) {
                        order.add(way);
                        order.add(other);
                    }
                }
            }
            return order;
        }
    }

    /**
     * One read.
     *
     * @param byteNanos until the first byte; of blocks, the first verified one
     * @param blockNanos until the first block was there, or so many bytes of a file
     * @param firstBlock the size of the first block
     */
    record Read(long bytes, long byteNanos, long blockNanos, long nanos, int firstBlock) {
        double mibPerSecond() {
            return bytes * 1e9 / nanos / (1 << 20);
        }
    }

    /**
     * Reads a file once.
     *
     * @param firstBlock the size of its first block; 0 when that is not known yet
     */
    Read read(Way way, Cid root, int firstBlock) throws IOException {
        return switch (way) {
            case RACED -> raced(root);
            case GATEWAY_CAR -> plain(own(root, "?format=car&car-dups=n"), true, root, firstBlock);
            case GATEWAY_FILE -> plain(own(root, ""), false, root, firstBlock);
            case RELAYED_CAR -> plain(relay.to(peer.whole(root)), true, root, firstBlock);
            case RELAYED_FILE -> plain(relay.to(peer.file(root)), false, root, firstBlock);
            case PROVEN -> proven(root);
            case PLAIN -> plain(peer.whole(root), true, root, firstBlock);
            case PLAIN_FILE -> plain(peer.file(root), false, root, firstBlock);
        };
    }

    private HttpRequest own(Cid root, String query) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/ipfs/" + root + query))
                .build();
    }

    /** Over a blocking socket, as curl does it: a client that needs several threads would take the processors from the peers. */
    private static InputStream body(HttpRequest request) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) request.uri().toURL().openConnection();
        connection.setRequestMethod(request.method());
        connection.setReadTimeout((int) PATIENCE.toMillis());
        request.headers().map().forEach((name, values) -> connection.setRequestProperty(name, values.getFirst()));
        if (connection.getResponseCode() != 200) {
            throw new IOException(request.uri() + " answered with status " + connection.getResponseCode());
        }
        return connection.getInputStream();
    }

    private Read raced(Cid root) throws IOException {
        Sums sums = new Sums(System.nanoTime());
        try (Flight flight = retrieval.open(Want.all(root))) {
            new DagWalk(flight, DagLimits.DEFAULT).walk(List.of(root), sums::add);
        }
        return sums.read();
    }

    private Read proven(Cid root) throws IOException {
        long begun = System.nanoTime();
        try (InputStream in = body(peer.whole(root))) {
            CarReader car = new CarReader(in);
            Sums sums = new Sums(begun);
            for (Block block = car.next(); block != null; block = car.next()) {
                sums.add(block);
            }
            return sums.read();
        }
    }

    private static Read plain(HttpRequest request, boolean car, Cid root, int firstBlock) throws IOException {
        long begun = System.nanoTime();
        try (InputStream in = body(request)) {
            byte[] buffer = new byte[64 << 10];
            long bytes = 0;
            long first = 0;
            long block = 0;
            // The header of a CAR with one root is shorter than 128 bytes, so its length is one byte.
            long front = car ? 1L + Varint.size(root.size() + (long) firstBlock) + root.size() : 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                long now = System.nanoTime() - begun;
                front += car && bytes == 0 ? buffer[0] : 0;
                first = first == 0 ? now : first;
                bytes += read;
                block = block == 0 && bytes >= front + firstBlock ? now : block;
            }
            return new Read(bytes, first, block, System.nanoTime() - begun, firstBlock);
        }
    }

    /** What came of one read, block by block. */
    private static final class Sums {
        private final long begun;
        private long bytes;
        private long blockNanos;
        private int firstBlock;

        Sums(long begun) {
            this.begun = begun;
        }

        void add(Block block) {
            if (bytes == 0) {
                blockNanos = System.nanoTime() - begun;
                firstBlock = block.size();
            }
            bytes += block.size();
        }

        Read read() {
            return new Read(bytes, blockNanos, blockNanos, System.nanoTime() - begun, firstBlock);
        }
    }

    @Override
    public void close() {
        relay.close();
        server.close();
        gateway.close();
    }
}
