package dev.pinfold.conformance.gateway;

import static dev.pinfold.conformance.rule.Level.G;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;
import static dev.pinfold.conformance.session.GatewayAccess.CAR;

import dev.pinfold.conformance.content.CarFile;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.content.DagPb;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** CAR answers of a trustless gateway: type, integrity, completeness, scope. Most need content the gateway holds. */
public final class CarChecks {
    private static final String SPEC = "IPFS Trustless Gateway: ";
    private static final int MOST_BLOCKS = 20_000;

    private CarChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(form());
        checks.addAll(contents());
        return List.copyOf(checks);
    }

    private static List<Check> form() {
        return List.of(
                new Check(
                        "gateway.car-probe",
                        G,
                        SHOULD,
                        "GET /ipfs/bafkqaaa?format=car answers 200 with a CAR.",
                        SPEC + "dedicated probe paths; CAR is a SHOULD",
                        "Clients probe with it whether CARs are served.",
                        CarChecks::probe),
                new Check(
                        "gateway.car-content-type",
                        G,
                        MUST,
                        "A CAR has Content-Type: application/vnd.ipld.car with version=1.",
                        SPEC + "CAR version (content type parameter)",
                        "Clients must check it before they parse.",
                        CarChecks::contentType),
                new Check(
                        "gateway.car-type-parameters",
                        G,
                        SHOULD,
                        "The Content-Type of a CAR also tells order and dups.",
                        SPEC + "CAR order and dups (content type parameters)",
                        "A client that does not know the order has to keep every block until the end.",
                        CarChecks::typeParameters),
                new Check(
                        "gateway.car-disposition",
                        G,
                        MUST,
                        "A CAR is an attachment with a file name.",
                        SPEC + "Content-Disposition (response header)",
                        "Opened in a browser it would be shown as text.",
                        CarChecks::disposition),
                new Check(
                        "gateway.car-version-refused",
                        G,
                        SHOULD,
                        "A CAR version that does not exist is refused with 400 or 406.",
                        SPEC + "CAR version (unsupported parameters)",
                        "Otherwise the client parses one format as another.",
                        CarChecks::versionRefused));
    }

    private static List<Check> contents() {
        return List.of(
                new Check(
                        "gateway.car-blocks-verify",
                        G,
                        MUST,
                        "Every block in a CAR has the hash of its CID.",
                        SPEC + "application/vnd.ipld.car responses",
                        "One wrong block makes the whole download worthless.",
                        CarChecks::blocksVerify),
                new Check(
                        "gateway.car-complete",
                        G,
                        MUST,
                        "A CAR of dag-scope=all holds every block of the DAG.",
                        SPEC + "dag-scope (query parameter), all",
                        "A file with a hole is noticed when it is needed.",
                        CarChecks::complete),
                new Check(
                        "gateway.car-root-first",
                        G,
                        SHOULD,
                        "With order=dfs the root block comes first and parents before their children.",
                        SPEC + "CAR order (dfs)",
                        "Streaming clients verify from the root down and cannot start otherwise.",
                        CarChecks::rootFirst),
                new Check(
                        "gateway.car-no-duplicates",
                        G,
                        SHOULD,
                        "With dups=n every block is sent once.",
                        SPEC + "CAR dups (n)",
                        "Directories of equal files would be sent many times over.",
                        CarChecks::noDuplicates),
                new Check(
                        "gateway.car-no-identity-blocks",
                        G,
                        MUST,
                        "Identity CIDs are not sent as sections.",
                        SPEC + "CAR dups; identity CIDs",
                        "Their content is in the CID; strict readers refuse the CAR.",
                        CarChecks::noIdentity),
                new Check(
                        "gateway.car-scope-block",
                        G,
                        SHOULD,
                        "dag-scope=block gives the root block alone.",
                        SPEC + "dag-scope (query parameter), block",
                        "Clients that ask for one block do not want the whole DAG.",
                        CarChecks::scopeBlock));
    }

    private static void probe(Trial t) {
        Exchange exchange = t.gateway().car(RawChecks.EMPTY, "");
        t.requireStatus(exchange, 200);
        CarFile.read(exchange.body()).problem().ifPresent(problem -> t.expect(false, exchange, "a CARv1", problem));
    }

    private static Exchange anyCar(Trial t) {
        Exchange exchange = t.gateway().car(t.gateway().knownCid().orElse(RawChecks.EMPTY), "");
        t.requireStatus(exchange, 200);
        return exchange;
    }

    private static void contentType(Trial t) {
        Exchange exchange = anyCar(t);
        String type = exchange.header("content-type").orElse("none");
        t.expect(
                exchange.mediaType().equals(CAR) && parameter(type, "version").equals("1"),
                exchange,
                CAR + "; version=1",
                type);
    }

    private static void typeParameters(Trial t) {
        Exchange exchange = anyCar(t);
        String type = exchange.header("content-type").orElse("none");
        boolean order = Set.of("dfs", "unk").contains(parameter(type, "order"));
        boolean dups = Set.of("y", "n").contains(parameter(type, "dups"));
        t.expect(order && dups, exchange, "order=dfs (or unk) and dups=n (or y)", type);
    }

    private static String parameter(String type, String name) {
        for (String part : type.toLowerCase(Locale.ROOT).split(";", -1)) {
            if (part.strip().startsWith(name + "=")) {
                return part.strip().substring(name.length() + 1).replace("\"", "");
            }
        }
        return "";
    }

    private static void disposition(Trial t) {
        Exchange exchange = anyCar(t);
        String value = exchange.header("content-disposition").orElse("none");
        t.expect(
                value.startsWith("attachment") && value.contains("filename"),
                exchange,
                "Content-Disposition: attachment; filename=…",
                value);
    }

    private static void versionRefused(Trial t) {
        String cid = t.gateway().knownCid().orElse(RawChecks.EMPTY);
        Exchange exchange = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + cid + "?format=car&car-version=99")
                        .with("Accept", CAR + "; version=99"));
        t.expect(
                exchange.status() == 400 || exchange.status() == 406,
                exchange,
                "400 or 406",
                "status " + exchange.status());
    }

    /** A parsed CAR of the known content, and the exchange that brought it. */
    private record Download(Exchange exchange, Cid root, List<CarFile.Section> sections) {}

    private static Download download(Trial t, String parameters) {
        Optional<String> known = t.gateway().knownCid();
        if (known.isEmpty()) {
            throw t.skip("needs content that the gateway holds (--gateway-cid)");
        }
        Cid root = Cids.parse(known.orElseThrow()).orElseThrow();
        Exchange exchange = t.gateway().car(known.get(), parameters);
        t.requireStatus(exchange, 200);
        CarFile.Parsed parsed = CarFile.read(exchange.body());
        t.require(
                parsed.problem().isEmpty(),
                exchange,
                "a CARv1",
                parsed.problem().orElse(""));
        return new Download(exchange, root, parsed.sections());
    }

    private static void blocksVerify(Trial t) {
        Download car = download(t, "&dag-scope=all");
        for (CarFile.Section section : car.sections()) {
            boolean right = section.cid().matches(section.data()).orElse(true);
            t.expect(
                    right,
                    car.exchange(),
                    "blocks with the hash of their CID",
                    "other bytes under " + Cids.base32(section.cid().bytes()));
        }
        t.note(car.sections().size() + " blocks");
    }

    private static void complete(Trial t) {
        Download car = download(t, "&dag-scope=all");
        Map<String, byte[]> blocks = new HashMap<>();
        car.sections().forEach(section -> blocks.put(section.cid().multihashKey(), section.data()));
        Deque<Cid> open = new ArrayDeque<>(List.of(car.root()));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty() && seen.size() < MOST_BLOCKS) {
            Cid next = open.pop();
            if (!seen.add(next.multihashKey()) || next.identity()) {
                continue;
            }
            byte[] block = blocks.get(next.multihashKey());
            t.require(
                    block != null,
                    car.exchange(),
                    "every block of the DAG",
                    "b" + Cids.base32(next.bytes()) + " is missing");
            if (next.codec() == Cids.DAG_PB && block != null) {
                DagPb.links(block).ifPresent(open::addAll);
            }
        }
        t.note(seen.size() + " blocks reached from the root");
    }

    private static void rootFirst(Trial t) {
        Download car = download(t, "&dag-scope=all&car-order=dfs");
        if (parameter(car.exchange().header("content-type").orElse(""), "order").equals("unk")) {
            throw t.skip("the gateway says order=unk, which promises nothing");
        }
        t.require(!car.sections().isEmpty(), car.exchange(), "blocks", "an empty CAR");
        Set<String> allowed = new HashSet<>(Set.of(car.root().multihashKey()));
        for (CarFile.Section section : car.sections()) {
            t.require(
                    allowed.contains(section.cid().multihashKey()),
                    car.exchange(),
                    "a parent before its children",
                    "b" + Cids.base32(section.cid().bytes()) + " before anything that links to it");
            if (section.cid().codec() != Cids.DAG_PB) {
                if (section.cid().codec() != Cids.RAW) {
                    return;
                }
                continue;
            }
            DagPb.links(section.data()).ifPresent(links -> links.forEach(link -> allowed.add(link.multihashKey())));
        }
    }

    private static void noDuplicates(Trial t) {
        Download car = download(t, "&dag-scope=all&car-dups=n");
        Set<String> seen = new HashSet<>();
        for (CarFile.Section section : car.sections()) {
            t.expect(
                    seen.add(section.cid().multihashKey()),
                    car.exchange(),
                    "every block once",
                    "b" + Cids.base32(section.cid().bytes()) + " twice");
        }
    }

    private static void noIdentity(Trial t) {
        Exchange exchange = t.gateway().car(RawChecks.EMPTY, "");
        t.requireStatus(exchange, 200);
        boolean any = CarFile.read(exchange.body()).sections().stream()
                .anyMatch(section -> section.cid().identity());
        t.expect(!any, exchange, "no section with an identity CID", "one");
    }

    private static void scopeBlock(Trial t) {
        Download car = download(t, "&dag-scope=block");
        boolean alone = car.sections().size() == 1
                && car.sections()
                        .getFirst()
                        .cid()
                        .multihashKey()
                        .equals(car.root().multihashKey());
        t.expect(alone, car.exchange(), "the root block alone", car.sections().size() + " blocks");
    }
}
