package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L2;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Query;
import dev.pinfold.conformance.session.Want;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** L2: what goes in. Valid input is taken and given back unchanged; invalid input is refused, never guessed at. */
public final class InputChecks {
    private static final String PIN = "PSA v1.0.0: schemas/Pin";
    private static final String PARAMETERS = "PSA v1.0.0: parameters/";
    private static final String PEER = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";

    private InputChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(cids());
        checks.addAll(names());
        checks.addAll(originsAndMeta());
        checks.addAll(bodies());
        checks.addAll(parameters());
        return List.copyOf(checks);
    }

    private static List<Check> cids() {
        return List.of(
                new Check(
                        "cid.missing-400",
                        L2,
                        MUST,
                        "A pin request without a cid is refused with 400.",
                        PIN + ", required: cid",
                        "Whoever sends none has a bug that should show at once, not as a pin that fails later.",
                        t -> t.expectRefused(
                                t.psa()
                                        .add(Json.object()
                                                .put("name", t.session().unique("none"))),
                                "a pin without cid")),
                new Check(
                        "cid.garbage-400",
                        L2,
                        MUST,
                        "A cid that is no CID is refused with 400.",
                        PIN + ", cid (Content Identifier)",
                        "A mistyped CID becomes a pin that waits for ever for content that cannot exist.",
                        InputChecks::garbageCid),
                new Check(
                        "cid.v0-and-v1-echoed",
                        L2,
                        MUST,
                        "CIDv0 and CIDv1 (base32) are accepted and given back byte for byte.",
                        PIN + ", cid",
                        "Clients look for the text they sent; a converted CID looks like another pin.",
                        t -> echoCids(
                                t,
                                Map.of(
                                        "CIDv0", Cids.v0(bytes(t)),
                                        "CIDv1 dag-pb", Cids.v1(Cids.DAG_PB, bytes(t)),
                                        "CIDv1 raw", Cids.v1(Cids.RAW, bytes(t))))),
                new Check(
                        "cid.other-forms-echoed",
                        L2,
                        SHOULD,
                        "dag-cbor, base36 and identity CIDs are accepted and given back byte for byte.",
                        PIN + ", cid (the specification names no codec, base or hash)",
                        "IPLD users pin dag-cbor roots, and subdomain gateways hand out base36.",
                        t -> echoCids(
                                t,
                                Map.of(
                                        "dag-cbor", Cids.v1(Cids.DAG_CBOR, bytes(t)),
                                        "base36", Cids.v1Base36(bytes(t)),
                                        "identity", Cids.identity(bytes(t))))));
    }

    private static List<Check> names() {
        return List.of(
                new Check(
                        "name.255-accepted",
                        L2,
                        MUST,
                        "A name of 255 characters is accepted and kept whole.",
                        PIN + ", name (maxLength 255)",
                        "A name that is cut silently is not found again.",
                        t -> echoName(t, "n".repeat(255 - 40) + filler(t, 40))),
                new Check(
                        "name.255-code-points",
                        L2,
                        SHOULD,
                        "The limit of 255 counts characters, not bytes.",
                        PIN + ", name (maxLength counts characters in JSON Schema)",
                        "Names in Greek, Hindi or Chinese would be cut at half or a third of their length.",
                        t -> echoName(t, "ж".repeat(255 - 40) + filler(t, 40))),
                new Check(
                        "name.256-refused",
                        L2,
                        SHOULD,
                        "A name of 256 characters is refused with 400.",
                        PIN + ", name (maxLength 255)",
                        "Without a limit the list answers grow as anybody likes.",
                        t -> t.expectRefused(
                                t.psa().add(t.want().name("n".repeat(256)).json()), "a name of 256 characters")),
                new Check(
                        "name.unicode-round-trip",
                        L2,
                        MUST,
                        "Names come back exactly as sent: emoji, right-to-left, composed or not, quotes, slashes, spaces.",
                        PIN + ", name (string)",
                        "A name is how people and Kubo's MFS policy find their pin again.",
                        InputChecks::unicodeNames),
                new Check(
                        "name.nul-handled",
                        L2,
                        MUST,
                        "A NUL character in a name is taken or refused, but is no server error.",
                        "PSA v1.0.0: responses 400 and 5XX; PostgreSQL text cannot hold NUL",
                        "One such request should not show up as an outage.",
                        t -> noServerError(
                                t, t.psa().add(t.want().name("a\u0000b").json()), "a name with NUL")));
    }

    private static List<Check> originsAndMeta() {
        return List.of(
                new Check(
                        "origins.20-accepted",
                        L2,
                        MUST,
                        "20 origins are accepted; 21 are refused or ignored, but are no server error.",
                        "PSA v1.0.0: schemas/Origins (maxItems 20)",
                        "Kubo sends every address it has.",
                        InputChecks::origins),
                new Check(
                        "origins.unknown-protocol-not-fatal",
                        L2,
                        MUST,
                        "Origins with newer protocols (quic-v1, webtransport, webrtc, wss) do not fail the pin.",
                        "PSA v1.0.0: Provider hints (failing to use origins must not fail the pin)",
                        "Current nodes announce these by default; a refusal locks all of them out.",
                        InputChecks::newOrigins),
                new Check(
                        "meta.round-trip",
                        L2,
                        MUST,
                        "meta is stored and given back as sent.",
                        "PSA v1.0.0: schemas/PinMeta (persisted with the pin)",
                        "Applications keep in it which of their objects a pin belongs to.",
                        t -> echoMeta(t, new TreeMap<>(Map.of("app_id", "a-1", "ключ", "значение", "dotted.key", "")))),
                new Check(
                        "meta.100-keys-round-trip",
                        L2,
                        SHOULD,
                        "100 meta pairs are stored and given back.",
                        "PSA v1.0.0: schemas/PinMeta (no smaller limit is named)",
                        "A limit of ten keys is met by ordinary applications.",
                        InputChecks::hundredKeys),
                new Check(
                        "meta.non-string-value-400",
                        L2,
                        MUST,
                        "A meta value that is no string is refused with 400.",
                        "PSA v1.0.0: schemas/PinMeta (additionalProperties: string)",
                        "Values that are turned into text silently never match the filter that was meant.",
                        InputChecks::metaTypes));
    }

    private static List<Check> bodies() {
        return List.of(
                new Check(
                        "body.malformed-json-400",
                        L2,
                        MUST,
                        "A body that is no JSON object is refused with 400.",
                        "PSA v1.0.0: addPin, requestBody; responses/BadRequest",
                        "A server error would make clients try again what can never work.",
                        InputChecks::malformed),
                new Check(
                        "body.1-mib-handled",
                        L2,
                        SHOULD,
                        "A body of 1 MiB is answered in time and is no server error; the next request works.",
                        "Pinfold conformance: bounded input",
                        "A service that stumbles over a large body can be stopped by anybody with a token.",
                        InputChecks::bigBody),
                new Check(
                        "body.wrong-content-type-handled",
                        L2,
                        SHOULD,
                        "A body with another Content-Type is taken or refused, but is no server error.",
                        "PSA v1.0.0: addPin, requestBody (application/json)",
                        "People try the API by hand; the answer should tell them what is wrong.",
                        t -> noServerError(
                                t,
                                t.psa()
                                        .send(Ask.of("POST", "/pins")
                                                .json(Json.compact(t.want().json()))
                                                .with("Content-Type", "text/plain")),
                                "text/plain")));
    }

    private static List<Check> parameters() {
        return List.of(
                new Check(
                        "limit.out-of-range-400",
                        L2,
                        SHOULD,
                        "limit=0, −1, 1001 and abc are refused with 400.",
                        PARAMETERS + "limit (1 to 1000)",
                        "A client that asks for 5000 and gets 1000 believes that it has seen everything.",
                        t -> refuseEach(t, "limit", List.of("0", "-1", "1001", "abc"))),
                new Check(
                        "before-after.garbage-400",
                        L2,
                        MUST,
                        "before and after that are no date-times are refused with 400.",
                        PARAMETERS + "before, after (format date-time)",
                        "Ignoring them sends a paging client round in circles on the first page.",
                        t -> {
                            refuseEach(t, "before", List.of("yesterday"));
                            refuseEach(t, "after", List.of("2026-13-45T99:00:00Z"));
                        }),
                new Check(
                        "status.unknown-400",
                        L2,
                        MUST,
                        "An unknown status in the filter is refused with 400.",
                        PARAMETERS + "status (enum)",
                        "A mistyped filter that is ignored lists, and then deletes, the wrong pins.",
                        t -> refuseEach(t, "status", List.of("pined", "pinned,unpinned"))),
                new Check(
                        "match.unknown-400",
                        L2,
                        MUST,
                        "An unknown match strategy is refused with 400.",
                        PARAMETERS + "match (schemas/TextMatchingStrategy, enum)",
                        "A client that asks for a regular expression must not get an exact match instead.",
                        t -> {
                            Exchange exchange =
                                    t.psa().list(Query.all().name("x").and("match", "regex"));
                            t.expectRefused(exchange, "match=regex");
                        }),
                new Check(
                        "cid.list-of-11-400",
                        L2,
                        SHOULD,
                        "A cid filter with 11 items is refused with 400.",
                        PARAMETERS + "cid (maxItems 10)",
                        "Looking at ten of eleven silently reports the last one as missing.",
                        t -> t.expectRefused(
                                t.psa()
                                        .list(Query.all()
                                                .cids(IntStream.range(0, 11)
                                                        .mapToObj(
                                                                i -> t.session().hashedCid())
                                                        .toList())),
                                "a cid filter of 11")));
    }

    private static void garbageCid(Trial t) {
        for (String garbage :
                List.of("not-a-cid", "Qm123", "", "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbz!!")) {
            t.expectRefused(t.psa().add(t.want().cid(garbage).json()), "cid '" + garbage + "'");
        }
    }

    private static void echoCids(Trial t, Map<String, String> forms) {
        new TreeMap<>(forms).forEach((form, cid) -> {
            Exchange posted = t.psa().add(t.want().cid(cid).json());
            if (t.expect(posted.success(), posted, form + " is accepted", "status " + posted.status())) {
                t.expect(cidOf(posted).equals(cid), posted, form + " given back as " + cid, "'" + cidOf(posted) + "'");
                Psa.requestId(posted).ifPresent(id -> {
                    Exchange read = t.psa().get(id);
                    t.expect(cidOf(read).equals(cid), read, form + " given back as " + cid, "'" + cidOf(read) + "'");
                });
            }
        });
    }

    private static String cidOf(Exchange exchange) {
        return exchange.json().path("pin").path("cid").asText();
    }

    private static void echoName(Trial t, String name) {
        Want want = t.want().name(name);
        Exchange posted = t.psa().add(want.json());
        if (t.expect(posted.success(), posted, "the name is accepted", "status " + posted.status())) {
            expectName(t, posted, name);
            Psa.requestId(posted).ifPresent(id -> expectName(t, t.psa().get(id), name));
        }
    }

    private static void expectName(Trial t, Exchange at, String name) {
        String got = at.json().path("pin").path("name").asText();
        t.expect(got.equals(name), at, "pin.name " + quoted(name), "pin.name " + quoted(got));
    }

    private static String quoted(String text) {
        return text.length() > 60 ? "of " + text.codePointCount(0, text.length()) + " characters" : "'" + text + "'";
    }

    private static String filler(Trial t, int length) {
        String unique = t.session().unique("n");
        return (unique + "-".repeat(length))
                .substring(unique.length() > length ? unique.length() - length : 0)
                .substring(0, length);
    }

    private static void unicodeNames(Trial t) {
        List<String> names = List.of(
                "emoji 🦊👩‍👩‍👧",
                "עברית \u202ertl",
                "nfc é nfd e\u0301",
                "a/b\\c \"quoted\" 'x'",
                "50% + 1, 2; 3 & 4 = #5",
                " spaces kept ",
                "<b>not html</b>");
        for (String name : names) {
            echoName(t, name);
        }
    }

    private static void noServerError(Trial t, Exchange exchange, String what) {
        t.expect(exchange.status() < 500, exchange, what + " is no server error", "status " + exchange.status());
    }

    private static void origins(Trial t) {
        Exchange twenty = t.psa().add(t.want().origins(addresses(20)).json());
        t.expect(twenty.success(), twenty, "20 origins are accepted", "status " + twenty.status());
        noServerError(t, t.psa().add(t.want().origins(addresses(21)).json()), "21 origins");
    }

    private static List<String> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "/ip4/203.0.113." + (i + 1) + "/tcp/4001/p2p/" + PEER)
                .toList();
    }

    private static void newOrigins(Trial t) {
        List<String> modern = List.of(
                "/ip4/203.0.113.7/udp/4001/quic-v1/p2p/" + PEER,
                "/ip4/203.0.113.7/udp/4001/quic-v1/webtransport/p2p/" + PEER,
                "/ip4/203.0.113.7/udp/4001/webrtc-direct/p2p/" + PEER,
                "/dns4/node.example.com/tcp/443/wss/p2p/" + PEER,
                "/dns4/node.example.com/tcp/443/tls/http/p2p/" + PEER);
        Exchange exchange = t.psa().add(t.want().origins(modern).json());
        t.expect(exchange.success(), exchange, "the pin is accepted", "status " + exchange.status());
    }

    private static void echoMeta(Trial t, Map<String, String> pairs) {
        Want want = t.want();
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            want = want.meta(pair.getKey(), pair.getValue());
        }
        Pinned pin = t.pin(want);
        Exchange read = t.psa().get(pin.id());
        for (Map.Entry<String, String> pair : want.meta().entrySet()) {
            String got =
                    read.json().path("pin").path("meta").path(pair.getKey()).asText("missing");
            if (!t.expect(
                    got.equals(pair.getValue()),
                    read,
                    "meta[" + pair.getKey() + "] = '" + pair.getValue() + "'",
                    "'" + got + "'")) {
                break;
            }
        }
    }

    private static void hundredKeys(Trial t) {
        Map<String, String> pairs = new TreeMap<>();
        IntStream.range(0, 99).forEach(i -> pairs.put("key" + i, "value " + i));
        echoMeta(t, pairs);
    }

    private static void metaTypes(Trial t) {
        for (String value : List.of("7", "true", "{\"nested\":\"x\"}", "[\"x\"]")) {
            ObjectNode body = t.want().json();
            body.putObject("meta")
                    .set(
                            "key",
                            Json.parse(value.getBytes(StandardCharsets.UTF_8)).orElseThrow());
            t.expectRefused(t.psa().add(body), "meta value " + value);
        }
    }

    private static void malformed(Trial t) {
        for (String body : List.of("{\"cid\":", "not json", "[]", "\"text\"")) {
            t.expectRefused(t.psa().send(Ask.of("POST", "/pins").json(body)), "the body " + body);
        }
    }

    private static void bigBody(Trial t) {
        ObjectNode body = t.want().json();
        body.putObject("meta").put("big", "x".repeat(1 << 20));
        try {
            Exchange big = t.psa().add(body);
            noServerError(t, big, "a body of 1 MiB");
        } catch (NoAnswer none) {
            // Closing the connection on a body that is too long is allowed; leaving it open without an answer is not.
            t.expect(!none.timeout(), none.exchange(), "an answer, or a closed connection", none.sentence());
        }
        t.expectStatus(t.psa().list(Query.all().limit(1)), 200);
    }

    private static void refuseEach(Trial t, String parameter, List<String> values) {
        for (String value : values) {
            t.expectRefused(t.psa().list(Query.none().and(parameter, value)), parameter + "=" + value);
        }
    }

    private static byte[] bytes(Trial t) {
        return t.session().unique("c").getBytes(StandardCharsets.UTF_8);
    }
}
