package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L1;
import static dev.pinfold.conformance.rule.Severity.INFO;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Multiaddrs;
import dev.pinfold.conformance.content.Rfc3339;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** L1: the documents of the specification, field by field. */
public final class ShapeChecks {
    private static final String STATUS_SCHEMA = "PSA v1.0.0: schemas/PinStatus";
    private static final String DELEGATES = "PSA v1.0.0: schemas/Delegates";

    private ShapeChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(operations());
        checks.addAll(errors());
        checks.addAll(fields());
        checks.addAll(delegates());
        return List.copyOf(checks);
    }

    private static List<Check> operations() {
        return List.of(
                new Check(
                        "post.202-and-schema",
                        L1,
                        MUST,
                        "POST /pins answers 202 with a PinStatus of the pin that was asked for.",
                        "PSA v1.0.0: addPin, 202",
                        "Clients read requestid and delegates from this answer; some treat any other status as an error.",
                        ShapeChecks::post),
                new Check(
                        "get.200-schema",
                        L1,
                        MUST,
                        "GET /pins/{requestid} answers 200 with the PinStatus of that request.",
                        "PSA v1.0.0: getPinByRequestId, 200",
                        "Kubo polls this twice a second while it waits, and gives up on the first error.",
                        ShapeChecks::get),
                new Check(
                        "list.200-schema",
                        L1,
                        MUST,
                        "GET /pins answers 200 with count and results, also when nothing matches.",
                        "PSA v1.0.0: getPins, 200; schemas/PinResults",
                        "A bare array, a null, or a count as text breaks every typed client.",
                        ShapeChecks::list),
                new Check(
                        "delete.202-empty-body",
                        L1,
                        MUST,
                        "DELETE /pins/{requestid} answers 202 without a body.",
                        "PSA v1.0.0: deletePinByRequestId, 202",
                        "Generated clients reject a status or a body that the specification does not name.",
                        ShapeChecks::delete),
                new Check(
                        "content-type.json",
                        L1,
                        MUST,
                        "Answers and errors say Content-Type: application/json.",
                        "PSA v1.0.0: content of every response",
                        "Kubo's client ends with \"undefined response type\" on anything that is not JSON by name.",
                        ShapeChecks::contentType));
    }

    private static List<Check> errors() {
        return List.of(
                new Check(
                        "error.failure-shape",
                        L1,
                        MUST,
                        "Every error has the Failure shape: {\"error\":{\"reason\":string,\"details\":string?}}.",
                        "PSA v1.0.0: schemas/Failure, responses 400 404 409 4XX 5XX",
                        "The reason is all a user gets to see; in another shape it is lost.",
                        ShapeChecks::failureShape),
                new Check(
                        "error.reason-stable-token",
                        L1,
                        INFO,
                        "error.reason is a token for machines (A-Z, 0-9, _), the sentence is in details.",
                        "PSA v1.0.0: schemas/Failure, reason (example ERROR_CODE_FOR_MACHINES)",
                        "Programs that branch on the reason break when its wording changes.",
                        ShapeChecks::reasonToken));
    }

    private static List<Check> fields() {
        return List.of(
                new Check(
                        "created.rfc3339-zone",
                        L1,
                        MUST,
                        "created is an RFC 3339 date-time with a zone.",
                        STATUS_SCHEMA + ", created (format date-time)",
                        "Clients send created back as before=; without a zone it means another instant.",
                        t -> each(t, "an RFC 3339 date-time with a zone", Shapes::created)),
                new Check(
                        "created.ms-precision-or-better",
                        L1,
                        MUST,
                        "created is precise to the millisecond or better.",
                        "PSA v1.0.0: Pagination and filtering (created must be globally unique)",
                        "With whole seconds, pages lose pins: 15 of 25 in Kubo's own listing, without any error.",
                        ShapeChecks::precision),
                new Check(
                        "created.immutable",
                        L1,
                        MUST,
                        "created never changes, in whatever answer it appears.",
                        STATUS_SCHEMA + ", created (immutable timestamp)",
                        "A paging key that moves lets pins be listed twice or never.",
                        ShapeChecks::createdImmutable),
                new Check(
                        "requestid.nonempty-url-safe",
                        L1,
                        MUST,
                        "requestid is a non-empty string that can stand in a URL path.",
                        STATUS_SCHEMA + ", requestid",
                        "Clients paste it into /pins/{requestid}, most of them without escaping.",
                        t -> each(t, "a non-empty string of URL-safe characters", ShapeChecks::idProblems)),
                new Check(
                        "requestid.unique",
                        L1,
                        MUST,
                        "Every POST gets its own requestid.",
                        STATUS_SCHEMA + ", requestid (globally unique)",
                        "Two requests with one id cannot be followed or removed one by one.",
                        ShapeChecks::idsUnique),
                new Check(
                        "info.strings-only",
                        L1,
                        MUST,
                        "info is a flat map from string to string.",
                        "PSA v1.0.0: schemas/StatusInfo",
                        "Typed clients fail to decode the whole status over one number in it.",
                        t -> each(t, "string values only", s -> Shapes.stringsOnly(s.path("info"), "info"))),
                new Check(
                        "no-unknown-top-level-fields",
                        L1,
                        INFO,
                        "A PinStatus has no fields of its own making; vendor data goes into info.",
                        STATUS_SCHEMA,
                        "The former official suite fails on unknown fields, and so do strict decoders.",
                        t -> each(t, "only the fields of PinStatus", ShapeChecks::unknownFields)));
    }

    private static List<Check> delegates() {
        return List.of(
                new Check(
                        "delegates.1-to-20-unique",
                        L1,
                        MUST,
                        "delegates has 1 to 20 different entries.",
                        DELEGATES + " (minItems 1, maxItems 20, uniqueItems)",
                        "Without a delegate a client behind NAT has no one to give its data to.",
                        t -> each(t, "1 to 20 different delegates", Shapes::delegateCount)),
                new Check(
                        "delegates.multiaddr-parse",
                        L1,
                        MUST,
                        "Every delegate is a valid multiaddr.",
                        DELEGATES + ": list of multiaddrs",
                        "Helia throws on the first one that does not parse, and the pin is not made.",
                        t -> each(t, "multiaddrs that parse", s -> eachDelegate(s, Multiaddrs::problem))),
                new Check(
                        "delegates.end-with-peer",
                        L1,
                        MUST,
                        "Every delegate ends with /p2p/ and a peer id.",
                        "PSA v1.0.0: Provider hints, delegates (must end with /p2p/{peerID})",
                        "Kubo aborts `ipfs pin remote add` on a delegate without peer id.",
                        t -> each(
                                t,
                                "a peer id at the end",
                                s -> eachDelegate(
                                        s,
                                        a -> Multiaddrs.endsWithPeer(a)
                                                ? Optional.empty()
                                                : Optional.of("'" + a + "' does not end with /p2p/{peerID}")))),
                new Check(
                        "delegates.public",
                        L1,
                        SHOULD,
                        "Delegates are publicly dialable: no loopback, private or link-local addresses.",
                        "PSA v1.0.0: Provider hints, delegates (no LAN addresses)",
                        "Nobody can reach them; each costs the client a dial time-out before its data is fetched.",
                        ShapeChecks::delegatesPublic));
    }

    private static void post(Trial t) {
        Pinned pin = t.pin(t.want());
        t.expectStatus(pin.exchange(), 202);
        t.expectNone(Shapes.pinStatus(pin.status()), pin.exchange(), "a PinStatus");
        t.expect(
                pin.status().path("pin").path("cid").asText().equals(pin.cid()),
                pin.exchange(),
                "pin.cid " + pin.cid(),
                "pin.cid " + pin.status().path("pin").path("cid").asText("missing"));
    }

    private static void get(Trial t) {
        Pinned pin = t.pin(t.want());
        Exchange exchange = t.psa().get(pin.id());
        t.requireStatus(exchange, 200);
        t.expectNone(Shapes.pinStatus(exchange.json()), exchange, "a PinStatus");
        t.expect(
                exchange.json().path("requestid").asText().equals(pin.id()),
                exchange,
                "requestid " + pin.id(),
                "requestid " + exchange.json().path("requestid").asText("missing"));
    }

    private static void list(Trial t) {
        Pinned pin = t.pin(t.want());
        Exchange some = t.psa().list(Query.all().cid(pin.cid()));
        t.requireStatus(some, 200);
        t.expectNone(Shapes.pinResults(some.json()), some, "PinResults");
        Exchange none = t.psa().list(Query.all().cid(t.session().hashedCid()));
        t.requireStatus(none, 200);
        t.expectNone(Shapes.pinResults(none.json()), none, "PinResults, also when nothing matches");
    }

    private static void delete(Trial t) {
        Exchange exchange = t.psa().delete(t.pin(t.want()).id());
        t.expectStatus(exchange, 202);
        t.expect(exchange.body().length == 0, exchange, "no body", exchange.body().length + " bytes of body");
    }

    private static void contentType(Trial t) {
        Pinned pin = t.pin(t.want());
        List<Exchange> answers = List.of(
                pin.exchange(),
                t.psa().get(pin.id()),
                t.psa().list(Query.all().limit(1)),
                t.psa().get(t.session().madeUpId(pin.id())),
                t.anonymous().list(Query.all().limit(1)));
        for (Exchange answer : answers) {
            t.expect(
                    answer.mediaType().equals("application/json"),
                    answer,
                    "Content-Type: application/json",
                    answer.mediaType().isEmpty() ? "no Content-Type" : "Content-Type: " + answer.mediaType());
        }
    }

    /** Provokes the errors that every server has; a status that means success is another check's business. */
    private static List<Exchange> provoked(Trial t) {
        Pinned pin = t.pin(t.want());
        List<Exchange> answers = List.of(
                t.psa().send(Ask.of("POST", "/pins").json("{\"cid\":")),
                t.psa().send(Ask.of("POST", "/pins").json("{}")),
                t.psa().list(Query.all().and("limit", "abc")),
                t.anonymous().get(pin.id()),
                t.psa().get(t.session().madeUpId(pin.id())),
                t.psa().delete(t.session().madeUpId(pin.id())),
                t.psa().send(Ask.of("PUT", "/pins/" + pin.id()).json("{}")));
        return answers.stream().filter(answer -> answer.status() >= 400).toList();
    }

    private static void failureShape(Trial t) {
        for (Exchange answer : provoked(t)) {
            t.expectNone(Shapes.failure(answer), answer, "a Failure body");
        }
    }

    private static void reasonToken(Trial t) {
        for (Exchange answer : provoked(t)) {
            String reason = answer.json().path("error").path("reason").asText();
            t.expect(reason.matches("[A-Z][A-Z0-9_]*"), answer, "a reason like NOT_FOUND", "reason '" + reason + "'");
        }
    }

    private static void precision(Trial t) {
        Set<String> seen = new LinkedHashSet<>();
        for (int i = 0; i < 5; i++) {
            seen.add(t.pin(t.want()).created());
        }
        // Trailing zeros may be left out, so one whole second proves nothing; five in a row do.
        t.expect(
                seen.stream().anyMatch(created -> created.matches(".*\\.\\d*[1-9]\\d*.*") && finerThanTenth(seen)),
                null,
                "five creation times with milliseconds",
                "only " + String.join(", ", seen));
    }

    private static boolean finerThanTenth(Set<String> times) {
        return times.stream().anyMatch(created -> created.matches(".*\\.\\d{2}.*"));
    }

    private static void createdImmutable(Trial t) {
        Pinned pin = t.pin(t.want());
        for (int i = 0; i < 3; i++) {
            Exchange seen = t.psa().get(pin.id());
            expectSameTime(t, pin, seen.json(), seen);
            t.session().pause(t.settings().poll());
        }
        Exchange list = t.psa().list(Query.all().cid(pin.cid()));
        for (JsonNode result : list.json().path("results")) {
            if (result.path("requestid").asText().equals(pin.id())) {
                expectSameTime(t, pin, result, list);
            }
        }
    }

    /** Answers may be written with more or fewer digits; the instant is what has to stay. */
    private static void expectSameTime(Trial t, Pinned pin, JsonNode status, Exchange at) {
        String created = status.path("created").asText();
        Optional<Instant> first = Rfc3339.parse(pin.created());
        Optional<Instant> now = Rfc3339.parse(created);
        boolean same = (first.isPresent() && now.isPresent())
                ? Duration.between(first.get(), now.get()).abs().toNanos() < 1_000_000
                : created.equals(pin.created());
        t.expect(same, at, "created " + pin.created(), "created " + created);
    }

    private static List<String> idProblems(JsonNode status) {
        JsonNode id = status.path("requestid");
        return id.isTextual() && id.asText().matches("[A-Za-z0-9._~:@!$&'()*,;=+-]+")
                ? List.of()
                : List.of("requestid is " + (id.isTextual() ? "'" + id.asText() + "'" : Shapes.kind(id)));
    }

    private static void idsUnique(Trial t) {
        Set<String> ids = new LinkedHashSet<>();
        List<Pinned> pins = t.population();
        for (Pinned pin : pins) {
            t.expect(
                    ids.add(pin.id()),
                    pin.exchange(),
                    "a new requestid for every POST",
                    pin.id() + " was given before");
        }
        t.note(pins.size() + " ids");
    }

    private static List<String> unknownFields(JsonNode status) {
        List<String> unknown = new ArrayList<>();
        for (Iterator<String> names = status.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!Shapes.STATUS_FIELDS.contains(name)) {
                unknown.add("field '" + name + "'");
            }
        }
        return unknown;
    }

    private static void delegatesPublic(Trial t) {
        if (!t.settings().publicDelegates()) {
            throw t.skip(
                    "the endpoint itself is on this machine, so its delegates may be too (--expect-public-delegates)");
        }
        each(
                t,
                "publicly dialable delegates",
                s -> eachDelegate(
                        s, a -> Multiaddrs.isPrivate(a) ? Optional.of("'" + a + "' is not public") : Optional.empty()));
    }

    private static List<String> eachDelegate(JsonNode status, Function<String, Optional<String>> rule) {
        return Shapes.strings(status.path("delegates")).stream()
                .map(rule)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Looks at the same status where it is created, read and listed. */
    private static void each(Trial t, String expected, Function<JsonNode, List<String>> rule) {
        Pinned pin = t.pin(t.want());
        t.expectNone(rule.apply(pin.status()), pin.exchange(), expected);
        Exchange read = t.psa().get(pin.id());
        if (read.status() == 200) {
            t.expectNone(rule.apply(read.json()), read, expected);
        }
        Exchange listed = t.psa().list(Query.all().cid(pin.cid()));
        for (JsonNode result : listed.json().path("results")) {
            t.expectNone(rule.apply(result), listed, expected);
        }
    }
}
