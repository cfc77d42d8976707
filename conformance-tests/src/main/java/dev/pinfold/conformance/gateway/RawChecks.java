package dev.pinfold.conformance.gateway;

import static dev.pinfold.conformance.rule.Level.G;
import static dev.pinfold.conformance.rule.Severity.INFO;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;
import static dev.pinfold.conformance.session.GatewayAccess.CAR;
import static dev.pinfold.conformance.session.GatewayAccess.RAW;

import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Raw blocks, headers and errors of a trustless gateway. Inline CIDs are used where no real content is needed. */
public final class RawChecks {
    private static final String SPEC = "IPFS Trustless Gateway: ";
    /** The empty identity CID: every gateway has it without looking anywhere. */
    static final String EMPTY = "bafkqaaa";

    private RawChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(blocks());
        checks.addAll(headers());
        checks.addAll(errors());
        return List.copyOf(checks);
    }

    private static List<Check> blocks() {
        return List.of(
                new Check(
                        "gateway.raw-probe",
                        G,
                        MUST,
                        "GET /ipfs/bafkqaaa?format=raw answers 200 with an empty body.",
                        SPEC + "GET /ipfs/{cid}, dedicated probe paths",
                        "Clients probe with it before they use a gateway at all.",
                        RawChecks::probe),
                new Check(
                        "gateway.head",
                        G,
                        MUST,
                        "HEAD answers like GET, without a body.",
                        SPEC + "HEAD /ipfs/{cid}",
                        "Clients ask with HEAD whether content is there.",
                        RawChecks::head),
                new Check(
                        "gateway.accept-raw",
                        G,
                        MUST,
                        "Accept: application/vnd.ipld.raw alone gives the raw block.",
                        SPEC + "Accept (request header)",
                        "Not every client can add a parameter to the URL.",
                        RawChecks::acceptRaw),
                new Check(
                        "gateway.raw-hash",
                        G,
                        MUST,
                        "The bytes of a raw block have the hash of its CID.",
                        SPEC + "application/vnd.ipld.raw responses",
                        "This is the whole point: a block that does not match is worth nothing.",
                        RawChecks::hash),
                new Check(
                        "gateway.format-beats-accept",
                        G,
                        MUST,
                        "?format= decides when it and Accept differ.",
                        SPEC + "format (query parameter); IPIP-0523",
                        "Browsers send an Accept of their own; the URL is what the user chose.",
                        RawChecks::formatWins),
                new Check(
                        "gateway.raw-range",
                        G,
                        SHOULD,
                        "A Range on a raw block is answered with exactly that part (206), or with the whole block (200).",
                        "IPFS Path Gateway: Range (request header)",
                        "A part from the wrong place is taken for the right one.",
                        RawChecks::range));
    }

    private static List<Check> headers() {
        return List.of(
                new Check(
                        "gateway.raw-content-type",
                        G,
                        MUST,
                        "A raw block has Content-Type: application/vnd.ipld.raw.",
                        SPEC + "Content-Type (response header)",
                        "Clients check the type before they read; gateways that ignore format= are recognised by it.",
                        RawChecks::contentType),
                new Check(
                        "gateway.content-disposition",
                        G,
                        MUST,
                        "A raw block is an attachment with a file name.",
                        SPEC + "Content-Disposition (response header)",
                        "Opened in a browser it would be shown as whatever it looks like.",
                        RawChecks::disposition),
                new Check(
                        "gateway.file-name",
                        G,
                        INFO,
                        "The file name of a raw block ends in .bin.",
                        SPEC + "Content-Disposition (response header)",
                        "Tools that save blocks and pick them up again go by the ending.",
                        RawChecks::fileName),
                new Check(
                        "gateway.etag",
                        G,
                        MUST,
                        "Answers have an Etag, and If-None-Match with it answers 304.",
                        SPEC + "Etag (response header); IPFS Path Gateway: If-None-Match",
                        "Caches ask again and again for content that cannot change.",
                        RawChecks::etag),
                new Check(
                        "gateway.nosniff",
                        G,
                        SHOULD,
                        "Raw answers have X-Content-Type-Options: nosniff.",
                        SPEC + "X-Content-Type-Options (response header)",
                        "A browser may otherwise run a block as a page.",
                        RawChecks::nosniff),
                new Check(
                        "gateway.cache-immutable",
                        G,
                        SHOULD,
                        "Cache-Control says public, immutable and at least 29030400 seconds.",
                        SPEC + "Cache-Control (response header)",
                        "Content under /ipfs/ never changes; each refetch is waste.",
                        RawChecks::cache),
                new Check(
                        "gateway.cors",
                        G,
                        SHOULD,
                        "Answers allow any origin to read them.",
                        "IPFS Path Gateway: Access-Control-Allow-Origin (response header)",
                        "Without it no web page can verify content for itself.",
                        RawChecks::cors));
    }

    private static List<Check> errors() {
        return List.of(
                new Check(
                        "gateway.bad-cid-400",
                        G,
                        MUST,
                        "A path that holds no CID answers 400.",
                        "IPFS Path Gateway: 400 Bad Request",
                        "404 would say that the content is missing, and repair would start.",
                        RawChecks::badCid),
                new Check(
                        "gateway.absent-not-200",
                        G,
                        MUST,
                        "Content that exists nowhere answers 404, or 502 or 504 if the gateway went looking.",
                        "IPFS Path Gateway: 404 Not Found; " + SPEC + "block unavailable",
                        "A 200 or a 500 hides from the client that it has to ask elsewhere.",
                        RawChecks::absent),
                new Check(
                        "gateway.only-if-cached-412",
                        G,
                        SHOULD,
                        "Cache-Control: only-if-cached for absent content answers 412, without looking for it.",
                        "IPFS Path Gateway: Cache-Control (request header), only-if-cached",
                        "Clients use it to ask many gateways cheaply who has the content.",
                        RawChecks::onlyIfCached),
                new Check(
                        "gateway.unknown-format-refused",
                        G,
                        SHOULD,
                        "An unknown ?format= answers 400 or 406.",
                        SPEC + "format (query parameter)",
                        "Anything else hands the client bytes it did not ask for.",
                        RawChecks::unknownFormat));
    }

    /** Content the operator named, or an inline CID when that shows the rule just as well. */
    private static String anyCid(Trial t) {
        return t.gateway().knownCid().orElse(inline(t));
    }

    private static String inline(Trial t) {
        return Cids.identity(t.session().unique("gw").getBytes(StandardCharsets.UTF_8));
    }

    private static void probe(Trial t) {
        Exchange exchange = t.gateway().raw(EMPTY);
        t.expectStatus(exchange, 200);
        t.expect(exchange.body().length == 0, exchange, "an empty body", exchange.body().length + " bytes");
    }

    private static void head(Trial t) {
        String cid = anyCid(t);
        Exchange get = t.gateway().raw(cid);
        Exchange head =
                t.gateway().send(Ask.of("HEAD", "/ipfs/" + cid + "?format=raw").with("Accept", RAW));
        t.expect(
                head.status() == get.status(),
                head,
                "status " + get.status() + " as for GET",
                "status " + head.status());
        t.expect(head.body().length == 0, head, "no body", head.body().length + " bytes");
        t.expect(
                head.mediaType().equals(get.mediaType()),
                head,
                "Content-Type " + get.mediaType(),
                "'" + head.mediaType() + "'");
    }

    private static void acceptRaw(Trial t) {
        String cid = anyCid(t);
        Exchange exchange = t.gateway().send(Ask.of("GET", "/ipfs/" + cid).with("Accept", RAW));
        t.requireStatus(exchange, 200);
        expectMatches(t, exchange, cid);
        t.expect(exchange.mediaType().equals(RAW), exchange, RAW, "'" + exchange.mediaType() + "'");
    }

    private static void hash(Trial t) {
        for (String cid :
                t.gateway().knownCid().map(known -> List.of(known, inline(t))).orElse(List.of(inline(t)))) {
            Exchange exchange = t.gateway().raw(cid);
            if (t.expectStatus(exchange, 200)) {
                expectMatches(t, exchange, cid);
            }
        }
    }

    private static void expectMatches(Trial t, Exchange exchange, String cid) {
        Optional<Boolean> matches = Cids.parse(cid).flatMap(parsed -> parsed.matches(exchange.body()));
        t.expect(
                matches.orElse(true),
                exchange,
                "bytes with the hash of " + cid,
                exchange.body().length + " other bytes");
    }

    private static void formatWins(Trial t) {
        String cid = anyCid(t);
        Exchange exchange =
                t.gateway().send(Ask.of("GET", "/ipfs/" + cid + "?format=raw").with("Accept", CAR));
        t.requireStatus(exchange, 200);
        t.expect(exchange.mediaType().equals(RAW), exchange, RAW, "'" + exchange.mediaType() + "'");
        expectMatches(t, exchange, cid);
    }

    private static void range(Trial t) {
        String cid = anyCid(t);
        byte[] whole = t.gateway().raw(cid).body();
        if (whole.length < 8) {
            throw t.skip("the block has only " + whole.length + " bytes");
        }
        Exchange part = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + cid + "?format=raw")
                        .with("Accept", RAW)
                        .with("Range", "bytes=2-5"));
        if (part.status() == 200) {
            t.expect(Arrays.equals(part.body(), whole), part, "the whole block with status 200", "other bytes");
            return;
        }
        t.requireStatus(part, 206);
        t.expect(
                Arrays.equals(part.body(), Arrays.copyOfRange(whole, 2, 6)),
                part,
                "bytes 2 to 5",
                part.body().length + " bytes, or others");
        String range = part.header("content-range").orElse("none");
        t.expect(range.equals("bytes 2-5/" + whole.length), part, "Content-Range: bytes 2-5/" + whole.length, range);
    }

    private static void contentType(Trial t) {
        Exchange exchange = t.gateway().raw(anyCid(t));
        t.expect(exchange.mediaType().equals(RAW), exchange, RAW, "'" + exchange.mediaType() + "'");
    }

    private static void disposition(Trial t) {
        Exchange exchange = t.gateway().raw(anyCid(t));
        String value = exchange.header("content-disposition").orElse("none");
        t.expect(
                value.startsWith("attachment") && value.contains("filename"),
                exchange,
                "Content-Disposition: attachment; filename=…",
                value);
    }

    private static void fileName(Trial t) {
        Exchange exchange = t.gateway().raw(anyCid(t));
        String value = exchange.header("content-disposition").orElse("none");
        t.expect(value.contains(".bin"), exchange, "a file name ending in .bin", value);
    }

    private static void etag(Trial t) {
        String cid = anyCid(t);
        Exchange first = t.gateway().raw(cid);
        String etag = first.header("etag").orElse("");
        t.require(!etag.isEmpty(), first, "an Etag", "none");
        Exchange again = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + cid + "?format=raw")
                        .with("Accept", RAW)
                        .with("If-None-Match", etag));
        t.expectStatus(again, 304);
    }

    private static void nosniff(Trial t) {
        Exchange exchange = t.gateway().raw(anyCid(t));
        String value = exchange.header("x-content-type-options").orElse("none");
        t.expect(value.equalsIgnoreCase("nosniff"), exchange, "nosniff", value);
    }

    private static void cache(Trial t) {
        Exchange exchange = t.gateway().raw(anyCid(t));
        String value = exchange.header("cache-control").orElse("none").toLowerCase(Locale.ROOT);
        var age = Pattern.compile("max-age=(\\d{1,12})").matcher(value);
        boolean lasting = age.find() && Long.parseLong(age.group(1)) >= 29030400L;
        t.expect(
                value.contains("public") && value.contains("immutable") && lasting,
                exchange,
                "public, max-age=29030400, immutable",
                value);
    }

    private static void cors(Trial t) {
        Exchange exchange = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + anyCid(t) + "?format=raw")
                        .with("Accept", RAW)
                        .with("Origin", "https://app.example.com"));
        String value = exchange.header("access-control-allow-origin").orElse("none");
        t.expect(
                value.equals("*") || value.equals("https://app.example.com"),
                exchange,
                "Access-Control-Allow-Origin: *",
                value);
    }

    private static void badCid(Trial t) {
        t.expectStatus(t.gateway().get("/ipfs/not-a-cid?format=raw"), 400);
    }

    private static void absent(Trial t) {
        Exchange exchange = t.gateway().raw(t.session().hashedCid());
        boolean right = List.of(404, 410, 502, 504).contains(exchange.status());
        t.expect(right, exchange, "404, or 502 or 504", "status " + exchange.status());
    }

    private static void onlyIfCached(Trial t) {
        Exchange exchange = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + t.session().hashedCid() + "?format=raw")
                        .with("Accept", RAW)
                        .with("Cache-Control", "only-if-cached"));
        t.expectStatus(exchange, 412);
    }

    private static void unknownFormat(Trial t) {
        Exchange exchange = t.gateway().get("/ipfs/" + anyCid(t) + "?format=conformance-unknown");
        t.expect(
                exchange.status() == 400 || exchange.status() == 406,
                exchange,
                "400 or 406",
                "status " + exchange.status());
    }
}
