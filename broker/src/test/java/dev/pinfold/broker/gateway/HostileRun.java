package dev.pinfold.broker.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Varint;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.unixfs.UnixFsReader;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads every hostile archive through a gateway whose source believes whatever the archive says. Runs in a JVM of its own
 * with little memory, and prints one line per archive: {@code ok NAME …} or {@code wrong NAME …}.
 */
final class HostileRun {
    /** Generous: the machine may be busy. Each takes milliseconds where it is not. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private HostileRun() {}

    public static void main(String[] arguments) throws IOException {
        for (JsonNode each : Shared.list("fixtures/hostile.json", "hostile")) {
            long start = System.nanoTime();
            String verdict = judge(each);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            boolean late = took.compareTo(LONGEST) > 0;
            System.out.println((verdict.startsWith("ok") && !late ? verdict : "wrong " + verdict) + " in "
                    + took.toMillis() + " ms");
        }
        System.out.println("end");
    }

    private static String judge(JsonNode each) throws IOException {
        String name = each.get("name").asText();
        MemoryRetrieval source = new MemoryRetrieval();
        believe(Shared.require("fixtures/" + each.get("file").asText()), source);
        String root = each.get("root").asText();
        StringBuilder seen = new StringBuilder();
        try (TestGateway gateway = TestGateway.over(source)) {
            for (String what : List.of("?format=raw", "?format=car", "?format=car&dag-scope=entity", "", "/")) {
                Got got = get(gateway, "/ipfs/" + root + what);
                seen.append(' ').append(got.status()).append(got.whole() ? "" : "…");
                String complaint = lie(what, root, source, got);
                if (complaint != null) {
                    return "wrong " + name + " " + what + ": " + complaint;
                }
            }
            String asExpected = expected(each.get("expect").asText(), seen.toString());
            int alive = get(gateway, "/ipfs/bafkqaaa?format=raw").status();
            return (asExpected.isEmpty() && alive == 200 ? "ok " : "wrong ") + name + seen + asExpected;
        }
    }

    /** What must be seen of raw, car, entity, file and directory, in this order; empty when it is. */
    private static String expected(String expect, String seen) {
        String[] of = seen.strip().split(" ", -1);
        boolean nothing = Arrays.stream(of).noneMatch(status -> status.equals("200"));
        boolean right = switch (expect) {
            case "reject-block" -> nothing;
            // The root is there, what is below is not whole: only the root's own block may come whole.
            case "incomplete" -> !of[1].equals("200") && !of[2].equals("200") && !of[3].equals("200");
            case "accept-only-if-order-unk", "accept-match-by-multihash" -> of[1].equals("200") && of[3].equals("200");
            case "reject-parse", "reject-too-large-before-alloc", "reject-weak-hash", "reject-unsupported-hash" ->
                nothing;
            case "limit-depth-or-stream-iteratively", "first-wins-or-error-deterministic" -> true;
            case "limit-entries" -> !of[4].equals("200");
            case "error-after-10-bytes", "never-escape" -> !of[3].equals("200") && !of[4].equals("200");
            case "reject-depth", "reject-node" -> !of[1].equals("200");
            default -> throw new AssertionError("an expectation this test does not know: " + expect);
        };
        return right ? "" : " but expected was " + expect;
    }

    /** Takes the sections of an archive as they are labelled, as far as they can be read, without any check. */
    private static void believe(Path file, MemoryRetrieval source) throws IOException {
        byte[] bytes;
        try (InputStream in = MemoryRetrieval.stream(file)) {
            bytes = in.readAllBytes();
        }
        try {
            int at = 0;
            long header = Varint.read(bytes, at, bytes.length, "header");
            at += Varint.size(header) + (int) header;
            while (at >= 0 && at < bytes.length) {
                long length = Varint.read(bytes, at, bytes.length, "section");
                at += Varint.size(length);
                int end = (int) Math.min(bytes.length, at + length);
                Cid cid = Cid.readPrefix(bytes, at, end);
                source.put(cid, Arrays.copyOfRange(bytes, at + cid.size(), end));
                at = end;
            }
        } catch (RuntimeException e) {
            // What cannot be read cannot be believed either.
        }
    }

    private record Got(int status, Buffer content, boolean whole) {
        byte[] body() {
            return content.getBytes();
        }
    }

    private static Got get(TestGateway gateway, String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(gateway.endpoint() + path).toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setReadTimeout((int) LONGEST.toMillis());
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int status;
        try {
            status = connection.getResponseCode();
        } catch (SocketException e) {
            // Reset before even the head was read.
            return new Got(0, Buffer.buffer(), false);
        }
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            if (in != null) {
                in.transferTo(body);
            }
            return new Got(status, Buffer.buffer(body.toByteArray()), true);
        } catch (IOException e) {
            return new Got(status, Buffer.buffer(body.toByteArray()), false);
        }
    }

    /** Looks at every byte that came: it must be proven by its hash. Null when it is. */
    private static @Nullable String lie(String what, String root, MemoryRetrieval source, Got got) {
        if (got.status() != 200) {
            String text = new String(got.body(), StandardCharsets.UTF_8);
            return got.body().length == 0 || text.startsWith("{\"error\"") ? null : "a refusal with a body of its own";
        }
        try {
            Cid cid = Cid.parse(root);
            if (what.contains("raw")) {
                return cid.multihash().verifies(got.body()) ? null : "bytes that are not the block";
            }
            if (what.contains("car")) {
                return carLie(got);
            }
            if (cid.codec() == Codec.DAG_CBOR) {
                return cid.multihash().verifies(got.body()) ? null : "bytes that are not the document";
            }
            return fileLie(cid, source, got);
        } catch (ContentException | IOException e) {
            return "bytes that cannot be proven: " + e.getMessage();
        }
    }

    private static @Nullable String carLie(Got got) throws IOException {
        try {
            CarReader car = new CarReader(new ByteArrayInputStream(got.body()));
            for (Block block = car.next(); block != null; block = car.next()) {
                // Reading it has proven it.
            }
            return null;
        } catch (ContentException e) {
            boolean cut = e.kind() == ContentException.Kind.INCOMPLETE && !got.whole();
            return cut ? null : "a CAR with " + e.getMessage();
        }
    }

    private static @Nullable String fileLie(Cid cid, MemoryRetrieval source, Got got) throws IOException {
        String text = new String(got.body(), StandardCharsets.UTF_8);
        if (text.startsWith("<!DOCTYPE html>")) {
            return text.contains("/..\"") || text.contains("../") ? "a link that leads out" : null;
        }
        // The blocks are proven when they are read here too.
        InputStream right = new UnixFsReader(source::bytes).open(cid).stream();
        for (byte each : got.body()) {
            if (right.read() != (each & 0xff)) {
                return "bytes that are not the file's";
            }
        }
        return got.whole() && right.read() >= 0 ? "an end before the file's" : null;
    }
}
