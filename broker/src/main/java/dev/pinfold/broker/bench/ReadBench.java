package dev.pinfold.broker.bench;

import dev.pinfold.broker.bench.ReadWays.Read;
import dev.pinfold.broker.bench.ReadWays.Way;
import dev.pinfold.broker.config.Units;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.retrieval.RacingRetrieval;
import dev.pinfold.broker.retrieval.RetrievalLog;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.unixfs.FileWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code pinfold bench read}: the rate and the first block of raced, verified reads from gateways and nodes, as blocks and
 * through the broker's own gateway, beside asking the first of them directly for the same: for a CAR, with every block proven
 * and without proving anything, and for the file. What a read leaves behind in the server weighs on the next one, so each way
 * follows each way, itself included, equally often; medians count.
 *
 * <p>Of a direct read the first byte is told too, which is that of the CAR's header: a gateway sends it before it has looked
 * for a block.
 */
@Command(
        name = "read",
        description = {
            "Measure raced, verified reads from trustless gateways and IPFS nodes, as blocks and through the broker's own"
                    + " gateway, against asking the first one directly for the same: for a CAR, with every block proven, as"
                    + " a client that verifies does, and without, and for the file.",
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
            defaultValue = "16",
            description = "Reads of each way, made up to a multiple of eight (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(
            names = "--link",
            description = "Read from the peers over a link of so many bytes a second, such as 100MiB, as over a network"
                    + " (default: as fast as they come).")
    @Nullable
    String link;

    @Option(names = "--json", description = "Print the figures as one JSON document.")
    boolean json;

    private final JsonObject figures = new JsonObject();
    private final List<ReadPeer> peers = new ArrayList<>();

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
        long rate = link == null ? Long.MAX_VALUE : size("--link", link, "nothing comes over a link of " + link);
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        List<ReadPeer> reached = link == null
                ? peers
                : peers.stream()
                        .map(peer -> peer.at(Relay.open(vertx, URI.create(peer.base()), rate)
                                .here()
                                .toString()))
                        .toList();
        Metrics metrics = new Metrics(new SimpleMeterRegistry());
        try (ScratchFolder folder = ScratchFolder.open();
                Fleet fleet = Fleet.open(specs(reached), vertx, metrics);
                RacingRetrieval retrieval = RacingRetrieval.among(
                        List.copyOf(fleet.all()), folder.path(), 0, new RetrievalLog(Clock.systemUTC()), metrics);
                ReadWays ways = new ReadWays(reached.getFirst(), retrieval, vertx, metrics)) {
            for (Map.Entry<String, Long> each : lengths.entrySet()) {
                Cid root = imported(each.getValue(), folder.path());
                int firstBlock = warmUp(root, ways, figures.isEmpty() ? WARM_UP : GET_USED);
                measure(each.getKey(), root, firstBlock, ways);
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
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw wrong(option + ": '" + uri + "' is not an address such as http://127.0.0.1:8089");
        }
        return uri.toString().replaceFirst("/+$", "");
    }

    private Map<String, Long> lengths() {
        Map<String, Long> lengths = new LinkedHashMap<>();
        for (String size : sizes) {
            lengths.put(size, size("--size", size, "there is nothing to read of a file of " + size));
        }
        return lengths;
    }

    private long size(String option, String text, String whyNotNothing) {
        long size;
        try {
            size = Units.size(text);
        } catch (IllegalArgumentException e) {
            throw wrong(option + ": '" + text + "' " + e.getMessage());
        }
        if (size == 0) {
            throw wrong(option + ": " + whyNotNothing);
        }
        return size;
    }

    private static List<ProviderSpec> specs(List<ReadPeer> reached) {
        List<ProviderSpec> specs = new ArrayList<>();
        reached.forEach(peer -> specs.add(peer.spec("peer-" + (specs.size() + 1))));
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
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (ReadPeer peer : peers) {
            try {
                peer.give(http, blocks);
            } catch (ConnectException e) {
                throw wrong(peer.base() + " cannot be reached: is it running?");
            }
        }
        Files.delete(blocks);
        return root;
    }

    /** Returns the size of the first block. */
    private static int warmUp(Cid root, ReadWays ways, Duration time) throws IOException {
        int firstBlock = 0;
        long until = System.nanoTime() + time.toNanos();
        do {
            for (Way way : Way.values()) {
                Read read = ways.read(way, root, firstBlock);
                firstBlock = way == Way.RACED ? read.firstBlock() : firstBlock;
            }
        } while (System.nanoTime() < until);
        return firstBlock;
    }

    private void measure(String size, Cid root, int firstBlock, ReadWays ways) throws IOException {
        Map<Way, List<Read>> reads = new EnumMap<>(Way.class);
        Map<Way, Long> processor = new EnumMap<>(Way.class);
        for (int i = 0; i < rounds; i += Way.values().length) {
            for (Way way : Way.order()) {
                long before = processorNanos();
                reads.computeIfAbsent(way, none -> new ArrayList<>()).add(ways.read(way, root, firstBlock));
                processor.merge(way, processorNanos() - before, Long::sum);
            }
        }
        Map<Way, Double> rates = new EnumMap<>(Way.class);
        Map<Way, Double> firsts = new EnumMap<>(Way.class);
        reads.forEach((way, all) -> {
            rates.put(way, median(all, Read::mibPerSecond));
            firsts.put(way, median(all, read -> read.blockNanos() / 1e6));
        });
        double byteMs = median(reads.getOrDefault(Way.PLAIN, List.of()), read -> read.byteNanos() / 1e6);
        JsonObject json = new JsonObject();
        for (Way way : Way.values()) {
            double rate = rates.getOrDefault(way, 0.0);
            double first = firsts.getOrDefault(way, 0.0);
            double perGib = processor.getOrDefault(way, 0L)
                    / 1e9
                    / (reads.getOrDefault(way, List.of()).stream()
                                    .mapToLong(Read::bytes)
                                    .sum()
                            / (double) (1 << 30));
            double ratio = rate / rates.getOrDefault(way.like(), 0.0);
            json.put(
                    way.key(),
                    new JsonObject()
                            .put("mibPerSecond", rate)
                            .put("ratio", ratio)
                            .put("firstBlockMs", first)
                            .put("processorSecondsPerGiB", perGib));
            String text = "%8s %-28s %7.1f MiB/s, %4.2f s of processor time a GiB, first block %6.1f ms"
                    .formatted(size, way.text(), rate, perGib, first);
            say(
                    way == way.like()
                            ? text
                            : text
                                    + ", %+6.1f ms, ratio %.2f"
                                            .formatted(first - firsts.getOrDefault(way.like(), 0.0), ratio));
        }
        say("%8s %-28s first byte %6.1f ms".formatted(size, Way.PLAIN.text(), byteMs));
        figures.put(size, json.put("directFirstByteMs", byteMs));
    }

    /** What this process has used, the broker and its client: not the peers. */
    private static long processorNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    private interface Figure {
        double of(Read read);
    }

    private static double median(List<Read> reads, Figure figure) {
        double[] sorted = reads.stream().mapToDouble(figure::of).sorted().toArray();
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
