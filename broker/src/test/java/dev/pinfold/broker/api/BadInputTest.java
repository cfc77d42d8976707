package dev.pinfold.broker.api;

import static dev.pinfold.broker.api.Bad.authorization;
import static dev.pinfold.broker.api.Bad.body;
import static dev.pinfold.broker.api.Bad.call;
import static dev.pinfold.broker.api.Bad.get;
import static dev.pinfold.broker.api.Bad.multipart;
import static dev.pinfold.broker.api.Bad.operator;
import static dev.pinfold.broker.api.Bad.post;
import static dev.pinfold.broker.api.Bad.raw;
import static dev.pinfold.broker.api.Bad.upload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.api.ApiBroker.Account;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that are wrong: each gets the right status and a message that says what is wrong, none gets a 5xx, and none
 * changes anything. Wrong command lines and wrong YAML files have tables of their own in {@code WrongUsageTest} and
 * {@code ConfigLoaderTest}.
 */
class BadInputTest {
    private static final String CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    private static final String WITH_CID = "{\"cid\":\"" + CID + "\"";
    private static final String UNKNOWN = "/pins/00000000-0000-4000-8000-000000000000";
    private static final String CAR = "application/vnd.ipld.car";
    private static final String FORM = "multipart/form-data; boundary=b";
    private static ApiBroker broker;
    private static Account account;
    private static Map<String, String> filled;
    private static Map<String, Long> before;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() {
        broker =
                ApiBroker.start(folder, "limits: {maxUploadBytes: 300KiB, requestsPerSecond: 100000, burst: 100000}\n");
        account = broker.tenant();
        Account reader =
                broker.token(account.tenant(), EnumSet.of(dev.pinfold.broker.pin.Caller.Scope.PINS_READ), null, null);
        Account revoked = broker.tenant();
        Account operator = broker.operator();
        String pin = new Client(broker.endpoint(), account.token()).pin("{\"cid\":\"bafkqac3imvwgy3zao5xxe3de\"}");
        new Client(broker.endpoint(), operator.token()).delete("/api/v1/tokens/" + revoked.tokenId());
        filled = Map.of(
                "TOKEN",
                account.token(),
                "READER",
                reader.token(),
                "REVOKED",
                revoked.token(),
                "OPERATOR",
                operator.token(),
                "PIN",
                pin);
        broker.await(
                "the pin of the test is placed",
                () -> broker.number("SELECT count(*) FROM pin WHERE status = 2") == 1
                        && broker.number("SELECT count(*) FROM content WHERE due_at IS NOT NULL") == 0);
        before = broker.state();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    static Stream<Bad> requests() {
        return Stream.of(
                        bodies(),
                        strings(),
                        queries(),
                        identity(),
                        paths(),
                        transport(),
                        uploads(),
                        forms(),
                        operators(),
                        hostileCars())
                .flatMap(List::stream);
    }

    @Test
    void there_are_at_least_150_rows() {
        assertThat(requests().count()).isGreaterThanOrEqualTo(150);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void a_wrong_request_is_refused_with_a_reason_and_changes_nothing(Bad bad) throws IOException {
        String request = bad.request();
        for (Map.Entry<String, String> one : filled.entrySet()) {
            request = request.replace(one.getKey(), one.getValue());
        }
        RawHttp.Answer answer = RawHttp.send(broker.endpoint(), request.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(answer.status()).as(answer.body()).isEqualTo(bad.status());
        // Status 0: the connection is closed, since nobody knows where the next request would start.
        if (bad.status() != 0 && !bad.request().startsWith("HEAD")) {
            assertThat(answer.headers().get("content-type")).isEqualTo("application/json");
            assertThat(answer.json().at("/error/reason").asText()).matches("[A-Z_]+");
            assertThat(answer.json().at("/error/details").asText()).contains(bad.word());
        }
        Map<String, Long> expected = before;
        boolean unchanged =
                broker.holdsWithin(Duration.ofSeconds(2), () -> broker.state().equals(expected));
        before = broker.state();
        assertThat(unchanged).as("%s became %s", expected, before).isTrue();
    }

    private static List<Bad> bodies() {
        return List.of(
                body(400, "no body", ""),
                body(400, "JSON", "   "),
                body(400, "JSON", "{"),
                body(400, "JSON", "{\"cid\""),
                body(400, "JSON", "{\"cid\":}"),
                body(400, "JSON", "{'cid':'" + CID + "'}"),
                body(400, "JSON", "cid=" + CID),
                body(400, "JSON", CID),
                body(400, "JSON", "<pin/>"),
                body(400, "JSON", WITH_CID + "} trailing"),
                body(400, "JSON", WITH_CID + "}" + WITH_CID + "}"),
                body(400, "JSON", WITH_CID + ",}"),
                body(400, "JSON", "{// comment\n\"cid\":\"" + CID + "\"}"),
                body(400, "JSON", WITH_CID + ",\"name\":NaN}"),
                body(400, "JSON", WITH_CID + ",\"name\":\"line\nbreak\"}"),
                body(400, "JSON", WITH_CID + ",\"name\":\"\\q\"}"),
                body(400, "uplicate", WITH_CID + ",\"cid\":\"" + CID + "\"}"),
                body(400, "uplicate", WITH_CID + ",\"meta\":{\"a\":\"1\",\"a\":\"2\"}}"),
                body(400, "an array", "[]"),
                body(400, "an array", "[" + WITH_CID + "}]"),
                body(400, "null", "null"),
                body(400, "a number", "1"),
                body(400, "a boolean", "true"),
                body(400, "a string", "\"" + CID + "\""),
                body(400, "no 'cid'", "{}"),
                body(400, "no 'cid'", "{\"cid\":null}"),
                body(400, "no 'cid'", "{\"CID\":\"" + CID + "\"}"),
                body(400, "must be a string", "{\"cid\":1}"),
                body(400, "must be a string", "{\"cid\":true}"),
                body(400, "must be a string", "{\"cid\":[\"" + CID + "\"]}"),
                body(400, "must be a string", "{\"cid\":{\"/\":\"" + CID + "\"}}"),
                body(400, "'cid'", "{\"cid\":\"\"}"),
                body(400, "'cid'", "{\"cid\":\" \"}"),
                body(400, "CID", "{\"cid\":\"hello\"}"),
                body(400, "CID", "{\"cid\":\"" + CID + " \"}"),
                body(400, "CID", "{\"cid\":\" " + CID + "\"}"),
                body(400, "CID", "{\"cid\":\"/ipfs/" + CID + "\"}"),
                body(400, "CID", "{\"cid\":\"ipfs://" + CID + "\"}"),
                body(400, "CID", "{\"cid\":\"" + CID + "/file\"}"),
                body(400, "CID", "{\"cid\":\"" + CID.substring(0, 40) + "\"}"),
                body(400, "CID", "{\"cid\":\"" + CID + "aa\"}"),
                body(400, "CID", "{\"cid\":\"" + CID.replace('g', '1') + "\"}"),
                body(400, "CID", "{\"cid\":\"" + CID.toUpperCase(java.util.Locale.ROOT) + "x\"}"),
                body(400, "CID", "{\"cid\":\"QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbd0\"}"),
                body(400, "CID", "{\"cid\":\"QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbd\"}"),
                body(400, "CID", "{\"cid\":\"zQmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG\"}"),
                body(400, "CID", "{\"cid\":\"k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v\"}"),
                body(400, "CID", "{\"cid\":\"b" + "a".repeat(500) + "\"}"),
                body(400, "CID", "{\"cid\":\"" + CID + "\\u0000\"}"),
                body(400, "CID", "{\"cid\":\"\\ud800\"}"),
                body(400, "CID", "{\"cid\":\"💾\"}"),
                body(400, "too deep", "[".repeat(50_000)),
                body(400, "too deep", "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)),
                body(400, "too deep", WITH_CID + ",\"x\":" + "[".repeat(100) + "]".repeat(100) + "}"),
                body(400, "too long", WITH_CID + ",\"x\":\"" + "y".repeat(300_000) + "\"}"),
                body(400, "too long", WITH_CID + ",\"x\":" + "9".repeat(2_000) + "}"));
    }

    private static List<Bad> strings() {
        return List.of(
                body(400, "256 characters", WITH_CID + ",\"name\":\"" + "n".repeat(256) + "\"}"),
                body(400, "256 characters", WITH_CID + ",\"name\":\"" + "😀".repeat(256) + "\"}"),
                body(400, "'name' must be a string", WITH_CID + ",\"name\":5}"),
                body(400, "'name' must be a string", WITH_CID + ",\"name\":[\"a\"]}"),
                body(400, "'name' must be a string", WITH_CID + ",\"name\":{}}"),
                body(400, "NUL", WITH_CID + ",\"name\":\"a\\u0000b\"}"),
                body(400, "surrogate", WITH_CID + ",\"name\":\"a\\ud800b\"}"),
                body(400, "surrogate", WITH_CID + ",\"name\":\"\\udc00\\ud800\"}"),
                post("body with a bare 0xff byte", 400, "JSON", "/pins", WITH_CID + ",\"name\":\"\u00ff\"}"),
                post("body with an overlong NUL", 400, "NUL", "/pins", WITH_CID + ",\"name\":\"\u00c0\u0080\"}"),
                post(
                        "body in UTF-8 that ends too early",
                        400,
                        "JSON",
                        "/pins",
                        WITH_CID + ",\"name\":\"\u00e2\u0082\"}"),
                body(400, "'origins' must be an array", WITH_CID + ",\"origins\":\"/ip4/1.2.3.4/tcp/1\"}"),
                body(400, "'origins' must be an array", WITH_CID + ",\"origins\":{}}"),
                body(400, "strings only", WITH_CID + ",\"origins\":[1]}"),
                body(400, "strings only", WITH_CID + ",\"origins\":[null]}"),
                body(400, "NUL", WITH_CID + ",\"origins\":[\"/dns4/\\u0000\"]}"),
                body(400, "'meta' must be an object", WITH_CID + ",\"meta\":\"a\"}"),
                body(400, "'meta' must be an object", WITH_CID + ",\"meta\":[]}"),
                body(400, "'meta' must be an object", WITH_CID + ",\"meta\":7}"),
                body(400, "'a' is a number", WITH_CID + ",\"meta\":{\"a\":1}}"),
                body(400, "'a' is null", WITH_CID + ",\"meta\":{\"a\":null}}"),
                body(400, "'a' is an object", WITH_CID + ",\"meta\":{\"a\":{}}}"),
                body(400, "'b' is an array", WITH_CID + ",\"meta\":{\"a\":\"\",\"b\":[]}}"),
                body(400, "NUL", WITH_CID + ",\"meta\":{\"a\":\"\\u0000\"}}"),
                body(400, "NUL", WITH_CID + ",\"meta\":{\"\\u0000\":\"a\"}}"),
                body(400, "surrogate", WITH_CID + ",\"meta\":{\"a\":\"\\udfff\"}}"),
                body(400, "101 keys", WITH_CID + ",\"meta\":{" + keys(101) + "}}"),
                body(400, "at most 16384", WITH_CID + ",\"meta\":{\"a\":\"" + "z".repeat(17_000) + "\"}}"),
                post("replace without a cid", 400, "no 'cid'", "/pins/PIN", "{}"),
                post("replace by garbage", 400, "JSON", "/pins/PIN", "nope"),
                post("replace by a wrong CID", 400, "CID", "/pins/PIN", "{\"cid\":\"Qm\"}"),
                post("replace an unknown pin", 404, "no pin has the requestid", UNKNOWN, WITH_CID + "}"),
                post(
                        "replace with a long name",
                        400,
                        "at most 255",
                        "/pins/PIN",
                        WITH_CID + ",\"name\":\"" + "n".repeat(300) + "\"}"));
    }

    private static String keys(int count) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add("\"k" + i + "\":\"v\"");
        }
        return String.join(",", keys);
    }

    private static List<Bad> queries() {
        return List.of(
                get(400, "'limit'", "/pins?limit=0"),
                get(400, "'limit'", "/pins?limit=-1"),
                get(400, "'limit'", "/pins?limit=1001"),
                get(400, "'limit'", "/pins?limit=abc"),
                get(400, "'limit'", "/pins?limit="),
                get(400, "'limit'", "/pins?limit=1.5"),
                get(400, "'limit'", "/pins?limit=1e2"),
                get(400, "'limit'", "/pins?limit=%2010"),
                get(400, "'limit'", "/pins?limit=%D9%A1%D9%A0"),
                get(400, "'limit'", "/pins?limit=99999999999999999999"),
                get(400, "2 times", "/pins?limit=1&limit=2"),
                get(400, "'status'", "/pins?status=done"),
                get(400, "lower case", "/pins?status=Queued"),
                get(400, "empty entry", "/pins?status="),
                get(400, "empty entry", "/pins?status=pinned,,failed"),
                get(400, "'status'", "/pins?status=pinned%20failed"),
                get(400, "'status'", "/pins?status=pinned%00"),
                get(400, "'match'", "/pins?name=a&match=fuzzy"),
                get(400, "'match'", "/pins?name=a&match="),
                get(400, "'match'", "/pins?name=a&match=EXACT"),
                get(400, "2 times", "/pins?name=a&name=b"),
                get(400, "at most 255", "/pins?name=" + "n".repeat(256)),
                get(400, "NUL", "/pins?name=a%00b"),
                get(400, "'before'", "/pins?before=yesterday"),
                get(400, "'before'", "/pins?before="),
                get(400, "'before'", "/pins?before=2026-07-27"),
                get(400, "'before'", "/pins?before=2026-07-27T17:32:28"),
                get(400, "'before'", "/pins?before=1785173548000"),
                get(400, "'before'", "/pins?before=2026-13-01T00:00:00Z"),
                get(400, "'before'", "/pins?before=2026-02-30T00:00:00Z"),
                get(400, "'after'", "/pins?after=2026-07-27T25:00:00Z"),
                get(400, "'after'", "/pins?after=2026-07-27T17:32:28+99:00"),
                get(400, "'after'", "/pins?after=%00"),
                get(400, "2 times", "/pins?after=2026-07-27T17:32:28Z&after=2026-07-27T17:32:28Z"),
                get(400, "CID", "/pins?cid=nope"),
                get(400, "empty entry", "/pins?cid="),
                get(400, "empty entry", "/pins?cid=" + CID + ","),
                get(400, "CID", "/pins?cid=" + CID + ",nope"),
                get(400, "at most 10", "/pins?cid=" + String.join(",", elevenCids())),
                get(400, "at most 10", "/pins?cid=" + String.join("&cid=", elevenCids())),
                get(400, "'meta'", "/pins?meta=[]"),
                get(400, "JSON", "/pins?meta=x"),
                get(400, "body", "/pins?meta="),
                get(400, "'meta'", "/pins?meta=%7B%22a%22%3A1%7D"),
                get(400, "JSON", "/pins?meta=%7B%22a%22%3A"),
                get(400, "NUL", "/pins?meta=%7B%22a%22%3A%22%5Cu0000%22%7D"),
                get(400, "NUL", "/pins?meta%5Ba%5D=%00"),
                get(400, "'meta'", "/pins?meta=map[novalue]"),
                get(400, "2 times", "/pins?meta=%7B%7D&meta=%7B%7D"),
                get(400, "hexadecimal", "/pins/%zz"),
                get(400, "hexadecimal", "/%"),
                get(400, "hexadecimal", "/ipfs/" + CID + "/a%2"),
                get(400, "cannot be read", "/pins?name=%zz"),
                get(400, "cannot be read", "/pins?name=%"),
                get(400, "surrogate", "/pins?meta=%7B%22a%22%3A%22%5Cud800%22%7D"));
    }

    private static List<String> elevenCids() {
        List<String> cids = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            cids.add(Client.cid("eleven " + i));
        }
        return cids;
    }

    private static List<Bad> identity() {
        return List.of(
                authorization(401, "access token"),
                authorization(401, "access token", "Authorization:"),
                authorization(401, "access token", "Authorization: Bearer"),
                authorization(401, "access token", "Authorization: Bearer "),
                authorization(401, "access token", "Authorization: Bearer nobody"),
                authorization(401, "access token", "Authorization: Bearer REVOKED"),
                authorization(401, "access token", "Authorization: Basic dXNlcjpwdw=="),
                authorization(401, "access token", "Authorization: TOKEN"),
                authorization(401, "access token", "Authorization: Token TOKEN"),
                authorization(401, "access token", "Authorization: Bearer TOKEN TOKEN"),
                authorization(401, "access token", "Authorization: Bearer TOKENx"),
                authorization(401, "access token", "Authorization: Bearer \"TOKEN\""),
                authorization(401, "access token", "Authorization: Bearer " + "x".repeat(5000)),
                authorization(401, "access token", "Authorization: Bearer \u00e9\u00ff"),
                authorization(401, "access token", "X-Api-Key: TOKEN"),
                authorization(401, "access token", "Cookie: token=TOKEN"),
                new Bad(
                        "token in the query",
                        401,
                        "access token",
                        "GET /pins?access_token=TOKEN HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                new Bad(
                        "post without a token and a body that nobody reads",
                        401,
                        "access token",
                        "POST /pins HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789"),
                new Bad(
                        "write with a reading token",
                        403,
                        "pins:write",
                        Bad.request("POST", "/pins", "READER", WITH_CID + "}")),
                new Bad(
                        "delete with a reading token",
                        403,
                        "pins:write",
                        Bad.request("DELETE", "/pins/PIN", "READER", null)),
                new Bad(
                        "upload with a reading token",
                        403,
                        "content:write",
                        Bad.request("POST", "/api/v1/content", "READER", "bytes")),
                call(403, "operator", "GET", "/api/v1/tokens"),
                call(403, "operator", "GET", "/api/v1/providers"),
                call(403, "operator", "DELETE", "/api/v1/tokens/00000000-0000-4000-8000-000000000000"),
                post("a tenant without being operator", 403, "operator", "/api/v1/tenants", "{\"name\":\"x\"}"));
    }

    private static List<Bad> paths() {
        return List.of(
                get(404, "no pin has the requestid", UNKNOWN),
                get(404, "no pin has the requestid", "/pins/x"),
                get(404, "no pin has the requestid", "/pins/" + CID),
                get(404, "no pin has the requestid", "/pins/%27%3B%20DROP%20TABLE%20pin"),
                get(404, "no pin has the requestid", "/pins/%00"),
                get(404, "no pin has the requestid", "/pins/" + "9".repeat(5000)),
                get(404, "no pin has the requestid", "/pins/zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"),
                get(404, "no pin has the requestid", "/pins/..%2f..%2fetc%2fpasswd"),
                call(404, "no pin has the requestid", "DELETE", UNKNOWN),
                call(404, "no pin has the requestid", "DELETE", "/pins/nope"),
                get(404, "nothing here", "/"),
                get(404, "nothing here", "/pin"),
                get(404, "nothing here", "/pins/PIN/extra"),
                get(404, "nothing here", "/api/v2/pins"),
                get(404, "nothing here", "/%2e%2e/%2e%2e/etc/passwd"),
                call(405, "GET, POST", "PUT", "/pins"),
                call(405, "GET, POST", "PATCH", "/pins"),
                call(405, "GET, POST", "DELETE", "/pins"),
                call(405, "GET, POST, DELETE", "PUT", "/pins/PIN"),
                call(405, "", "HEAD", "/pins"),
                call(405, "GET, POST", "TRACE", "/pins"),
                call(405, "GET, POST", "BREW", "/pins"),
                call(405, "method", "GET", "/api/v1/content"),
                call(405, "method", "DELETE", "/api/v1/tenants"),
                get(404, "no pin has the requestid", "/api/v1/pins/nope/placement"),
                get(404, "no pin has the requestid", "/api/v1" + UNKNOWN + "/events"),
                get(400, "CID", "/ipfs/nope?format=raw"),
                get(400, "CID", "/ipfs/%00?format=raw"),
                get(400, "format", "/ipfs/" + CID + "?format=zip"),
                get(404, "cannot be served", "/ipfs/" + CID + "?format=raw"));
    }

    private static List<Bad> transport() {
        String valid = WITH_CID + "}";
        return List.of(
                post(
                        "a body of form fields",
                        415,
                        "application/json",
                        "/pins",
                        "cid=" + CID,
                        "Content-Type: application/x-www-form-urlencoded"),
                post("a body of plain text", 415, "application/json", "/pins", valid, "Content-Type: text/plain"),
                post("a body of an image", 415, "application/json", "/pins", valid, "Content-Type: image/json"),
                post("a body of no type at all", 415, "application/json", "/pins", valid, "Content-Type: ;"),
                post("an empty Idempotency-Key", 400, "Idempotency-Key", "/pins", valid, "Idempotency-Key: "),
                post("a blank Idempotency-Key", 400, "Idempotency-Key", "/pins", valid, "Idempotency-Key:    "),
                post(
                        "a long Idempotency-Key",
                        400,
                        "Idempotency-Key",
                        "/pins",
                        valid,
                        "Idempotency-Key: " + "k".repeat(256)),
                post(
                        "two Idempotency-Keys",
                        400,
                        "Idempotency-Key",
                        "/pins",
                        valid,
                        "Idempotency-Key: a",
                        "Idempotency-Key: b"),
                post(
                        "a body of two MiB",
                        413,
                        "1048576",
                        "/pins",
                        WITH_CID + ",\"x\":\"" + "y".repeat(2 << 20) + "\"}"),
                raw(
                        "a body that is announced too large",
                        413,
                        "1048576",
                        "POST /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Content-Length: 99999999999",
                        "Connection: close",
                        "",
                        ""),
                raw(
                        "a chunked body that grows too large",
                        413,
                        "1048576",
                        "POST /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Transfer-Encoding: chunked",
                        "Connection: close",
                        "",
                        "180000",
                        " ".repeat(0x180000),
                        "0",
                        "",
                        ""),
                raw(
                        "a chunk size that is no number",
                        0,
                        "",
                        "POST /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Transfer-Encoding: chunked",
                        "Connection: close",
                        "",
                        "xyz",
                        valid,
                        "0",
                        "",
                        ""),
                raw(
                        "a length that is no number",
                        400,
                        "",
                        "POST /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Content-Length: many",
                        "Connection: close",
                        "",
                        valid),
                raw(
                        "a negative length",
                        400,
                        "",
                        "POST /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Content-Length: -5",
                        "Connection: close",
                        "",
                        valid),
                raw(
                        "two lengths",
                        400,
                        "",
                        "POST /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Content-Length: 5",
                        "Content-Length: 6",
                        "Connection: close",
                        "",
                        valid),
                raw(
                        "a length that is shorter than the body",
                        400,
                        "JSON",
                        "POST /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Content-Length: 10",
                        "Connection: close",
                        "",
                        valid),
                raw("a request line without a version", 400, "", "GET /pins", "", ""),
                raw("no request at all", 400, "", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc", "", ""),
                raw(
                        "a header with a NUL",
                        400,
                        "",
                        "GET /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "X-A: a\u0000b",
                        "Connection: close",
                        "",
                        ""),
                raw("a header without a colon", 400, "", "GET /pins HTTP/1.1", "Host: x", "AUTH", "nonsense", "", ""),
                raw(
                        "headers of 40 KiB",
                        431,
                        "",
                        "GET /pins HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "X-A: " + "a".repeat(40_000),
                        "",
                        ""),
                raw(
                        "a request line of 40 KiB",
                        414,
                        "",
                        "GET /pins?name=" + "a".repeat(40_000) + " HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "",
                        ""));
    }

    private static List<Bad> uploads() {
        return List.of(
                upload("an empty CAR", 422, "", CAR, ""),
                upload("a CAR of text", 400, "", CAR, "this is no CAR"),
                upload("a CAR of HTML", 400, "", CAR, "<!doctype html><html><body>502 Bad Gateway</body></html>"),
                upload("a CAR of zeroes", 400, "", CAR, "\u0000".repeat(100)),
                upload("a CAR with a header that never ends", 400, "", CAR, "\u00ff".repeat(9) + "\u007f"),
                upload("a CAR with a varint too long", 400, "", CAR, "\u0080".repeat(20)),
                upload("a CAR with half a header", 422, "", CAR, car().substring(0, 20)),
                upload("a CAR with half a block", 422, "", CAR, car().substring(0, car().length() - 3)),
                upload("a CAR without its root", 422, "", CAR, car().substring(0, headerLength())),
                upload(
                        "a CAR with another byte in its block",
                        422,
                        "",
                        CAR,
                        car().substring(0, car().length() - 1) + "!"),
                upload("a CAR of an unknown version", 422, "", CAR, car().replace("version\u0001", "version\u0009")),
                upload("a CAR without roots", 400, "root", CAR, cborHeader("\u00a2eroots\u0080gversion\u0001")),
                upload(
                        "a CAR whose roots are no links",
                        400,
                        "",
                        CAR,
                        cborHeader("\u00a2eroots\u0081\u0001gversion\u0001")),
                upload("a CAR of 400 KiB", 413, "maxUploadBytes", "application/octet-stream", "x".repeat(400 << 10)),
                post("pin=maybe", 400, "'pin'", "/api/v1/content?pin=maybe", "x", "Content-Type: text/plain"),
                post(
                        "a long name",
                        400,
                        "at most 255",
                        "/api/v1/content?name=" + "n".repeat(256),
                        "x",
                        "Content-Type: text/plain"),
                post("a name with a NUL", 400, "NUL", "/api/v1/content?name=%00", "x", "Content-Type: text/plain"),
                post(
                        "meta of an upload that is no JSON",
                        400,
                        "JSON",
                        "/api/v1/content?meta=a",
                        "x",
                        "Content-Type: text/plain"),
                post(
                        "meta of an upload that is no object",
                        400,
                        "'meta'",
                        "/api/v1/content?meta=1",
                        "x",
                        "Content-Type: text/plain"),
                raw(
                        "an upload that is announced too large",
                        413,
                        "maxUploadBytes",
                        "POST /api/v1/content HTTP/1.1",
                        "Host: x",
                        "AUTH",
                        "Content-Type: text/plain",
                        "Content-Length: 99999999999",
                        "Connection: close",
                        "",
                        "x".repeat(400 << 10)));
    }

    private static String car() {
        byte[] content = "hello".getBytes(StandardCharsets.US_ASCII);
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        dev.pinfold.content.Cid cid = dev.pinfold.content.Cid.of(dev.pinfold.content.Codec.RAW, content);
        try {
            new dev.pinfold.content.car.CarWriter(out, List.of(cid))
                    .accept(dev.pinfold.content.Block.verified(cid, content));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Bad.bytes(out.toByteArray());
    }

    private static int headerLength() {
        return car().charAt(0) + 1;
    }

    private static String cborHeader(String cbor) {
        return (char) cbor.length() + cbor;
    }

    private static List<Bad> forms() {
        return List.of(
                upload("a form without a boundary", 400, "", "multipart/form-data", multipart(List.of("a"))),
                upload(
                        "a form with another boundary",
                        400,
                        "",
                        "multipart/form-data; boundary=c",
                        multipart(List.of("a"))),
                upload("an empty form", 400, "", FORM, ""),
                upload("a form without files", 400, "", FORM, "--b--\r\n"),
                upload(
                        "a form that breaks off",
                        400,
                        "",
                        FORM,
                        multipart(List.of("a")).substring(0, 90)),
                upload("a form with a part without headers", 400, "", FORM, "--b\r\n\r\ncontent\r\n--b--\r\n"),
                upload(
                        "a form with fields only",
                        400,
                        "",
                        FORM,
                        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\n"),
                upload("a file called ..", 400, "", FORM, multipart(List.of(".."))),
                upload("a file above the folder", 400, "", FORM, multipart(List.of("../../etc/passwd"))),
                upload("a file beside the folder", 400, "", FORM, multipart(List.of("a/../../b"))),
                upload("a file called .", 400, "", FORM, multipart(List.of("."))),
                upload("a file that is also a folder", 400, "", FORM, multipart(List.of("a", "a/b"))),
                upload("a folder that is also a file", 400, "", FORM, multipart(List.of("a/b", "a"))),
                upload("two files of one name", 400, "", FORM, multipart(List.of("a", "a"))),
                upload("a file without a name", 400, "", FORM, multipart(List.of(""))),
                upload(
                        "a form of 400 KiB",
                        413,
                        "maxUploadBytes",
                        FORM,
                        multipart(List.of("a")).replace("content", "x".repeat(400 << 10))));
    }

    private static List<Bad> operators() {
        return List.of(
                operator(400, "no body", "/api/v1/tokens", ""),
                operator(400, "JSON", "/api/v1/tokens", "{"),
                operator(400, "object", "/api/v1/tokens", "[]"),
                operator(400, "'name'", "/api/v1/tokens", "{}"),
                operator(400, "'name'", "/api/v1/tokens", "{\"name\":\"\"}"),
                operator(400, "'name'", "/api/v1/tokens", "{\"name\":5}"),
                operator(400, "'name'", "/api/v1/tokens", "{\"name\":\"a b\"}"),
                operator(400, "'name'", "/api/v1/tokens", "{\"name\":\"" + "n".repeat(64) + "\"}"),
                operator(400, "'name'", "/api/v1/tokens", "{\"name\":\"a\\u0000\"}"),
                operator(400, "unknown field 'scope'", "/api/v1/tokens", "{\"name\":\"a\",\"scope\":[]}"),
                operator(400, "at least one scope", "/api/v1/tokens", "{\"name\":\"a\",\"scopes\":[]}"),
                operator(400, "at least one scope", "/api/v1/tokens", "{\"name\":\"a\",\"scopes\":\"pins:read\"}"),
                operator(400, "unknown scope 'root'", "/api/v1/tokens", "{\"name\":\"a\",\"scopes\":[\"root\"]}"),
                operator(400, "unknown scope", "/api/v1/tokens", "{\"name\":\"a\",\"scopes\":[1]}"),
                operator(400, "'maxPins'", "/api/v1/tokens", "{\"name\":\"a\",\"maxPins\":0}"),
                operator(400, "'maxPins'", "/api/v1/tokens", "{\"name\":\"a\",\"maxPins\":1.5}"),
                operator(400, "'maxPins'", "/api/v1/tokens", "{\"name\":\"a\",\"maxPins\":\"5\"}"),
                operator(400, "'maxPins'", "/api/v1/tokens", "{\"name\":\"a\",\"maxPins\":99999999999999999999}"),
                operator(400, "'requestsPerSecond'", "/api/v1/tokens", "{\"name\":\"a\",\"requestsPerSecond\":-1}"),
                operator(400, "'requestsPerSecond'", "/api/v1/tokens", "{\"name\":\"a\",\"requestsPerSecond\":1e300}"),
                operator(404, "no tenant 'nowhere'", "/api/v1/tokens", "{\"name\":\"a\",\"tenant\":\"nowhere\"}"),
                operator(400, "'tenant'", "/api/v1/tokens", "{\"name\":\"a\",\"tenant\":\"../x\"}"),
                operator(400, "'name'", "/api/v1/tenants", "{}"),
                operator(400, "'name'", "/api/v1/tenants", "{\"name\":\"-x\"}"),
                operator(400, "unknown field", "/api/v1/tenants", "{\"name\":\"x\",\"quota\":5}"),
                operator(413, "65536", "/api/v1/tenants", "{\"name\":\"" + "x".repeat(70_000) + "\"}"),
                new Bad(
                        "revoke an unknown token",
                        404,
                        "no token",
                        Bad.request("DELETE", "/api/v1/tokens/00000000-0000-4000-8000-000000000000", "OPERATOR", null)),
                new Bad(
                        "revoke what is no id",
                        404,
                        "no token",
                        Bad.request("DELETE", "/api/v1/tokens/nope", "OPERATOR", null)),
                new Bad(
                        "show an unknown provider",
                        404,
                        "configured are eu, us",
                        Bad.request("GET", "/api/v1/providers/nowhere", "OPERATOR", null)));
    }

    /** The CARs of the shared fixtures that any reader must refuse. */
    private static List<Bad> hostileCars() {
        Path fixtures = shared().resolve("fixtures");
        if (!Files.isRegularFile(fixtures.resolve("hostile.json"))) {
            System.out.println("The hostile CARs are not sent: there is no " + fixtures);
            return List.of();
        }
        List<Bad> rows = new ArrayList<>();
        try {
            for (var car : Client.JSON
                    .readTree(fixtures.resolve("hostile.json").toFile())
                    .get("hostile")) {
                String expect = car.get("expect").asText();
                byte[] bytes = read(fixtures.resolve(car.get("file").asText()));
                if ((expect.startsWith("reject") || expect.equals("incomplete")) && bytes.length < 300 << 10) {
                    rows.add(upload(
                            "hostile CAR " + car.get("name").asText(),
                            statusOf(car.get("name").asText()),
                            "",
                            CAR,
                            Bad.bytes(bytes)));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Collections.unmodifiableList(rows);
    }

    private static int statusOf(String hostile) {
        return switch (hostile) {
            case "wrong-bytes-root",
                    "missing-middle-block",
                    "hash-unknown-code",
                    "truncated-in-varint",
                    "sha256-truncated-4-bytes" -> 422;
            case "header-huge", "dag-cbor-nested-100k" -> 413;
            default -> 400;
        };
    }

    private static byte[] read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (!file.toString().endsWith(".gz")) {
            return bytes;
        }
        try (GZIPInputStream gzip = new GZIPInputStream(new java.io.ByteArrayInputStream(bytes))) {
            return gzip.readAllBytes();
        }
    }

    static Path shared() {
        String given = System.getenv("PINFOLD_SHARED");
        return given != null ? Path.of(given) : Path.of(System.getProperty("pinfold.root", "."), "..", "shared");
    }
}
