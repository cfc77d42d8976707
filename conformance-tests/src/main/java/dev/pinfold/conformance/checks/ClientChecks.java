package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L6;
import static dev.pinfold.conformance.rule.Severity.INFO;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Multiaddrs;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Parallel;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Query;
import dev.pinfold.conformance.session.Want;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * L6: the same requests, in the same order, as widely used clients send them; each check passes when that client would
 * do its job. Sources: kubo 867cdc5, boxo 8df89a7, helia-remote-pinning d1693b0, omnipin d41e7ab,
 * pinning-service-client 3.0.0.
 */
public final class ClientChecks {
    private static final int BATCH = 10;

    private ClientChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(kubo());
        checks.addAll(helia());
        checks.addAll(others());
        return List.copyOf(checks);
    }

    private static List<Check> kubo() {
        return List.of(
                client(
                        "client.kubo-ls",
                        "`ipfs pin remote ls` lists every pin and ends without an error.",
                        "boxo pinning/remote/client, Ls",
                        ClientChecks::kuboLs),
                client(
                        "client.kubo-add-wait",
                        "`ipfs pin remote add` reads delegates, then polls until the pin is done.",
                        "kubo core/commands/pin/remotepin.go, add",
                        ClientChecks::kuboAdd),
                client(
                        "client.kubo-stat",
                        "`ipfs pin remote service ls --stat` gets four counts at the same time.",
                        "kubo core/commands/pin/remotepin.go, service ls --stat",
                        ClientChecks::kuboStat),
                client(
                        "client.kubo-mfs",
                        "Kubo's MFS policy finds its pin by a name with slashes and replaces it.",
                        "kubo cmd/ipfs/pinmfs.go",
                        ClientChecks::kuboMfs));
    }

    private static List<Check> helia() {
        return List.of(
                client(
                        "client.helia-add",
                        "Helia's add() gets delegates that all parse, and a status to poll.",
                        "@helia/remote-pinning, add",
                        ClientChecks::heliaAdd),
                client(
                        "client.helia-rm",
                        "Helia's rm(cid) removes that pin and no other.",
                        "@helia/remote-pinning, rm",
                        ClientChecks::heliaRm),
                client(
                        "client.helia-is-pinned",
                        "Helia's isPinned() says yes for pinned content only.",
                        "@helia/remote-pinning, isPinned",
                        ClientChecks::heliaIsPinned),
                client(
                        "client.helia-ls",
                        "Helia's ls() ends, although it pages with after=.",
                        "@helia/remote-pinning, ls",
                        ClientChecks::heliaLs));
    }

    private static List<Check> others() {
        return List.of(
                client(
                        "client.webui-batches",
                        "ipfs-webui asks for ten CIDs at a time in each of the four states.",
                        "ipfs-webui src/bundles/pinning.js",
                        ClientChecks::webui),
                client(
                        "client.omnipin-status",
                        "omnipin's status finds a pinned CID with limit=1 and no status.",
                        "omnipin src/providers/specs.ts, status",
                        ClientChecks::omnipinStatus),
                client(
                        "client.omnipin-unpin",
                        "omnipin's unpin finds a pinned CID and deletes it.",
                        "omnipin src/providers/specs.ts, unpin",
                        ClientChecks::omnipinUnpin),
                client(
                        "client.js-meta-brackets",
                        "The JavaScript client's meta[key]=value filter is understood.",
                        "@ipfs-shipyard/pinning-service-client 3.0.0 (deepObject style, not in the specification)",
                        ClientChecks::jsMeta));
    }

    private static Check client(String id, String rule, String source, Check.Body body) {
        return new Check(id, L6, INFO, rule, source, "This is what that client's users do every day.", body);
    }

    private static void kuboLs(Trial t) {
        List<Pinned> pins = new ArrayList<>();
        String name = t.session().unique("kubo-ls");
        for (int i = 0; i < 25; i++) {
            pins.add(t.pin(t.want().name(name)));
        }
        t.awaitListed(pins.reversed());
        KuboWalk walk = KuboWalk.over(t.psa(), Query.all().name(name), 10, pins.size());
        walk.problem().ifPresent(problem -> t.expect(false, walk.last(), "a listing that ends", problem));
        t.expect(
                new HashSet<>(walk.ids()).size() == 25 && walk.ids().size() == 25,
                walk.last(),
                "25 pins",
                walk.ids().size() + " rows, " + new HashSet<>(walk.ids()).size() + " pins");
    }

    private static void kuboAdd(Trial t) {
        Pinned pin = t.pin(t.want()
                .origins(
                        List.of("/ip4/192.168.1.5/tcp/4001/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN")));
        for (String delegate : Shapes.strings(pin.status().path("delegates"))) {
            // Kubo skips what it cannot parse and aborts on an address without peer.
            boolean fatal = Multiaddrs.problem(delegate).isEmpty() && !Multiaddrs.endsWithPeer(delegate);
            t.expect(!fatal, pin.exchange(), "delegates with a peer id", "'" + delegate + "'");
        }
        for (int i = 0; i < 4; i++) {
            Exchange poll = t.psa().send(Ask.of("GET", Psa.path(pin.id())).with("Accept", "application/json"));
            t.requireStatus(poll, 200);
            t.require(poll.mediaType().endsWith("json"), poll, "a JSON media type", "'" + poll.mediaType() + "'");
            String id = poll.json().path("requestid").asText();
            t.require(id.equals(pin.id()), poll, "requestid " + pin.id(), "requestid " + id);
        }
    }

    private static void kuboStat(Trial t) {
        Psa psa = t.psa();
        List<Callable<Exchange>> four = new ArrayList<>();
        for (String state : List.of("queued", "pinning", "pinned", "failed")) {
            four.add(() -> psa.list(Query.none().status(state).limit(1)));
        }
        for (Exchange answer : Parallel.all(four, 4)) {
            t.expectStatus(answer, 200);
            t.expect(
                    answer.json().path("count").isInt(),
                    answer,
                    "a count",
                    Shapes.kind(answer.json().path("count")));
        }
    }

    private static void kuboMfs(Trial t) {
        String name = "policy/" + t.session().unique("12D3KooW") + "/mfs";
        Pinned first = t.pin(t.want().name(name));
        t.awaitListed(List.of(first));
        Exchange found = t.psa().list(Query.all().name(name).limit(10));
        t.expect(
                onlyId(found).equals(first.id()),
                found,
                "the pin named " + name,
                found.json().path("count").asText("no") + " found");
        Want other = t.want().name(name);
        Exchange replaced = t.psa().replace(first.id(), other.json());
        t.require(replaced.success(), replaced, "the replace succeeds", "status " + replaced.status());
        t.awaitListed(List.of(new Pinned(other, Psa.requestId(replaced).orElse(""), replaced)));
        Exchange after = t.psa().list(Query.all().name(name).limit(10));
        t.expect(
                after.json().path("count").asInt() == 1,
                after,
                "one pin of this name",
                after.json().path("count").asText("no count"));
    }

    private static String onlyId(Exchange page) {
        JsonNode results = page.json().path("results");
        return results.size() == 1 ? results.get(0).path("requestid").asText() : "";
    }

    private static void heliaAdd(Trial t) {
        Pinned pin = t.pin(t.want());
        for (String delegate : Shapes.strings(pin.status().path("delegates"))) {
            Multiaddrs.problem(delegate)
                    .ifPresent(problem -> t.expect(false, pin.exchange(), "delegates that parse", problem));
        }
        t.expect(pin.status().path("delegates").isArray(), pin.exchange(), "delegates", "none");
        t.expectStatus(t.psa().get(pin.id()), 200);
    }

    private static void heliaRm(Trial t) {
        Pinned bystander = t.pin(t.want());
        Pinned pin = t.pin(t.want());
        waitPinned(t, pin);
        waitPinned(t, bystander);
        Exchange found = t.psa().list(Query.none().cid(pin.cid()));
        t.requireStatus(found, 200);
        for (JsonNode result : found.json().path("results")) {
            String cid = result.path("pin").path("cid").asText();
            t.require(
                    cid.equals(pin.cid()),
                    found,
                    "only pins of " + pin.cid(),
                    "a pin of " + cid + ", which Helia would delete");
        }
        String id = onlyId(found);
        if (id.isEmpty()) {
            throw t.skip("the pin did not become pinned in time, so Helia's rm would find nothing");
        }
        t.expect(t.psa().delete(pin.id()).success(), found, "the DELETE succeeds", "it does not");
        t.expectStatus(t.psa().get(bystander.id()), 200);
    }

    private static void heliaIsPinned(Trial t) {
        Pinned pin = t.pin(t.want().cid(t.session().hashedCid()));
        Query question = Query.none().cid(pin.cid()).limit(1);
        String before = t.psa().get(pin.id()).json().path("status").asText();
        Exchange answer = t.psa().list(question);
        String after = t.psa().get(pin.id()).json().path("status").asText();
        t.requireStatus(answer, 200);
        if (before.equals(after)) {
            int expected = before.equals("pinned") ? 1 : 0;
            t.expect(
                    answer.json().path("count").asInt(-1) == expected,
                    answer,
                    "count " + expected + " for a pin that is " + before,
                    "count " + answer.json().path("count").asText("missing"));
        }
    }

    /** On a correct server this lists pins again and again, but fewer each time. */
    private static void heliaLs(Trial t) {
        String name = t.session().unique("helia-ls");
        List<Pinned> pins = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            pins.add(t.pin(t.want().name(name)));
        }
        Set<String> own = pins.stream().map(Pinned::id).collect(Collectors.toSet());
        t.awaitListed(pins.reversed());
        Query filter = Query.all().name(name).limit(10);
        Set<String> seen = new HashSet<>();
        Exchange page = t.psa().list(filter);
        for (int pages = 0; pages < 20; pages++) {
            JsonNode results = page.json().path("results");
            results.forEach(result -> seen.add(result.path("requestid").asText()));
            if (results.isEmpty()) {
                t.expect(!seen.isEmpty() && own.containsAll(seen), page, "only the pins of this name", "others too");
                return;
            }
            page = t.psa()
                    .list(filter.after(
                            results.get(results.size() - 1).path("created").asText()));
        }
        t.expect(false, page, "an end within " + own.size() + " pages", "still results");
    }

    private static void webui(Trial t) {
        List<Pinned> pins = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            pins.add(t.pin(t.want()));
        }
        t.awaitListed(pins);
        Set<String> seen = new HashSet<>();
        Exchange last = pins.getFirst().exchange();
        // A pin that moves on between two of the four requests may be missed once; webui asks again, too.
        for (int round = 0; round < 3 && seen.size() < BATCH; round++) {
            for (String state : List.of("failed", "pinning", "queued", "pinned")) {
                last = t.psa()
                        .list(Query.none()
                                .status(state)
                                .cids(pins.stream().map(Pinned::cid).toList())
                                .limit(BATCH));
                t.requireStatus(last, 200);
                last.json()
                        .path("results")
                        .forEach(result ->
                                seen.add(result.path("pin").path("cid").asText()));
            }
        }
        t.expect(
                seen.equals(new HashSet<>(pins.stream().map(Pinned::cid).toList())),
                last,
                "the ten CIDs over four states",
                seen.size() + " CIDs");
    }

    private static void omnipinStatus(Trial t) {
        Pinned pin = finished(t);
        Exchange page = t.psa().list(Query.none().cid(pin.cid()).limit(1));
        t.expect(
                page.json().path("results").path(0).path("status").asText().equals("pinned"),
                page,
                "the pinned pin",
                page.json().path("results").size() + " results");
    }

    private static void omnipinUnpin(Trial t) {
        Pinned pin = finished(t);
        Exchange page = t.psa().list(Query.none().cid(pin.cid()).limit(1));
        String id = onlyId(page);
        t.require(id.equals(pin.id()), page, "requestid " + pin.id(), id.isEmpty() ? "no result" : "requestid " + id);
        Exchange deleted = t.psa().delete(id);
        t.expect(deleted.success(), deleted, "the DELETE succeeds", "status " + deleted.status());
    }

    private static void jsMeta(Trial t) {
        String value = t.session().unique("brackets");
        Want want = t.want().meta("app_id", value);
        Pinned pin = t.pin(want);
        Pinned other = t.pin(t.want());
        t.awaitListed(List.of(pin, other));
        Exchange page = t.psa().list(Query.all().and("meta[app_id]", value));
        t.expect(
                onlyId(page).equals(pin.id()),
                page,
                "the one pin with app_id=" + value,
                "status " + page.status() + ", " + page.json().path("results").size() + " results");
    }

    private static Pinned finished(Trial t) {
        Pinned pin = t.pin(t.want());
        if (!waitPinned(t, pin)) {
            throw t.skip("needs a pin that becomes pinned in time");
        }
        return pin;
    }

    private static boolean waitPinned(Trial t, Pinned pin) {
        return t.session().awaitPinned(t.psa(), pin);
    }
}
