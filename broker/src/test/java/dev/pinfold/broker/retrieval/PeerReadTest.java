package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardSettings;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.content.unixfs.DirectoryEntry;
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
 * Raced reads from a node that this project did not write, js-ipfs: what it chunked, linked and sharded itself comes back
 * byte for byte. Its old gateway, which ignores {@code format=}, runs in the same race.
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
        Path start = Path.of(System.getProperty("pinfold.root", ".."))
                .resolve("../shared/peers/start-jsipfs.sh")
                .toAbsolutePath()
                .normalize();
        boolean there = Files.isExecutable(start) && Boolean.getBoolean("pinfold.peers");
        if (!there) {
            System.out.println("skipped: needs " + start + " and -Dpinfold.peers=true (installs js-ipfs on first use)");
        }
        assumeTrue(there, "no real node");
        Matcher peer = start(start);
        Path data = Files.createDirectories(folder.resolve("data"));
        Vertx vertx = Vertx.vertx();
        Metrics metrics = new Metrics(new SimpleMeterRegistry());
        RetrievalLog log = new RetrievalLog(Clock.systemUTC());
        try (Fleet fleet = Fleet.open(specs(peer.group(2), peer.group(3)), vertx, metrics);
                RacingRetrieval retrieval = RacingRetrieval.among(List.copyOf(fleet.all()), data, 0, log, metrics)) {
            directories(peer.group(2), retrieval, log);
            files(peer.group(2), retrieval);
        } finally {
            vertx.close().await();
            ProcessHandle.of(Long.parseLong(peer.group(1))).ifPresent(ProcessHandle::destroy);
        }
    }

    private static List<ProviderSpec> specs(String api, String gateway) {
        Map<String, String> node = Map.of("endpoint", api);
        Map<String, String> old =
                Map.of("preset", "generic", "endpoint", gateway + "/psa", "token", "none", "gateway", gateway);
        return List.of(spec("js-ipfs", "kubo", node), spec("old-gateway", "psa", old));
    }

    private static ProviderSpec spec(String id, String type, Map<String, String> settings) {
        ProviderConfig config = new ProviderConfig(id, settings, Path.of("."));
        return new ProviderSpec(id, type, Map.of(), config, GuardSettings.defaults());
    }

    private void directories(String api, RacingRetrieval retrieval, RetrievalLog log) throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            String text = "the content of entry " + i;
            wanted.put("ünï-" + i + ".txt", text);
            parts.add(new Part("tree/ünï-" + i + ".txt", BodyPublishers.ofString(text)));
        }
        Cid plain = add(api, "", parts);
        Cid sharded = add(api, "&shard-split-threshold=100", parts);
        assertThat(sharded).as("sharded, not plain").isNotEqualTo(plain);
        for (Cid root : List.of(plain, sharded)) {
            Map<String, String> found = new TreeMap<>();
            try (Flight flight = retrieval.open(Want.all(root))) {
                UnixFsReader reader = new UnixFsReader(flight);
                for (DirectoryEntry entry : reader.list(root)) {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    reader.open(entry.cid()).copyTo(out);
                    found.put(entry.name(), out.toString(StandardCharsets.UTF_8));
                }
            }
            assertThat(found).isEqualTo(wanted);
            assertThat(log.recent(root, 1).getFirst().bytes()).containsOnlyKeys(Story.Origin.HOT);
        }
    }

    private void files(String api, RacingRetrieval retrieval) throws Exception {
        List<Long> sizes = new ArrayList<>(List.of(1L << 10, (1L << 20) + 1, 64L << 20));
        if (Boolean.getBoolean("pinfold.thorough")) {
            sizes.add(1L << 30);
        } else {
            System.out.println("the file of 1 GiB needs -Dpinfold.thorough=true");
        }
        for (long size : sizes) {
            Path source = folder.resolve("source");
            String wanted = noise(source, size);
            Cid root = add(api, "", List.of(new Part("file", BodyPublishers.ofFile(source))));
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (Flight flight = retrieval.open(Want.all(root));
                    OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                new UnixFsReader(flight).open(root).copyTo(out);
            }
            assertThat(HexFormat.of().formatHex(digest.digest()))
                    .as(size + " bytes")
                    .isEqualTo(wanted);
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

    /** Has the node add files; gives the root, which it names last. */
    private Cid add(String api, String how, List<Part> parts) throws IOException, InterruptedException {
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
        HttpRequest post = HttpRequest.newBuilder(
                        URI.create(api + "/api/v0/add?cid-version=1&cid-base=base32&raw-leaves=true&pin=false" + how))
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
        return Cid.parse(last);
    }

    private Matcher start(Path script) throws Exception {
        Path said = folder.resolve("peer.txt");
        Process process = new ProcessBuilder(
                        script.toString(), folder.resolve("repo").toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        String line = Files.readString(said);
        Matcher peer =
                Pattern.compile("jsipfs: pid=(\\d+) api=(\\S+) gateway=(\\S+)").matcher(line);
        assertThat(peer.find()).as(line).isTrue();
        return peer;
    }
}
