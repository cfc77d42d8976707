package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L5;
import static dev.pinfold.conformance.rule.Severity.INFO;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Inflate;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Parallel;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Query;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** L5: many at once, limits, browsers, and plain HTTP. */
public final class RobustnessChecks {
    private static final int RATE_PROBE = 20;

    private RobustnessChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(concurrency());
        checks.addAll(http());
        return List.copyOf(checks);
    }

    private static List<Check> concurrency() {
        return List.of(
                new Check(
                        "concurrency.one-replace-wins",
                        L5,
                        SHOULD,
                        "Of many replaces of one pin at the same time exactly one succeeds; the others answer 404 or 409.",
                        "PSA v1.0.0: The pin lifecycle, Replacing (the old pin object is deleted)",
                        "Each further winner is a pin that nobody knows of and somebody pays for.",
                        RobustnessChecks::replaceRace),
                new Check(
                        "concurrency.no-server-errors",
                        L5,
                        MUST,
                        "Many POSTs, reads and DELETEs at the same time cause no server error, and the count settles.",
                        "PSA v1.0.0: responses (5XX is an unexpected error)",
                        "Kubo's client gives up on the first error it sees.",
                        RobustnessChecks::mixed),
                new Check(
                        "idempotency-key.honoured",
                        L5,
                        INFO,
                        "A POST repeated with the same Idempotency-Key answers with the same requestid.",
                        "Not in the specification (pinning-services-api-spec issue 93)",
                        "After a lost answer a client can ask again without paying twice.",
                        RobustnessChecks::idempotency),
                new Check(
                        "limits.429-complete",
                        L5,
                        SHOULD,
                        "An answer 429 says when to come back (Retry-After) and has a Failure body.",
                        "RFC 6585 section 4; PSA v1.0.0: responses 4XX, schemas/Failure",
                        "Without it every client guesses, and all of them come back at once.",
                        RobustnessChecks::rateLimit));
    }

    private static List<Check> http() {
        return List.of(
                new Check(
                        "cors.preflight",
                        L5,
                        SHOULD,
                        "A CORS preflight without token is answered 2xx and allows Authorization and the methods used.",
                        "WHATWG Fetch, CORS preflight; not in the specification",
                        "Without it no web page can use the service.",
                        RobustnessChecks::cors),
                new Check(
                        "http.unknown-route-404",
                        L5,
                        SHOULD,
                        "An unknown path answers 404 or 405, whatever the method.",
                        "RFC 9110 section 15.5.5",
                        "A 200 from a fallback page looks like an empty success to a program.",
                        RobustnessChecks::unknownRoute),
                new Check(
                        "http.head-handled",
                        L5,
                        SHOULD,
                        "HEAD /pins is answered without a body and is no server error.",
                        "RFC 9110 section 9.3.2",
                        "Monitors ask with HEAD.",
                        RobustnessChecks::head),
                new Check(
                        "http.chunked-body",
                        L5,
                        SHOULD,
                        "A request body without Content-Length (chunked) is accepted.",
                        "RFC 9112 section 7.1",
                        "Streaming HTTP clients send no length.",
                        t -> {
                            Exchange exchange = t.psa()
                                    .send(Ask.of("POST", "/pins")
                                            .json(Json.compact(t.want().json()))
                                            .withoutLength());
                            t.expect(exchange.success(), exchange, "202", "status " + exchange.status());
                        }),
                new Check(
                        "http.gzip",
                        L5,
                        SHOULD,
                        "An answer is compressed only when the client asked, and is then what Content-Encoding says.",
                        "RFC 9110 section 8.4 and 12.5.3",
                        "A wrong encoding is an unreadable answer.",
                        RobustnessChecks::gzip));
    }

    private static void replaceRace(Trial t) {
        Pinned target = t.pin(t.want());
        Psa psa = t.psa();
        List<Callable<Exchange>> racers = new ArrayList<>();
        for (int i = 0; i < t.settings().racers(); i++) {
            var body = t.want().json();
            racers.add(() -> psa.replace(target.id(), body));
        }
        List<Exchange> answers = Parallel.all(
                racers, Math.min(t.settings().racers(), t.settings().concurrency()));
        List<Exchange> winners = answers.stream().filter(Exchange::success).toList();
        t.expect(
                winners.size() == 1,
                answers.getFirst(),
                "one winner of " + answers.size(),
                winners.size() + " winners");
        answers.stream()
                .filter(a -> !a.success() && a.status() != 404 && a.status() != 409 && a.status() != 410)
                .findFirst()
                .ifPresent(odd -> t.expect(false, odd, "404 or 409 for those who come late", "status " + odd.status()));
        t.note(answers.size() + " replaces at the same time");
    }

    private static void mixed(Trial t) {
        Psa psa = t.psa();
        String name = t.session().unique("mixed");
        List<Callable<Exchange>> tasks = new ArrayList<>();
        for (int i = 0; i < t.settings().racers(); i++) {
            Pinned own = i % 5 == 0 ? t.pin(t.want().name(name)) : null;
            var body = t.want().name(name).json();
            tasks.add(() -> own == null ? psa.add(body) : psa.delete(own.id()));
            tasks.add(() -> psa.list(Query.all().name(name).limit(1)));
        }
        List<Exchange> answers = Parallel.all(tasks, t.settings().concurrency());
        answers.stream()
                .filter(a -> !a.success())
                .findFirst()
                .ifPresent(bad -> t.expect(false, bad, "every request of the mix succeeds", "status " + bad.status()));
        long made = answers.stream()
                .filter(a -> a.ask().method().equals("POST") && a.success())
                .count();
        t.session()
                .until(
                        t.settings().settle(),
                        () -> countOf(psa.list(Query.all().name(name).limit(1))) == made);
        Exchange last = psa.list(Query.all().name(name).limit(1));
        t.expect(countOf(last) == made, last, "count " + made + " once all is done", "count " + countOf(last));
    }

    private static long countOf(Exchange page) {
        return page.json().path("count").asLong(-1);
    }

    private static void idempotency(Trial t) {
        String body = Json.compact(t.want().json());
        Ask ask = Ask.of("POST", "/pins")
                .json(body)
                .with("Idempotency-Key", t.session().unique("key"));
        Exchange first = t.psa().send(ask);
        Exchange again = t.psa().send(ask);
        Optional<String> id = Psa.requestId(first);
        t.expect(
                id.isPresent() && id.equals(Psa.requestId(again)),
                again,
                "the requestid of the first answer",
                "another requestid");
    }

    private static void rateLimit(Trial t) {
        Psa psa = t.psa();
        List<Exchange> limited = new ArrayList<>(t.session().wire().rateLimited());
        for (int i = 0; i < RATE_PROBE && limited.isEmpty(); i++) {
            Exchange exchange = psa.sendOnce(Ask.of("GET", "/pins?limit=1"));
            if (exchange.status() == 429) {
                limited.add(exchange);
            }
        }
        if (limited.isEmpty()) {
            throw t.skip("the endpoint never answered 429");
        }
        Exchange one = limited.getFirst();
        t.expect(one.header("retry-after").isPresent(), one, "Retry-After", "no Retry-After");
        t.expectNone(Shapes.failure(one), one, "a Failure body");
        t.note(limited.size() + " answers 429 in this run");
    }

    private static void cors(Trial t) {
        for (String method : List.of("GET", "POST", "DELETE")) {
            Exchange preflight = t.anonymous()
                    .send(Ask.of("OPTIONS", "/pins")
                            .with("Origin", "https://app.example.com")
                            .with("Access-Control-Request-Method", method)
                            .with("Access-Control-Request-Headers", "authorization,content-type"));
            if (!t.expect(
                    preflight.success(), preflight, "a 2xx answer without token", "status " + preflight.status())) {
                return;
            }
            String origin = preflight.header("access-control-allow-origin").orElse("none");
            t.expect(
                    origin.equals("*") || origin.equals("https://app.example.com"),
                    preflight,
                    "Access-Control-Allow-Origin for the page",
                    origin);
            expectListed(t, preflight, "access-control-allow-headers", "authorization");
            // Simple methods need no permission.
            if (method.equals("DELETE")) {
                expectListed(t, preflight, "access-control-allow-methods", method);
            }
        }
    }

    private static void expectListed(Trial t, Exchange at, String header, String value) {
        String list = at.header(header).orElse("").toLowerCase(Locale.ROOT);
        boolean named = list.contains(value.toLowerCase(Locale.ROOT));
        // "*" stands for every method, but never for Authorization.
        boolean any = list.equals("*") && header.endsWith("methods");
        t.expect(named || any, at, header + " names " + value, list.isEmpty() ? "no such header" : "'" + list + "'");
    }

    private static void unknownRoute(Trial t) {
        for (String method : List.of("GET", "POST")) {
            Ask ask = Ask.of(method, "/pins/a/b/conformance-unknown-route");
            Exchange exchange = t.psa().send(method.equals("POST") ? ask.json("{}") : ask);
            t.expect(
                    exchange.status() == 404 || exchange.status() == 405,
                    exchange,
                    "404 or 405",
                    "status " + exchange.status());
        }
    }

    private static void head(Trial t) {
        Exchange exchange = t.psa().send(Ask.of("HEAD", "/pins?limit=1"));
        t.expect(exchange.status() < 500, exchange, "no server error", "status " + exchange.status());
        t.expect(exchange.body().length == 0, exchange, "no body", exchange.body().length + " bytes");
    }

    private static void gzip(Trial t) {
        Exchange plain = t.psa().list(Query.all().limit(3));
        t.expect(
                plain.header("content-encoding").map(e -> e.equals("identity")).orElse(true),
                plain,
                "no Content-Encoding that was not asked for",
                plain.header("content-encoding").orElse(""));
        Exchange packed = t.psa().send(Ask.of("GET", "/pins?limit=3").with("Accept-Encoding", "gzip"));
        t.expectStatus(packed, 200);
        String encoding = packed.header("content-encoding").orElse("identity");
        byte[] body = packed.body();
        if (encoding.equals("gzip")) {
            try {
                body = Inflate.gzip(body, t.session().wire().limits().maxInflatedBytes());
            } catch (IOException broken) {
                t.require(false, packed, "a body that gzip can read", String.valueOf(broken.getMessage()));
            }
        }
        t.expect(encoding.equals("gzip") || encoding.equals("identity"), packed, "gzip or nothing", encoding);
        t.expect(Json.parse(body).isPresent(), packed, "JSON after decoding", "something else");
        t.note("Accept-Encoding: gzip answered with " + encoding);
    }
}
