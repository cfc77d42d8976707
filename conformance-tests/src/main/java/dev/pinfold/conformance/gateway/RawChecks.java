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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Raw blocks and errors of a trustless gateway. */
public final class RawChecks {
    private static final String SPEC = "IPFS Trustless Gateway: ";
    /** The empty identity CID: every gateway has it without looking anywhere. */
    static final String EMPTY = "bafkqaaa";

    private RawChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(blocks());
        checks.addAll(errors());
        return List.copyOf(checks);
    }

    private static List<Check> blocks() {
        return List.of(
                new Check(
                        "gateway.raw-probe",
                        G,
                        SHOULD,
                        "/ipfs/bafkqaaa?format=raw answers GET and HEAD with 200, without a body.",
                        SPEC + "dedicated probe paths",
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
                        "The bytes of a raw block have the hash of its CID, for every block of content that is held.",
                        SPEC + "application/vnd.ipld.raw responses",
                        "This is the whole point: a block that does not match is worth nothing.",
                        RawChecks::hash),
                new Check(
                        "gateway.identity-cid",
                        G,
                        INFO,
                        "Identity CIDs are answered from the CID itself.",
                        SPEC + "dedicated probe paths (other identity CIDs may not be handled)",
                        "Small files are often written this way and exist nowhere else.",
                        RawChecks::identity),
                new Check(
                        "gateway.format-beats-accept",
                        G,
                        SHOULD,
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
                        "Content that exists nowhere answers 404, or 502 or 504 if the gateway went looking; GET, HEAD and CAR alike.",
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

    private static void probe(Trial t) {
        Exchange exchange = t.gateway().raw(EMPTY);
        t.expectStatus(exchange, 200);
        t.expect(exchange.body().length == 0, exchange, "an empty body", exchange.body().length + " bytes");
        t.expectStatus(
                t.gateway()
                        .send(Ask.of("HEAD", "/ipfs/" + EMPTY + "?format=raw").with("Accept", RAW)),
                200);
    }

    private static void head(Trial t) {
        String cid = KnownContent.anyCid(t);
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
        String cid = KnownContent.anyCid(t);
        Exchange exchange = t.gateway().send(Ask.of("GET", "/ipfs/" + cid).with("Accept", RAW));
        t.requireStatus(exchange, 200);
        expectMatches(t, exchange, cid);
        t.expect(exchange.mediaType().equals(RAW), exchange, RAW, "'" + exchange.mediaType() + "'");
    }

    private static void hash(Trial t) {
        String root = KnownContent.anyCid(t);
        List<String> cids = new ArrayList<>(List.of(root));
        Optional<Cids.Cid> parsed = Cids.parse(root).filter(cid -> !cid.identity());
        parsed.ifPresent(cid -> KnownContent.of(t).leaves(cid, 5).forEach(leaf -> cids.add(leaf.text())));
        for (String cid : new LinkedHashSet<>(cids)) {
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
        String cid = KnownContent.anyCid(t);
        Exchange exchange =
                t.gateway().send(Ask.of("GET", "/ipfs/" + cid + "?format=raw").with("Accept", CAR));
        t.requireStatus(exchange, 200);
        t.expect(exchange.mediaType().equals(RAW), exchange, RAW, "'" + exchange.mediaType() + "'");
        expectMatches(t, exchange, cid);
    }

    private static void range(Trial t) {
        String cid = KnownContent.anyCid(t);
        byte[] whole = t.gateway().raw(cid).body();
        if (whole.length < 8) {
            throw t.skip("the block has only " + whole.length + " bytes; " + KnownContent.HOW);
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

    private static void identity(Trial t) {
        String cid = Cids.identity(t.session().unique("gw").getBytes(StandardCharsets.UTF_8));
        Exchange exchange = t.gateway().raw(cid);
        if (t.expectStatus(exchange, 200)) {
            expectMatches(t, exchange, cid);
        }
    }

    private static void badCid(Trial t) {
        String cut = KnownContent.anyCid(t);
        for (String text : List.of("not-a-cid", cut.substring(0, cut.length() - 2) + "1", "bafk")) {
            t.expectStatus(t.gateway().get("/ipfs/" + text + "?format=raw"), 400);
        }
    }

    private static void absent(Trial t) {
        String target = "/ipfs/" + t.session().hashedCid();
        expectAbsent(t, Ask.of("GET", target + "?format=raw").with("Accept", RAW));
        expectAbsent(t, Ask.of("HEAD", target + "?format=raw").with("Accept", RAW));
        if (KnownContent.of(t).cars()) {
            expectAbsent(t, Ask.of("GET", target + "?format=car").with("Accept", CAR));
        }
    }

    private static void expectAbsent(Trial t, Ask ask) {
        Exchange exchange = t.gateway().send(ask);
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
        Exchange exchange = t.gateway().get("/ipfs/" + KnownContent.anyCid(t) + "?format=conformance-unknown");
        t.expect(
                exchange.status() == 400 || exchange.status() == 406,
                exchange,
                "400 or 406",
                "status " + exchange.status());
    }
}
