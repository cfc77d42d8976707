package dev.pinfold.conformance.gateway;

import static dev.pinfold.conformance.rule.Level.G;
import static dev.pinfold.conformance.rule.Severity.INFO;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;
import static dev.pinfold.conformance.session.GatewayAccess.CAR;
import static dev.pinfold.conformance.session.GatewayAccess.RAW;

import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The headers of a trustless gateway's answers, which caches and browsers act on. */
public final class HeaderChecks {
    private static final String SPEC = "IPFS Trustless Gateway: ";

    private HeaderChecks() {}

    public static List<Check> all() {
        return List.of(
                new Check(
                        "gateway.raw-content-type",
                        G,
                        MUST,
                        "A raw block has Content-Type: application/vnd.ipld.raw.",
                        SPEC + "Content-Type (response header)",
                        "Clients check the type before they read; gateways that ignore format= are recognised by it.",
                        HeaderChecks::contentType),
                new Check(
                        "gateway.content-disposition",
                        G,
                        MUST,
                        "A raw block is an attachment with a file name.",
                        SPEC + "Content-Disposition (response header)",
                        "Opened in a browser it would be shown as whatever it looks like.",
                        HeaderChecks::disposition),
                new Check(
                        "gateway.file-name",
                        G,
                        INFO,
                        "The file name of a raw block ends in .bin.",
                        SPEC + "Content-Disposition (response header)",
                        "Tools that save blocks and pick them up again go by the ending.",
                        HeaderChecks::fileName),
                new Check(
                        "gateway.etag",
                        G,
                        MUST,
                        "Answers have an Etag, and If-None-Match with it answers 304.",
                        SPEC + "Etag (response header); IPFS Path Gateway: If-None-Match",
                        "Caches ask again and again for content that cannot change.",
                        HeaderChecks::etag),
                new Check(
                        "gateway.if-none-match-forms",
                        G,
                        SHOULD,
                        "If-None-Match also works as a list, as W/ and as *, and another Etag gets the content.",
                        "IPFS Path Gateway: If-None-Match (request header); RFC 9110, 13.1.2",
                        "Caches in between send what they have, all of it.",
                        HeaderChecks::etagForms),
                new Check(
                        "gateway.etag-distinct",
                        G,
                        MUST,
                        "Answers with different bytes have different Etags: raw and CAR, scopes, byte ranges, duplicates.",
                        SPEC + "dag-scope and entity-bytes (they change the Etag); Etag (response header)",
                        "A cache would give one client the answer that another one asked for.",
                        HeaderChecks::etagDistinct),
                new Check(
                        "gateway.content-location",
                        G,
                        SHOULD,
                        "Chosen by Accept alone, an answer names the URL of its format in Content-Location.",
                        SPEC + "Content-Location (response header)",
                        "A cache then knows that /ipfs/{cid} has more than one answer.",
                        HeaderChecks::contentLocation),
                new Check(
                        "gateway.nosniff",
                        G,
                        SHOULD,
                        "Raw answers have X-Content-Type-Options: nosniff.",
                        SPEC + "X-Content-Type-Options (response header)",
                        "A browser may otherwise run a block as a page.",
                        HeaderChecks::nosniff),
                new Check(
                        "gateway.cache-immutable",
                        G,
                        SHOULD,
                        "Cache-Control says public, immutable and at least 29030400 seconds.",
                        SPEC + "Cache-Control (response header)",
                        "Content under /ipfs/ never changes; each refetch is waste.",
                        HeaderChecks::cache),
                new Check(
                        "gateway.cors",
                        G,
                        SHOULD,
                        "Answers allow any origin to read them.",
                        "IPFS Path Gateway: Access-Control-Allow-Origin (response header)",
                        "Without it no web page can verify content for itself.",
                        HeaderChecks::cors));
    }

    private static void contentType(Trial t) {
        Exchange exchange = t.gateway().raw(KnownContent.anyCid(t));
        t.expect(exchange.mediaType().equals(RAW), exchange, RAW, "'" + exchange.mediaType() + "'");
    }

    private static void disposition(Trial t) {
        Exchange exchange = t.gateway().raw(KnownContent.anyCid(t));
        String value = exchange.header("content-disposition").orElse("none");
        t.expect(
                value.startsWith("attachment") && value.contains("filename"),
                exchange,
                "Content-Disposition: attachment; filename=…",
                value);
    }

    private static void fileName(Trial t) {
        Exchange exchange = t.gateway().raw(KnownContent.anyCid(t));
        String value = exchange.header("content-disposition").orElse("none");
        t.expect(value.contains(".bin"), exchange, "a file name ending in .bin", value);
    }

    private static void etag(Trial t) {
        String cid = KnownContent.anyCid(t);
        Exchange first = t.gateway().raw(cid);
        String etag = first.header("etag").orElse("");
        t.require(!etag.isEmpty(), first, "an Etag", "none");
        Exchange again = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + cid + "?format=raw")
                        .with("Accept", RAW)
                        .with("If-None-Match", etag));
        t.expectStatus(again, 304);
    }

    private static void etagForms(Trial t) {
        String cid = KnownContent.anyCid(t);
        String etag = t.gateway().raw(cid).header("etag").orElse("");
        if (etag.isEmpty()) {
            throw t.skip("there is no Etag (see gateway.etag)");
        }
        String other = "\"another-etag\"";
        String bare = etag.startsWith("W/") ? etag.substring(2) : etag;
        for (String form : List.of(other + ", " + etag, "W/" + bare, "*")) {
            t.expectStatus(ifNoneMatch(t, cid, form), 304);
        }
        t.expectStatus(ifNoneMatch(t, cid, other), 200);
    }

    private static Exchange ifNoneMatch(Trial t, String cid, String value) {
        return t.gateway()
                .send(Ask.of("GET", "/ipfs/" + cid + "?format=raw")
                        .with("Accept", RAW)
                        .with("If-None-Match", value));
    }

    /** Answers with different bytes that share an Etag would be taken for each other by every cache. */
    private static void etagDistinct(Trial t) {
        String target = "/ipfs/" + KnownContent.anyCid(t);
        Map<String, Exchange> byEtag = new HashMap<>();
        List<Ask> asks =
                new ArrayList<>(List.of(Ask.of("GET", target + "?format=raw").with("Accept", RAW)));
        if (KnownContent.of(t).cars()) {
            for (String parameters : List.of("&dag-scope=block", "&dag-scope=entity", "&entity-bytes=0:0")) {
                asks.add(Ask.of("GET", target + "?format=car" + parameters).with("Accept", Car.IN_ORDER));
            }
            asks.add(Ask.of("GET", target + "?format=car&dag-scope=entity")
                    .with("Accept", CAR + "; version=1; order=dfs; dups=y"));
        }
        for (Ask ask : asks) {
            Exchange exchange = t.gateway().send(ask);
            String etag = exchange.header("etag").orElse("");
            if (exchange.status() == 200 && !etag.isEmpty()) {
                Exchange same = byEtag.putIfAbsent(etag, exchange);
                t.expect(
                        same == null || Arrays.equals(same.body(), exchange.body()),
                        exchange,
                        "an Etag of its own",
                        etag + ", as for " + (same == null ? "" : same.summary()));
            }
        }
    }

    private static void contentLocation(Trial t) {
        Exchange exchange = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + KnownContent.anyCid(t)).with("Accept", RAW));
        t.requireStatus(exchange, 200);
        String value = exchange.header("content-location").orElse("none");
        t.expect(value.contains("format=raw"), exchange, "Content-Location: /ipfs/…?format=raw", value);
    }

    private static void nosniff(Trial t) {
        Exchange exchange = t.gateway().raw(KnownContent.anyCid(t));
        String value = exchange.header("x-content-type-options").orElse("none");
        t.expect(value.equalsIgnoreCase("nosniff"), exchange, "nosniff", value);
    }

    private static void cache(Trial t) {
        Exchange exchange = t.gateway().raw(KnownContent.anyCid(t));
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
                .send(Ask.of("GET", "/ipfs/" + KnownContent.anyCid(t) + "?format=raw")
                        .with("Accept", RAW)
                        .with("Origin", "https://app.example.com"));
        String value = exchange.header("access-control-allow-origin").orElse("none");
        t.expect(
                value.equals("*") || value.equals("https://app.example.com"),
                exchange,
                "Access-Control-Allow-Origin: *",
                value);
    }
}
