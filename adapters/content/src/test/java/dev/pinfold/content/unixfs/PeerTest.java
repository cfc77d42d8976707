package dev.pinfold.content.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.content.MemoryBlocks;
import dev.pinfold.content.Shared;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The CIDs of files and directories are those an independent IPFS implementation gives them.
 *
 * <p>With {@code -Dpinfold.peers=true} it starts the node of the shared folder (its first start installs it, some minutes);
 * with {@code -Dpinfold.peer.rpc=http://127.0.0.1:PORT} it asks one that runs, by its Kubo-style RPC.
 */
class PeerTest {
    private static final int CHUNK = 262_144;
    private static final Pattern NAME_HASH = Pattern.compile("\"Name\":\"([^\"]*)\",\"Hash\":\"([^\"]*)\"");

    private static String rpc = System.getProperty("pinfold.peer.rpc", "");
    private static long started;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void find_or_start_the_peer() throws Exception {
        boolean wanted = Boolean.getBoolean("pinfold.peers");
        if (rpc.isEmpty() && !wanted) {
            System.out.println("Skipped: no IPFS node to compare with; -Dpinfold.peers=true starts one");
        }
        assumeTrue(wanted || !rpc.isEmpty(), "no IPFS node to compare with (-Dpinfold.peers=true starts one)");
        if (rpc.isEmpty()) {
            start();
        }
    }

    private static void start() throws Exception {
        Path script = Shared.require("peers/start-jsipfs.sh");
        Path log = Files.createTempFile("peer", ".log");
        Process process = new ProcessBuilder("bash", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES))
                .as("the peer starts in time")
                .isTrue();
        Matcher line = Pattern.compile("pid=(\\d+) api=(\\S+)").matcher(Files.readString(log));
        assertThat(line.find()).as(Files.readString(log)).isTrue();
        started = Long.parseLong(line.group(1));
        rpc = line.group(2);
    }

    @AfterAll
    static void stop_what_was_started() {
        if (started != 0) {
            ProcessHandle.of(started).ifPresent(ProcessHandle::destroy);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 1_000_000, 173L * CHUNK, 174L * CHUNK})
    void files_around_chunk_and_node_boundaries_have_the_peers_cid(long size) throws Exception {
        same(size, UnixFsOptions.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(longs = {174L * CHUNK + 1, 175L * CHUNK, 348L * CHUNK + 7})
    void files_of_more_than_one_node_have_the_peers_cid(long size) throws Exception {
        same(size, UnixFsOptions.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(longs = {173 * 174, 174 * 174 - 1, 174 * 174, 174 * 174 + 1, 174 * 174 + 175, 2 * 174 * 174 + 3})
    void files_with_three_and_four_levels_have_the_peers_cid(long chunks) throws Exception {
        same(chunks * 64 - 5, new UnixFsOptions(64, 174, CHUNK, 256));
    }

    private void same(long size, UnixFsOptions options) throws IOException, InterruptedException {
        byte[] content = new byte[(int) size];
        new Random(size).nextBytes(content);
        Added ours = FileWriter.add(new ByteArrayInputStream(content), block -> {}, options);
        Map<String, String> theirs = add(Map.of("file", content), options, false);
        assertThat(ours.cid()).hasToString(theirs.get("file"));
        assertThat(ours.fileSize()).isEqualTo(size);
    }

    @Test
    void a_tree_with_nested_empty_and_unicode_names_has_the_peers_cids() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("t/a.txt", bytes("hello\n"));
        files.put("t/empty", new byte[0]);
        files.put("t/sub/deeper/b.bin", new byte[CHUNK + 1]);
        files.put("t/sub/zürich 東京 🎈.txt", bytes("unicode"));
        files.put("t/sub/\uff5e-after-\ud83d\ude00-in-bytes", bytes("sorted by bytes"));
        files.put("t/sub/\ud83d\ude00", bytes("emoji"));
        files.put("t/B", bytes("capital"));
        files.put("t/b-", bytes("dash"));
        compareTree(files);
    }

    @Test
    void a_directory_of_900_entries_has_the_peers_cid() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < 900; i++) {
            files.put("t/file-" + i, bytes("content " + i));
        }
        compareTree(files);
    }

    @Test
    void a_sharded_directory_has_the_peers_cid() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        // This peer shards by count, ours by bytes: enough for both.
        for (int i = 0; i < 2500; i++) {
            files.put(
                    "t/" + "a-rather-long-name-for-a-file-to-fill-the-directory-quickly-".repeat(2) + i,
                    bytes("" + i % 7));
        }
        compareTree(files);
    }

    private void compareTree(Map<String, byte[]> files) throws Exception {
        MemoryBlocks blocks = new MemoryBlocks();
        TreeWriter writer = new TreeWriter(blocks, UnixFsOptions.DEFAULT);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            writer.addFile(file.getKey().substring(2), new ByteArrayInputStream(file.getValue()));
        }
        Added ours = writer.finish();
        Map<String, String> theirs = add(files, UnixFsOptions.DEFAULT, files.size() > 1000);
        assertThat(ours.cid()).hasToString(theirs.get("t"));
    }

    private Map<String, String> add(Map<String, byte[]> files, UnixFsOptions options, boolean shard)
            throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int part = 0;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            String name = java.net.URLEncoder.encode(file.getKey(), StandardCharsets.UTF_8)
                    .replace("+", "%20");
            body.writeBytes(bytes("--x\r\nContent-Disposition: form-data; name=\"file-" + part++ + "\"; filename=\""
                    + name + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
            body.writeBytes(file.getValue());
            body.writeBytes(bytes("\r\n"));
        }
        body.writeBytes(bytes("--x--\r\n"));
        return send(
                body.toByteArray(),
                "&chunker=size-" + options.chunkSize() + (shard ? "&shard-split-threshold=1000" : ""));
    }

    private Map<String, String> send(byte[] body, String query) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(rpc
                        + "/api/v0/add?cid-version=1&raw-leaves=true&cid-base=base32&pin=false&progress=false" + query))
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Map<String, String> found = new LinkedHashMap<>();
        for (String line : List.of(response.body().split("\n"))) {
            Matcher matcher = NAME_HASH.matcher(line);
            if (matcher.find()) {
                found.put(matcher.group(1), matcher.group(2));
            }
        }
        return found;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
