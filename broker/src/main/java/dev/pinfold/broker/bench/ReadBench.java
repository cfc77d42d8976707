package dev.pinfold.broker.bench;

import dev.pinfold.broker.config.Units;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.retrieval.Flight;
import dev.pinfold.broker.retrieval.RacingRetrieval;
import dev.pinfold.broker.retrieval.RetrievalLog;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Varint;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.unixfs.FileWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code pinfold bench read}: the rate and the first block of raced, verified reads from gateways and nodes, beside asking
 * the first of them directly, with every block proven and without proving anything. What a read leaves behind in the server
 * weighs on the next one, so each way follows each way, itself included, equally often; medians count.
 *
 * <p>Of a direct read the first byte is told too, which is that of the CAR's header: a gateway sends it before it has looked
 * for a block.
 */
@Command(
        name = "read",
        description = {
            "Measure raced, verified reads from trustless gateways and IPFS nodes against reading the same CAR from the"
                    + " first one directly: with every block proven, as a client that verifies does, and without.",
            "Gateways must take CARs at PUT /_import, nodes at their RPC."
        },
        footer = {
            "",
            "Example:",
            "  pinfold bench read --gateway http://127.0.0.1:8089 --size 1MiB --size 256MiB",
            "  pinfold bench read --node http://127.0.0.1:5001"
        })
final class ReadBench implements Callable<Integer> {
    /** So long all ways are used before it counts: a broker runs for weeks, compiled. */
    private static final Duration WARM_UP = Duration.ofSeconds(60);

    /** And so long before each further size. */
    private static final Duration GET_USED = Duration.ofSeconds(10);

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--gateway", description = "A gateway; may be given several times, the fastest one first.")
    List<URI> gateways = List.of();

    @Option(
            names = "--node",
            description = "The RPC of an IPFS node; may be given several times. They come after gateways.")
    List<URI> nodes = List.of();

    @Option(
            names = "--size",
            defaultValue = "64MiB",
            description = "Size of a file to read; may be given several times (default: ${DEFAULT-VALUE}).")
    List<String> sizes = List.of();

    @Option(
            names = "--rounds",
            defaultValue = "6",
            description = "Reads of each way, made up to a multiple of three (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(names = "--json", description = "Print the figures as one JSON document.")
    boolean json;

    private final JsonObject figures = new JsonObject();
    private final List<ReadPeer> peers = new ArrayList<>();

    /** Made when it is used, not whenever a help text lists this command. */
    private static final class Direct {
        private static final HttpClient HTTP = HttpClient.newHttpClient();
    }

    /** How content is read. */
    private enum Way {
        /** By the broker. */
        RACED,
        /** From the first peer, each block hashed. */
        PROVEN,
        /** From the first peer, what comes thrown away. */
        PLAIN;

        /** Each follows each of them once. */
        private static final List<Way> ORDER =
                List.of(RACED, RACED, PROVEN, RACED, PLAIN, PROVEN, PROVEN, PLAIN, PLAIN);
    }

    /**
     * One read.
     *
     * @param byteNanos until the first byte; of a raced read, the first verified one
     * @param blockNanos until the first block was there
     * @param firstBlock the size of the first block
     */
    private record Read(long bytes, long byteNanos, long blockNanos, long nanos, int firstBlock) {
        double mibPerSecond() {
            return bytes * 1e9 / nanos / (1 << 20);
        }
    }

    @Override
    public Integer call() throws Exception {
        gateways.forEach(uri -> peers.add(new ReadPeer.Gateway(plain("--gateway", uri))));
        nodes.forEach(uri -> peers.add(new ReadPeer.Node(plain("--node", uri))));
        if (peers.isEmpty()) {
            throw wrong("nothing to read from: give a --gateway or the RPC of a --node");
        }
        if (rounds < 1) {
            throw wrong("--rounds must be at least 1");
        }
        Map<String, Long> lengths = lengths();
        Vertx vertx = Vertx.vertx();
        Metrics metrics = new Metrics(new SimpleMeterRegistry());
        try (ScratchFolder folder = ScratchFolder.open();
                Fleet fleet = Fleet.open(specs(), vertx, metrics);
                RacingRetrieval retrieval = RacingRetrieval.among(
                        List.copyOf(fleet.all()), folder.path(), 0, new RetrievalLog(Clock.systemUTC()), metrics)) {
            for (Map.Entry<String, Long> each : lengths.entrySet()) {
                Cid root = imported(each.getValue(), folder.path());
                int firstBlock = warmUp(root, retrieval, figures.isEmpty() ? WARM_UP : GET_USED);
                measure(each.getKey(), root, firstBlock, retrieval);
            }
        } finally {
            vertx.close();
        }
        if (json) {
            spec.commandLine().getOut().println(figures.encodePrettily());
        }
        return 0;
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }

    private String plain(String option, URI uri) {
        if (!("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) || uri.getHost() == null) {
            throw wrong(option + ": '" + uri + "' is not an address such as http://127.0.0.1:8089");
        }
        return uri.toString().replaceFirst("/+$", "");
    }

    private Map<String, Long> lengths() {
        Map<String, Long> lengths = new LinkedHashMap<>();
        for (String size : sizes) {
            try {
                lengths.put(size, Units.size(size));
            } catch (IllegalArgumentException e) {
                throw wrong("--size: '" + size + "' " + e.getMessage());
            }
            if (lengths.containsValue(0L)) {
                throw wrong("--size: there is nothing to read of a file of " + size);
            }
        }
        return lengths;
    }

    private List<ProviderSpec> specs() {
        List<ProviderSpec> specs = new ArrayList<>();
        peers.forEach(peer -> specs.add(peer.spec("peer-" + (specs.size() + 1))));
        return specs;
    }

    /** A file of bytes that do not repeat, at every peer. */
    private Cid imported(long size, Path folder) throws IOException, InterruptedException {
        Path blocks = folder.resolve("file.car");
        Cid root;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(blocks), 1 << 20)) {
            CarWriter car = new CarWriter(out, List.of());
            root = FileWriter.add(new Noise(size), car, UnixFsOptions.DEFAULT).cid();
        }
        for (ReadPeer peer : peers) {
            try {
                peer.give(Direct.HTTP, blocks);
            } catch (ConnectException e) {
                throw wrong(peer.base() + " cannot be reached: is it running?");
            }
        }
        Files.delete(blocks);
        return root;
    }

    /** Returns the size of the first block. */
    private int warmUp(Cid root, RacingRetrieval retrieval, Duration time) throws IOException, InterruptedException {
        int firstBlock;
        long until = System.nanoTime() + time.toNanos();
        do {
            firstBlock = raced(root, retrieval).firstBlock();
            proven(root);
            plain(root, firstBlock);
        } while (System.nanoTime() < until);
        return firstBlock;
    }

    private void measure(String size, Cid root, int firstBlock, RacingRetrieval retrieval)
            throws IOException, InterruptedException {
        Map<Way, List<Read>> reads = new EnumMap<>(Way.class);
        for (int i = 0; i < rounds; i += Way.ORDER.size() / Way.values().length) {
            for (Way way : Way.ORDER) {
                Read read = switch (way) {
                    case RACED -> raced(root, retrieval);
                    case PROVEN -> proven(root);
                    case PLAIN -> plain(root, firstBlock);
                };
                reads.computeIfAbsent(way, none -> new ArrayList<>()).add(read);
            }
        }
        double ours = median(reads, Way.RACED, Read::mibPerSecond);
        double proven = median(reads, Way.PROVEN, Read::mibPerSecond);
        double plain = median(reads, Way.PLAIN, Read::mibPerSecond);
        double ourBlock = median(reads, Way.RACED, read -> read.blockNanos() / 1e6);
        double theirBlock = median(reads, Way.PLAIN, read -> read.blockNanos() / 1e6);
        double theirByte = median(reads, Way.PLAIN, read -> read.byteNanos() / 1e6);
        say(("%8s raced and verified %7.1f MiB/s | direct, each block proven %7.1f MiB/s, ratio %.2f"
                        + " | direct, nothing proven %7.1f MiB/s, ratio %.2f"
                        + " | first block %6.1f ms, direct %6.1f ms (first byte %6.1f), %+.1f ms")
                .formatted(
                        size,
                        ours,
                        proven,
                        ours / proven,
                        plain,
                        ours / plain,
                        ourBlock,
                        theirBlock,
                        theirByte,
                        ourBlock - theirBlock));
        figures.put(
                size,
                new JsonObject()
                        .put("mibPerSecond", ours)
                        .put("provenMibPerSecond", proven)
                        .put("provenRatio", ours / proven)
                        .put("directMibPerSecond", plain)
                        .put("ratio", ours / plain)
                        .put("firstBlockMs", ourBlock)
                        .put("directFirstBlockMs", theirBlock)
                        .put("directFirstByteMs", theirByte));
    }

    private InputStream whole(Cid root) throws IOException, InterruptedException {
        ReadPeer peer = peers.getFirst();
        HttpResponse<InputStream> answer = Direct.HTTP.send(peer.whole(root), BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            answer.body().close();
            throw new IOException(peer.base() + " answered with status " + answer.statusCode());
        }
        return answer.body();
    }

    private Read proven(Cid root) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try (InputStream in = whole(root)) {
            CarReader car = new CarReader(in);
            Sums sums = new Sums(begun);
            for (Block block = car.next(); block != null; block = car.next()) {
                sums.add(block);
            }
            return sums.read();
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

    private Read plain(Cid root, int firstBlock) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try (InputStream in = whole(root)) {
            byte[] buffer = new byte[64 << 10];
            long bytes = 0;
            long first = 0;
            long block = 0;
            // The header of a CAR with one root is shorter than 128 bytes, so its length is one byte.
            long front = 1L + Varint.size(root.size() + (long) firstBlock) + root.size();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                long now = System.nanoTime() - begun;
                front += bytes == 0 ? buffer[0] : 0;
                first = first == 0 ? now : first;
                bytes += read;
                block = block == 0 && bytes >= front + firstBlock ? now : block;
            }
            return new Read(bytes, first, block, System.nanoTime() - begun, firstBlock);
        }
    }

    private static Read raced(Cid root, RacingRetrieval retrieval) throws IOException {
        Sums sums = new Sums(System.nanoTime());
        try (Flight flight = retrieval.open(Want.all(root))) {
            new DagWalk(flight, DagLimits.DEFAULT).walk(List.of(root), sums::add);
        }
        return sums.read();
    }

    private interface Figure {
        double of(Read read);
    }

    private static double median(Map<Way, List<Read>> reads, Way way, Figure figure) {
        double[] sorted = reads.getOrDefault(way, List.of()).stream()
                .mapToDouble(figure::of)
                .sorted()
                .toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void say(String line) {
        PrintWriter out =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    /** So many bytes by chance. */
    private static final class Noise extends InputStream {
        private final RandomGenerator random =
                RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(42);
        private long left;

        Noise(long size) {
            this.left = size;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read in pieces");
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            byte[] piece = new byte[(int) Math.min(length, left)];
            random.nextBytes(piece);
            System.arraycopy(piece, 0, target, offset, piece.length);
            left -= piece.length;
            return piece.length;
        }
    }
}
