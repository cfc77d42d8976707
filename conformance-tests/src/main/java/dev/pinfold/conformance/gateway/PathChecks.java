package dev.pinfold.conformance.gateway;

import static dev.pinfold.conformance.rule.Level.G;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.content.Dag;
import dev.pinfold.conformance.content.Dag.Entry;
import dev.pinfold.conformance.content.UnixFs.Kind;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Files and directories as browsers see them. A gateway may be trustless only; it is then not judged by these. What is
 * right is known from the raw blocks, whose hashes are checked.
 */
public final class PathChecks {
    private static final String SPEC = "IPFS Path Gateway: ";
    private static final int MOST_LEAVES = 40;

    private PathChecks() {}

    public static List<Check> all() {
        return List.of(
                new Check(
                        "gateway.path-file",
                        G,
                        MUST,
                        "A file's path gives the bytes of the file.",
                        SPEC + "GET /ipfs/{cid}[/{path}], deserialized responses",
                        "Nobody who opens a link checks hashes.",
                        PathChecks::file),
                new Check(
                        "gateway.path-sharded",
                        G,
                        MUST,
                        "A file in a sharded directory is found by its name.",
                        SPEC + "path resolution; UnixFS HAMT",
                        "Large directories are sharded; their files would be lost.",
                        PathChecks::sharded),
                new Check(
                        "gateway.path-head",
                        G,
                        SHOULD,
                        "HEAD of a file answers like GET, with the file's length and without a body.",
                        SPEC + "HEAD /ipfs/{cid}[/{path}]",
                        "Players and download managers ask first.",
                        PathChecks::head),
                new Check(
                        "gateway.path-range",
                        G,
                        SHOULD,
                        "A Range of a file gives exactly that part (206), or the whole file (200).",
                        SPEC + "Range (request header)",
                        "Players jump; a part from the wrong place is noise.",
                        PathChecks::range),
                new Check(
                        "gateway.path-missing-404",
                        G,
                        MUST,
                        "A name that a directory does not have answers 404.",
                        SPEC + "404 Not Found",
                        "A page instead of 404 is taken for the file.",
                        PathChecks::missing),
                new Check(
                        "gateway.path-directory-slash",
                        G,
                        SHOULD,
                        "A directory without a slash at the end redirects to the one with it.",
                        SPEC + "301 Moved Permanently",
                        "Relative links of the page would lead one level too high.",
                        PathChecks::slash),
                new Check(
                        "gateway.path-headers",
                        G,
                        SHOULD,
                        "A file's answer has an Etag, X-Ipfs-Path, and the CIDs on the way in X-Ipfs-Roots.",
                        SPEC + "Etag, X-Ipfs-Path, X-Ipfs-Roots (response headers)",
                        "Caches purge and monitors count by them.",
                        PathChecks::headers));
    }

    private static Exchange get(Trial t, String path) {
        return t.gateway().get("/ipfs/" + KnownContent.anyCid(t) + path);
    }

    /** A file by its path; skips when the gateway hands out no files at all. */
    private static Exchange deserialized(Trial t, Entry entry) {
        Exchange exchange = get(t, entry.path());
        String type = exchange.mediaType();
        if (exchange.status() == 400 || exchange.status() == 406 || type.startsWith("application/vnd.ipld.")) {
            throw t.skip("the gateway is trustless only: it gives no files");
        }
        return exchange;
    }

    private static Entry anyFile(Trial t) {
        return KnownContent.entry(t, "file", entry -> entry.kind().file() && !entry.sharded());
    }

    private static Entry shardedFile(Trial t) {
        return KnownContent.entry(
                t,
                "file in a sharded directory",
                entry -> entry.sharded() && entry.kind().file());
    }

    private static Entry directory(Trial t) {
        return KnownContent.entry(t, "directory", entry -> entry.kind() == Kind.DIRECTORY);
    }

    /** The bytes of the file out of its raw blocks; skips when these cannot be had or are too many. */
    private static byte[] right(Trial t, Entry file) {
        List<Cid> leaves = KnownContent.dag(t).leaves(file.cid(), MOST_LEAVES + 1);
        if (leaves.size() > MOST_LEAVES) {
            throw t.skip("the file has more than " + MOST_LEAVES + " blocks");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Cid leaf : leaves) {
            bytes.writeBytes(leaf.identity() ? leaf.digest() : block(t, leaf));
        }
        return bytes.toByteArray();
    }

    private static byte[] block(Trial t, Cid leaf) {
        Exchange exchange = t.gateway().raw(leaf.text());
        if (exchange.status() != 200 || !leaf.matches(exchange.body()).orElse(true)) {
            throw t.skip("block " + leaf.text() + " could not be read (see gateway.raw-hash)");
        }
        return Dag.fileBytes(leaf, exchange.body());
    }

    private static void file(Trial t) {
        expectFile(t, anyFile(t));
    }

    private static void sharded(Trial t) {
        expectFile(t, shardedFile(t));
    }

    private static void expectFile(Trial t, Entry file) {
        Exchange exchange = deserialized(t, file);
        t.requireStatus(exchange, 200);
        byte[] right = right(t, file);
        t.expect(
                Arrays.equals(exchange.body(), right),
                exchange,
                "the " + right.length + " bytes of the file",
                exchange.body().length + " bytes, or others");
    }

    private static void head(Trial t) {
        Entry file = anyFile(t);
        Exchange get = deserialized(t, file);
        t.requireStatus(get, 200);
        Exchange head = t.gateway().send(Ask.of("HEAD", "/ipfs/" + KnownContent.anyCid(t) + file.path()));
        t.requireStatus(head, 200);
        t.expect(head.mediaType().equals(get.mediaType()), head, get.mediaType(), "'" + head.mediaType() + "'");
        String length = head.header("content-length").orElse("none");
        String right = String.valueOf(get.body().length);
        t.expect(length.equals(right), head, "Content-Length: " + right, length);
    }

    private static void range(Trial t) {
        Entry file = anyFile(t);
        byte[] whole = deserialized(t, file).body();
        if (whole.length < 8) {
            throw t.skip("the file has only " + whole.length + " bytes");
        }
        int from = whole.length / 2;
        Exchange part = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + KnownContent.anyCid(t) + file.path())
                        .with("Range", "bytes=" + from + "-" + (from + 3)));
        if (part.status() == 200) {
            t.expect(Arrays.equals(part.body(), whole), part, "the whole file with status 200", "other bytes");
            return;
        }
        t.requireStatus(part, 206);
        t.expect(
                Arrays.equals(part.body(), Arrays.copyOfRange(whole, from, from + 4)),
                part,
                "bytes " + from + " to " + (from + 3),
                part.body().length + " bytes, or others");
        String range = part.header("content-range").orElse("none");
        String right = "bytes " + from + "-" + (from + 3) + "/" + whole.length;
        t.expect(range.equals(right), part, "Content-Range: " + right, range);
    }

    private static void missing(Trial t) {
        deserialized(t, anyFile(t));
        t.expectStatus(
                get(t, directory(t).path() + "/no-such-name-" + t.session().run()), 404);
    }

    private static void slash(Trial t) {
        deserialized(t, anyFile(t));
        Entry directory = directory(t);
        Exchange exchange = get(t, directory.path());
        boolean redirects = List.of(301, 302, 303, 307, 308).contains(exchange.status());
        t.require(redirects, exchange, "a redirect", "status " + exchange.status());
        String to = exchange.header("location").orElse("none").replaceAll("\\?.*", "");
        t.expect(to.endsWith(directory.path() + "/"), exchange, "Location: …" + directory.path() + "/", to);
    }

    private static void headers(Trial t) {
        Entry file = anyFile(t);
        Exchange exchange = deserialized(t, file);
        t.requireStatus(exchange, 200);
        t.expect(exchange.header("etag").isPresent(), exchange, "an Etag", "none");
        t.expect(exchange.header("x-ipfs-path").isPresent(), exchange, "X-Ipfs-Path", "none");
        String roots = exchange.header("x-ipfs-roots").orElse("none");
        t.expect(
                List.of(roots.split("[,\\s]+", -1)).contains(file.cid().text()),
                exchange,
                "X-Ipfs-Roots with " + file.cid().text(),
                roots);
    }
}
