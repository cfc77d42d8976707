package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L0;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Redactor;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Query;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** L0: who may ask. Every operation needs the bearer token, and one account never sees another's pins. */
public final class AuthChecks {
    private static final String SECURITY = "PSA v1.0.0: security accessToken, responses/Unauthorized";
    private static final String BAD_TOKEN = "conformance-token-that-was-never-issued";

    private AuthChecks() {}

    public static List<Check> all() {
        return List.of(
                new Check(
                        "auth.missing-401-failure",
                        L0,
                        MUST,
                        "A request without a token is refused with 401 and a Failure body.",
                        SECURITY,
                        "Clients show the reason of a Failure; anything else becomes an unreadable error, and an open list shows"
                                + " pins to everybody.",
                        AuthChecks::missing),
                new Check(
                        "auth.bad-token-401",
                        L0,
                        MUST,
                        "A token that was never issued is refused with 401, not 403 and not with an empty list.",
                        SECURITY,
                        "Clients ask for a new token on 401 only; with 403 they report a missing permission.",
                        AuthChecks::badToken),
                new Check(
                        "auth.wrong-scheme-basic-401",
                        L0,
                        MUST,
                        "A token sent with another scheme than Bearer is refused with 401.",
                        SECURITY + " (scheme: bearer)",
                        "A server that takes any scheme is one that does not look at the header closely.",
                        AuthChecks::wrongScheme),
                new Check(
                        "auth.token-in-query-refused",
                        L0,
                        SHOULD,
                        "A token in the query string does not authenticate.",
                        "PSA v1.0.0: security accessToken is a header; query authentication was dropped before v1",
                        "Query strings end up in access logs and browser histories, and the token with them.",
                        AuthChecks::tokenInQuery),
                new Check(
                        "auth.all-five-operations-guarded",
                        L0,
                        MUST,
                        "All five operations refuse a request without a token with 401.",
                        SECURITY + " (global)",
                        "One unguarded DELETE lets anybody who sees an id remove the pin.",
                        AuthChecks::allGuarded),
                new Check(
                        "auth.401-leaks-nothing",
                        L0,
                        SHOULD,
                        "A 401 answers every bad token alike and does not repeat the token.",
                        "Pinfold conformance: a 401 is for a stranger",
                        "An answer that differs for nearly right tokens helps to guess them; a repeated token ends up in logs.",
                        AuthChecks::leaksNothing),
                new Check(
                        "auth.tenant-isolation",
                        L0,
                        MUST,
                        "Another account neither lists, reads, replaces nor deletes a pin; by id it does not exist (404).",
                        "PSA v1.0.0: accessToken (pins are managed per token), responses/NotFound",
                        "With a shared list one customer can read and remove what another one pinned.",
                        AuthChecks::isolation));
    }

    private static void missing(Trial t) {
        Exchange exchange = t.anonymous().list(Query.all().limit(1));
        t.expectStatus(exchange, 401);
        t.expectNone(Shapes.failure(exchange), exchange, "a Failure body: {\"error\":{\"reason\":…}}");
    }

    private static void badToken(Trial t) {
        Exchange exchange = t.psa().send(Ask.of("GET", "/pins?limit=1").with("Authorization", "Bearer " + BAD_TOKEN));
        t.expectStatus(exchange, 401);
        t.expectNone(Shapes.failure(exchange), exchange, "a Failure body: {\"error\":{\"reason\":…}}");
    }

    private static void wrongScheme(Trial t) {
        String pair = t.settings().token() + ":";
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        t.expectStatus(t.psa().send(Ask.of("GET", "/pins?limit=1").with("Authorization", "Basic " + basic)), 401);
    }

    private static void tokenInQuery(Trial t) {
        for (String parameter : List.of("accessToken", "access_token", "token")) {
            String query = Query.none()
                    .and("limit", "1")
                    .and(parameter, t.settings().token())
                    .encoded();
            t.expectStatus(t.anonymous().send(Ask.of("GET", "/pins" + query)), 401);
        }
    }

    private static void allGuarded(Trial t) {
        Pinned own = t.pin(t.want());
        Psa anonymous = t.anonymous();
        t.expectStatus(anonymous.list(Query.all().limit(1)), 401);
        t.expectStatus(anonymous.add(t.want().json()), 401);
        t.expectStatus(anonymous.get(own.id()), 401);
        t.expectStatus(anonymous.replace(own.id(), own.want().json()), 401);
        t.expectStatus(anonymous.delete(own.id()), 401);
    }

    private static void leaksNothing(Trial t) {
        String right = t.settings().token();
        char last = right.charAt(right.length() - 1);
        String nearly = right.substring(0, right.length() - 1) + (last == 'x' ? 'y' : 'x');
        Exchange near = t.psa().send(Ask.of("GET", "/pins?limit=1").with("Authorization", "Bearer " + nearly));
        Exchange far = t.psa().send(Ask.of("GET", "/pins?limit=1").with("Authorization", "Bearer " + BAD_TOKEN));
        t.expect(
                near.status() == far.status() && reason(near).equals(reason(far)),
                near,
                "the answer to any other bad token: status " + far.status() + ", reason '" + reason(far) + "'",
                "status " + near.status() + ", reason '" + reason(near) + "'");
        t.expect(
                !far.text().contains(BAD_TOKEN),
                far,
                "an answer that does not repeat the token",
                "the token is in the body");
        t.expect(
                !near.text().contains(nearly) && !near.text().contains(Redactor.HIDDEN),
                near,
                "an answer that does not repeat the token",
                "the token is in the body");
    }

    private static String reason(Exchange exchange) {
        return exchange.json().path("error").path("reason").asText();
    }

    private static void isolation(Trial t) {
        Psa other = t.otherPsa();
        Pinned own = t.pin(t.want());
        Exchange listed = other.list(Query.all().cid(own.cid()));
        t.expect(
                listed.json().path("results").isEmpty()
                        && listed.json().path("count").asInt() == 0,
                listed,
                "no results for the other account",
                listed.json().path("count").asText("no count") + " counted, "
                        + listed.json().path("results").size() + " listed");
        expectUnknown(t, other.get(own.id()), "reading");
        expectUnknown(t, other.replace(own.id(), t.want().json()), "replacing");
        expectUnknown(t, other.delete(own.id()), "deleting");
        Exchange still = t.psa().get(own.id());
        t.expect(still.status() == 200, still, "the owner's pin is untouched (200)", "status " + still.status());
    }

    /** 403 also keeps the pin safe; it only tells that the id exists. */
    private static void expectUnknown(Trial t, Exchange exchange, String what) {
        t.expect(
                exchange.status() == 404 || exchange.status() == 403,
                exchange,
                what + " a foreign pin answers 404",
                "status " + exchange.status());
    }
}
