package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardSettings;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.content.unixfs.DirectoryEntry;
import dev.pinfold.content.unixfs.PathWalk;
import dev.pinfold.content.unixfs.UnixFsLimits;
import dev.pinfold.content.unixfs.UnixFsReader;
import dev.pinfold.spi.ProviderConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Raced reads from software that this project did not write. What js-ipfs chunked, linked and sharded itself comes back byte
 * for byte: from it, with its old gateway, which ignores {@code format=}, in the same race; and from Helia alone, a
 * trustless gateway that was given the same blocks.
 */
class PeerReadTest {
    private static final String BOUNDARY = "pinfold-test";
    private static final int ENTRIES = 300;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    /** A part of a multipart body. */
    private record Part(String name, BodyPublisher bytes) {}

    @Test
    @Timeout(1200)
    void what_a_real_node_made_of_files_and_directories_comes_back_as_it_was() throws Exception {
        Path peers = Path.of(System.getProperty("pinfold.root", ".."))
                .resolve("../shared/peers")
                .toAbsolutePath()
                .normalize();
        boolean there = Files.isExecutable(peers.resolve("start-jsipfs.sh")) && Boolean.getBoolean("pinfold.peers");
        if (!there) {
            System.out.println(
                    "skipped: needs " + peers + " and -Dpinfold.peers=true (installs js-ipfs and Helia on first use)");
        }
        assumeTrue(there, "no real node");
        Matcher node = start(
                "jsipfs: pid=(\\d+) api=(\\S+) gateway=(\\S+)",
                peers.resolve("start-jsipfs.sh"),
                folder.resolve("repo").toString());
        try {
            Matcher gateway = start("helia-gw: pid=(\\d+) url=(\\S+)", peers.resolve("start-helia-gw.sh"), "0", "mem");
            try {
                read(node.group(2), node.group(3), gateway.group(2));
            } finally {
                end(gateway);
            }
        } finally {
            end(node);
        }
    }

    private void read(String api, String old, String gateway) throws Exception {
        Vertx vertx = Vertx.vertx();
        Metrics metrics = new Metrics(new SimpleMeterRegistry());
        RetrievalLog log = new RetrievalLog(Clock.systemUTC());
        try (Fleet first = Fleet.open(nodeAndOldGateway(api, old), vertx, metrics);
                Fleet second = Fleet.open(List.of(gateway("helia", gateway)), vertx, metrics);
                RacingRetrieval raced = among(first, "raced", log, metrics);
                RacingRetrieval alone = among(second, "alone", log, metrics)) {
            Bench bench = new Bench(api, gateway, List.of(raced, alone), log);
            directories(bench);
            files(bench);
        } finally {
            vertx.close().await();
        }
    }

    private RacingRetrieval among(Fleet fleet, String name, RetrievalLog log, Metrics metrics) throws IOException {
        Path data = Files.createDirectories(folder.resolve(name));
        return RacingRetrieval.among(List.copyOf(fleet.all()), data, 0, log, metrics);
    }

    /** Where content is made, whom else it is given to, and how it is read. */
    private record Bench(String api, String gateway, List<RacingRetrieval> ways, RetrievalLog log) {}

    private static List<ProviderSpec> nodeAndOldGateway(String api, String old) {
        return List.of(spec("js-ipfs", "kubo", Map.of("endpoint", api)), gateway("old-gateway", old));
    }

    private static ProviderSpec gateway(String id, String address) {
        return spec(
                id,
                "psa",
                Map.of("preset", "generic", "endpoint", address + "/psa", "token", "none", "gateway", address));
    }

    private static ProviderSpec spec(String id, String type, Map<String, String> settings) {
        ProviderConfig config = new ProviderConfig(id, settings, Path.of("."));
        return new ProviderSpec(id, type, Map.of(), config, GuardSettings.defaults());
    }

    private void directories(Bench bench) throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            String text = "the content of entry " + i;
            wanted.put("ünï-" + i + ".txt", text);
            parts.add(new Part("tree/ünï-" + i + ".txt", BodyPublishers.ofString(text)));
        }
        Cid plain = add(bench, "", parts);
        Cid sharded = add(bench, "&shard-split-threshold=100", parts);
        assertThat(sharded).as("sharded, not plain").isNotEqualTo(plain);
        for (Cid root : List.of(plain, sharded)) {
            for (RacingRetrieval way : bench.ways()) {
                Map<String, String> found = new TreeMap<>();
                try (Flight flight = way.open(Want.all(root))) {
                    UnixFsReader reader = new UnixFsReader(flight);
                    for (DirectoryEntry entry : reader.list(root)) {
                        ByteArrayOutputStream out = new ByteArrayOutputStream();
                        reader.open(entry.cid()).copyTo(out);
                        found.put(entry.name(), out.toString(StandardCharsets.UTF_8));
                    }
                }
                assertThat(found).isEqualTo(wanted);
                assertThat(bench.log().recent(root, 1).getFirst().bytes()).containsOnlyKeys(Story.Origin.HOT);
            }
            paths(bench, root);
        }
    }

    /** A file is found by its path from either; from a gateway, of which more can be asked for, by one request. */
    private static void paths(Bench bench, Cid root) throws IOException {
        for (RacingRetrieval way : bench.ways()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (Flight flight = way.open(new Want(root, "ünï-177.txt", Want.Scope.ENTITY, Optional.empty()))) {
                Cid file = new PathWalk(flight, UnixFsLimits.DEFAULT)
                        .follow(root, List.of("ünï-177.txt"))
                        .target();
                new UnixFsReader(flight).open(file).copyTo(out);
            }
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("the content of entry 177");
        }
        assertThat(bench.log().recent(root, 1).getFirst().events())
                .as("asked of Helia")
                .filteredOn(entry -> entry.event() instanceof RetrievalEvent.Started)
                .hasSize(1);
    }

    private void files(Bench bench) throws Exception {
        List<Long> sizes = new ArrayList<>(List.of(1L << 10, (1L << 20) + 1, 64L << 20));
        if (Boolean.getBoolean("pinfold.thorough")) {
            sizes.add(1L << 30);
        } else {
            System.out.println("the file of 1 GiB needs -Dpinfold.thorough=true");
        }
        for (long size : sizes) {
            Path source = folder.resolve("source");
            String wanted = noise(source, size);
            Cid root = add(bench, "", List.of(new Part("file", BodyPublishers.ofFile(source))));
            for (RacingRetrieval way : bench.ways()) {
                for (Want want : List.of(Want.all(root), new Want(root, "", Want.Scope.ENTITY, Optional.empty()))) {
                    MessageDigest digest = MessageDigest.getInstance("SHA-256");
                    try (Flight flight = way.open(want);
                            OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                        new UnixFsReader(flight).open(root).copyTo(out);
                    }
                    assertThat(HexFormat.of().formatHex(digest.digest()))
                            .as(size + " bytes, " + want.scope())
                            .isEqualTo(wanted);
                }
                ranges(way, bench.log(), root, source);
            }
        }
    }

    /** At the beginning, across the file, and at its end. */
    private static void ranges(RacingRetrieval way, RetrievalLog log, Cid root, Path source) throws IOException {
        long size = Files.size(source);
        for (long from : new long[] {0, size / 3, size * 3 / 4, size - 1}) {
            long to = Math.min(from + (1 << 20), size);
            Want.ByteRange range = new Want.ByteRange(from, Optional.of(to - 1));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (Flight flight = way.open(new Want(root, "", Want.Scope.ENTITY, Optional.of(range)))) {
                new UnixFsReader(flight).open(root, from, to).copyTo(out);
            }
            byte[] wanted = new byte[(int) (to - from)];
            try (FileChannel file = FileChannel.open(source)) {
                assertThat(file.read(ByteBuffer.wrap(wanted), from)).isEqualTo(wanted.length);
            }
            assertThat(out.toByteArray()).as(from + " to " + to + " of " + size).isEqualTo(wanted);
            assertThat(log.recent(root, 1).getFirst().events())
                    .as("a right copy is not doubted")
                    .noneMatch(entry -> entry.event() instanceof RetrievalEvent.Doubted);
        }
    }

    /** Writes bytes that do not repeat; returns their SHA-256. */
    private static String noise(Path file, long size) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(size);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            byte[] piece = new byte[1 << 20];
            for (long left = size; left > 0; left -= piece.length) {
                random.nextBytes(piece);
                out.write(piece, 0, (int) Math.min(left, piece.length));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Has the node add files, and gives the gateway their blocks; returns the root, which the node names last. */
    private Cid add(Bench bench, String how, List<Part> parts) throws IOException, InterruptedException {
        List<BodyPublisher> body = new ArrayList<>();
        for (Part part : parts) {
            String name = java.net.URLEncoder.encode(part.name(), StandardCharsets.UTF_8);
            body.add(BodyPublishers.ofString(
                    "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                            + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
            body.add(part.bytes());
            body.add(BodyPublishers.ofString("\r\n"));
        }
        body.add(BodyPublishers.ofString("--" + BOUNDARY + "--\r\n"));
        HttpRequest post = HttpRequest.newBuilder(URI.create(
                        bench.api() + "/api/v0/add?cid-version=1&cid-base=base32&raw-leaves=true&pin=false" + how))
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.concat(body.toArray(BodyPublisher[]::new)))
                .build();
        String said = http.send(post, BodyHandlers.ofString()).body();
        Matcher hash = Pattern.compile("\"Hash\":\"([a-z0-9]+)\"").matcher(said);
        String last = "";
        while (hash.find()) {
            last = hash.group(1);
        }
        assertThat(last).as(said).isNotEmpty();
        give(bench, last);
        return Cid.parse(last);
    }

    private void give(Bench bench, String root) throws IOException, InterruptedException {
        HttpRequest export = HttpRequest.newBuilder(URI.create(bench.api() + "/api/v0/dag/export?arg=" + root))
                .POST(BodyPublishers.noBody())
                .build();
        Path car = Files.createTempFile(folder, "given", ".car");
        http.send(export, BodyHandlers.ofFile(car));
        HttpRequest put = HttpRequest.newBuilder(URI.create(bench.gateway() + "/_import"))
                .PUT(BodyPublishers.ofFile(car))
                .build();
        var answer = http.send(put, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        Files.delete(car);
    }

    /** Starts a peer; returns what it says of itself, its process id first. */
    private Matcher start(String says, Path script, String... arguments) throws Exception {
        Path said = folder.resolve("peer.txt");
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        String text = Files.readString(said);
        Matcher peer = Pattern.compile(says).matcher(text);
        assertThat(peer.find()).as(text).isTrue();
        return peer;
    }

    private static void end(Matcher peer) {
        ProcessHandle.of(Long.parseLong(peer.group(1))).ifPresent(ProcessHandle::destroy);
    }
}
