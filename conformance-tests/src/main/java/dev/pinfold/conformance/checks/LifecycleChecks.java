package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L4;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Rfc3339;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Query;
import dev.pinfold.conformance.session.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** L4: what becomes of a pin: made, seen, replaced, finished, deleted. */
public final class LifecycleChecks {
    private static final String REPLACE = "PSA v1.0.0: replacePinByRequestId; The pin lifecycle, Replacing";
    private static final String LIFECYCLE = "PSA v1.0.0: The pin lifecycle";
    private static final Map<String, Integer> STAGE = Map.of("queued", 0, "pinning", 1, "pinned", 2, "failed", 2);

    private LifecycleChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(identity());
        checks.addAll(replacing());
        checks.addAll(progress());
        return List.copyOf(checks);
    }

    private static List<Check> identity() {
        return List.of(
                new Check(
                        "unknown-id.404",
                        L4,
                        MUST,
                        "Reading, replacing and deleting an id that does not exist answers 404.",
                        "PSA v1.0.0: responses/NotFound",
                        "A 202 tells a clean-up that it removed something it did not.",
                        LifecycleChecks::unknownId),
                new Check(
                        "delete.takes-effect",
                        L4,
                        MUST,
                        "After DELETE the pin is gone from reads (404) and lists, and a second DELETE answers 404.",
                        "PSA v1.0.0: deletePinByRequestId, responses/NotFound",
                        "What is still there after its removal is still paid for.",
                        LifecycleChecks::delete),
                new Check(
                        "duplicate-cid.separate-requests",
                        L4,
                        MUST,
                        "The same CID pinned twice gives two requests; deleting one keeps the other.",
                        "PSA v1.0.0: schemas/PinStatus, requestid (identifier of the request, not of the content)",
                        "Two applications that pin the same file must not remove each other's pin.",
                        LifecycleChecks::duplicates));
    }

    private static List<Check> replacing() {
        return List.of(
                new Check(
                        "replace.new-id-old-404",
                        L4,
                        MUST,
                        "Replacing answers 202 with a new requestid; the old one is gone (404).",
                        REPLACE,
                        "With the same id a client cannot tell the old content's status from the new one's.",
                        LifecycleChecks::replaceIds),
                new Check(
                        "replace.new-created",
                        L4,
                        MUST,
                        "The replacement has a creation time of its own, later than the old one.",
                        REPLACE + "; schemas/PinStatus, created (when the request entered the service)",
                        "A kept creation time hides the replacement from clients that list what is new.",
                        LifecycleChecks::replaceCreated),
                new Check(
                        "replace.not-merged",
                        L4,
                        MUST,
                        "The replacement has the name and meta of the new request, with nothing left of the old.",
                        REPLACE,
                        "Leftovers of the old object make the new one match filters that it should not.",
                        LifecycleChecks::replaceWhole),
                new Check(
                        "replace.same-cid",
                        L4,
                        SHOULD,
                        "A pin may be replaced by one of the same CID, to change its name or meta.",
                        REPLACE + " (the specification does not ask for another CID)",
                        "Helia's setMetadata() does exactly this.",
                        LifecycleChecks::replaceSameCid));
    }

    private static List<Check> progress() {
        return List.of(
                new Check(
                        "status.transitions",
                        L4,
                        MUST,
                        "A pin goes from queued over pinning to pinned or failed, and never backwards.",
                        LIFECYCLE + ", schemas/Status",
                        "A client that saw pinned has told its user that the data is safe.",
                        LifecycleChecks::transitions),
                new Check(
                        "read-your-writes",
                        L4,
                        SHOULD,
                        "A pin shows in lists as soon as its POST was answered.",
                        LIFECYCLE + " (added to the queue, 202)",
                        "Clients that look first and pin then would pin twice.",
                        LifecycleChecks::readYourWrites),
                new Check(
                        "failed.says-why",
                        L4,
                        SHOULD,
                        "A failed pin says why in info.status_details.",
                        "PSA v1.0.0: schemas/StatusInfo, status_details",
                        "\"failed\" alone leaves nothing to do but to ask support.",
                        LifecycleChecks::failedSaysWhy));
    }

    private static void unknownId(Trial t) {
        String id = t.session().madeUpId(t.pin(t.want()).id());
        t.expectStatus(t.psa().get(id), 404);
        t.expectStatus(t.psa().replace(id, t.want().json()), 404);
        t.expectStatus(t.psa().delete(id), 404);
    }

    private static void delete(Trial t) {
        Pinned pin = t.pin(t.want());
        Exchange first = t.psa().delete(pin.id());
        t.require(first.success(), first, "the DELETE is accepted", "status " + first.status());
        t.session()
                .until(
                        t.settings().settle(),
                        () -> List.of(404, 410).contains(t.psa().get(pin.id()).status()));
        t.expectGone(t.psa().get(pin.id()));
        t.expectGone(t.psa().delete(pin.id()));
        Exchange list = t.psa().list(Query.all().cid(pin.cid()));
        t.expect(!lists(list, pin.id()), list, "the pin is not listed", "it is listed");
    }

    private static void duplicates(Trial t) {
        Want want = t.want();
        Pinned one = t.pin(want);
        Pinned two = t.pin(want);
        t.require(
                !one.id().equals(two.id()),
                two.exchange(),
                "a requestid of its own",
                "requestid " + two.id() + " again");
        t.awaitListed(List.of(one, two));
        Exchange both = t.psa().list(Query.all().cid(want.cid()));
        t.expect(
                lists(both, one.id()) && lists(both, two.id()),
                both,
                "both requests listed",
                both.json().path("results").size() + " listed");
        t.psa().delete(one.id());
        t.expectStatus(t.psa().get(two.id()), 200);
    }

    private static Pinned replaced(Trial t, Pinned old, Want want) {
        Exchange exchange = t.psa().replace(old.id(), want.json());
        Optional<String> id = Psa.requestId(exchange);
        t.require(
                exchange.success() && id.isPresent(), exchange, "202 with a requestid", "status " + exchange.status());
        return new Pinned(want, id.orElseThrow(), exchange);
    }

    private static void replaceIds(Trial t) {
        Pinned old = t.pin(t.want());
        Pinned fresh = replaced(t, old, t.want());
        t.expectStatus(fresh.exchange(), 202);
        t.expect(!fresh.id().equals(old.id()), fresh.exchange(), "a new requestid", "the old requestid " + old.id());
        t.expectGone(t.psa().get(old.id()));
        Exchange read = t.psa().get(fresh.id());
        t.expectStatus(read, 200);
        t.expect(
                read.json().path("pin").path("cid").asText().equals(fresh.cid()),
                read,
                "pin.cid " + fresh.cid(),
                "pin.cid " + read.json().path("pin").path("cid").asText("missing"));
    }

    private static void replaceCreated(Trial t) {
        Pinned old = t.pin(t.want());
        Pinned fresh = replaced(t, old, t.want());
        Optional<Instant> before = Rfc3339.parse(old.created());
        Optional<Instant> after = Rfc3339.parse(fresh.created());
        t.expect(
                before.isPresent() && after.isPresent() && after.get().isAfter(before.get()),
                fresh.exchange(),
                "created later than " + old.created(),
                "created " + fresh.created());
    }

    private static void replaceWhole(Trial t) {
        Pinned old = t.pin(t.want().meta("only-in-old", "yes"));
        Want bare = t.want();
        Exchange exchange = t.psa().replace(old.id(), Json.object().put("cid", bare.cid()));
        Optional<String> id = Psa.requestId(exchange);
        t.require(
                exchange.success() && id.isPresent(), exchange, "202 with a requestid", "status " + exchange.status());
        Exchange read = t.psa().get(id.orElseThrow());
        t.expect(
                !read.json().path("pin").path("meta").has("only-in-old"),
                read,
                "no meta of the old pin",
                "meta[only-in-old] is there");
        String name = read.json().path("pin").path("name").asText("");
        t.expect(!name.equals(old.want().name()), read, "not the name of the old pin", "name '" + name + "'");
    }

    private static void replaceSameCid(Trial t) {
        Pinned old = t.pin(t.want());
        Exchange exchange = t.psa().replace(old.id(), t.want().cid(old.cid()).json());
        t.expect(exchange.success(), exchange, "202", "status " + exchange.status());
    }

    /** Watches pins from the first answer until they are done or the time is over. */
    private static void transitions(Trial t) {
        for (Want want : List.of(t.want(), t.want().cid(t.session().hashedCid()))) {
            Pinned pin = t.pin(want);
            List<String> seen =
                    new ArrayList<>(List.of(pin.status().path("status").asText()));
            t.session().until(done(t, want), () -> {
                Exchange look = t.psa().get(pin.id());
                String now = look.json().path("status").asText();
                expectForward(t, look, seen.getLast(), now);
                seen.add(now);
                return !t.clean() || (STAGE.getOrDefault(now, 2) == 2 && seen.size() > 3);
            });
            t.note("seen: " + String.join(" → ", withoutRepeats(seen)));
        }
    }

    /** Content that exists nowhere never gets done; watching it for long tells nothing. */
    private static Duration done(Trial t, Want want) {
        return want.cid().startsWith("bafk") && !want.cid().startsWith("bafkq")
                ? t.settings().poll().multipliedBy(3)
                : t.settings().waitPinned();
    }

    private static void expectForward(Trial t, Exchange look, String before, String now) {
        if (!t.expect(STAGE.containsKey(now), look, "one of queued, pinning, pinned, failed", "status '" + now + "'")) {
            return;
        }
        int from = STAGE.getOrDefault(before, 0);
        int to = STAGE.getOrDefault(now, 0);
        t.expect(to > from || now.equals(before), look, "nothing before " + before, before + " → " + now);
    }

    private static List<String> withoutRepeats(List<String> states) {
        List<String> changes = new ArrayList<>();
        for (String state : states) {
            if (changes.isEmpty() || !changes.getLast().equals(state)) {
                changes.add(state);
            }
        }
        return changes;
    }

    private static void readYourWrites(Trial t) {
        Pinned pin = t.pin(t.want());
        long answered = System.nanoTime();
        Exchange list = t.psa().list(Query.all().cid(pin.cid()));
        if (!lists(list, pin.id())) {
            boolean later = t.session()
                    .until(
                            t.settings().settle(),
                            () -> lists(t.psa().list(Query.all().cid(pin.cid())), pin.id()));
            long lag = Duration.ofNanos(System.nanoTime() - answered).toMillis();
            t.expect(
                    false,
                    list,
                    "the pin is listed",
                    later ? "it is listed only after " + lag + " ms" : "it is not listed");
        }
        t.expectStatus(t.psa().get(pin.id()), 200);
    }

    private static void failedSaysWhy(Trial t) {
        Exchange page = t.psa().list(Query.none().status("failed").limit(50));
        t.requireStatus(page, 200);
        JsonNode results = page.json().path("results");
        if (results.isEmpty()) {
            throw t.skip("this account has no failed pin to look at");
        }
        for (JsonNode result : results) {
            String details = result.path("info").path("status_details").asText("");
            t.expect(
                    !details.isBlank(),
                    page,
                    "info.status_details of failed pin "
                            + result.path("requestid").asText(),
                    "nothing");
        }
    }

    private static boolean lists(Exchange page, String id) {
        for (JsonNode result : page.json().path("results")) {
            if (result.path("requestid").asText().equals(id)) {
                return true;
            }
        }
        return false;
    }
}
