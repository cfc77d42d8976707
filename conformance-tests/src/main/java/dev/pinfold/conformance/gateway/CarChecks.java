package dev.pinfold.conformance.gateway;

import static dev.pinfold.conformance.rule.Level.G;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;
import static dev.pinfold.conformance.session.GatewayAccess.CAR;

import dev.pinfold.conformance.content.CarFile;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Dag;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** CAR answers of a trustless gateway: type, integrity, completeness, order. A gateway without CARs is not judged by them. */
public final class CarChecks {
    private static final String SPEC = "IPFS Trustless Gateway: ";

    private CarChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(form());
        checks.addAll(contents());
        checks.addAll(order());
        return List.copyOf(checks);
    }

    private static List<Check> form() {
        return List.of(
                new Check(
                        "gateway.car-probe",
                        G,
                        SHOULD,
                        "/ipfs/bafkqaaa?format=car answers GET with a CAR of that root, and HEAD with 200.",
                        SPEC + "dedicated probe paths; CAR is a SHOULD",
                        "Clients probe with it whether CARs are served.",
                        CarChecks::probe),
                new Check(
                        "gateway.car-accept",
                        G,
                        SHOULD,
                        "Accept: application/vnd.ipld.car alone gives a CAR.",
                        SPEC + "Accept (request header)",
                        "Not every client can add a parameter to the URL.",
                        CarChecks::accept),
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
                        "A CAR holds every block of the DAG, with dag-scope=all and without dag-scope.",
                        SPEC + "dag-scope (query parameter), all is the default",
                        "A file with a hole is noticed when it is needed.",
                        CarChecks::complete),
                new Check(
                        "gateway.car-no-foreign-blocks",
                        G,
                        SHOULD,
                        "A CAR holds no block that was not asked for.",
                        SPEC + "dag-scope (query parameter)",
                        "Readers that verify as they go stop at the first block they did not expect.",
                        CarChecks::noForeignBlocks),
                new Check(
                        "gateway.car-no-identity-blocks",
                        G,
                        MUST,
                        "Identity CIDs are not sent as sections.",
                        SPEC + "CAR dups; identity CIDs",
                        "Their content is in the CID; strict readers refuse the CAR.",
                        CarChecks::noIdentity));
    }

    private static List<Check> order() {
        return List.of(
                new Check(
                        "gateway.car-root-first",
                        G,
                        SHOULD,
                        "Asked for order=dfs, the root block comes first.",
                        SPEC + "CAR order (dfs)",
                        "Streaming clients verify from the root down and cannot start otherwise.",
                        CarChecks::rootFirst),
                new Check(
                        "gateway.car-dfs-exact",
                        G,
                        MUST,
                        "A CAR that says order=dfs has its blocks in depth-first order.",
                        SPEC + "CAR order (dfs)",
                        "The label is a promise: a reader that keeps no blocks relies on the next one being the next.",
                        CarChecks::depthFirst),
                new Check(
                        "gateway.car-no-duplicates",
                        G,
                        MUST,
                        "A CAR that says dups=n has every block once.",
                        SPEC + "CAR dups (n)",
                        "Directories of equal files would be sent many times over.",
                        CarChecks::noDuplicates),
                new Check(
                        "gateway.car-every-duplicate",
                        G,
                        MUST,
                        "A CAR that says dups=y has a block each time the walk meets it.",
                        SPEC + "CAR dups (y)",
                        "A reader that throws blocks away after use waits for the second one for ever.",
                        CarChecks::everyDuplicate),
                new Check(
                        "gateway.car-parameter-beats-accept",
                        G,
                        SHOULD,
                        "car-dups in the URL decides when it and Accept differ.",
                        SPEC + "car-version, car-order and car-dups (query parameters)",
                        "Caches see the URL and not the header; two answers under one URL get mixed up.",
                        CarChecks::parameterWins));
    }

    private static void probe(Trial t) {
        String target = "/ipfs/" + RawChecks.EMPTY + "?format=car";
        Exchange exchange = t.gateway().send(Ask.of("GET", target).with("Accept", CAR));
        t.requireStatus(exchange, 200);
        CarFile.Parsed parsed = CarFile.read(exchange.body());
        t.require(
                parsed.problem().isEmpty(),
                exchange,
                "a CARv1",
                parsed.problem().orElse(""));
        t.expect(
                parsed.hasOnlyRoot(Cids.parse(RawChecks.EMPTY).orElseThrow()),
                exchange,
                "a header with the root " + RawChecks.EMPTY,
                "another header");
        t.expectStatus(t.gateway().send(Ask.of("HEAD", target).with("Accept", CAR)), 200);
    }

    private static void accept(Trial t) {
        Exchange exchange = t.gateway()
                .send(Ask.of("GET", "/ipfs/" + KnownContent.anyCid(t) + "?dag-scope=block")
                        .with("Accept", CAR));
        t.requireStatus(exchange, 200);
        t.expect(exchange.mediaType().equals(CAR), exchange, CAR, "'" + exchange.mediaType() + "'");
    }

    private static Exchange anyCar(Trial t) {
        Exchange exchange = Car.ask(t, "", "&dag-scope=block", Car.IN_ORDER);
        t.requireStatus(exchange, 200);
        return exchange;
    }

    private static void contentType(Trial t) {
        Exchange exchange = anyCar(t);
        String type = exchange.header("content-type").orElse("none");
        t.expect(
                exchange.mediaType().equals(CAR)
                        && Car.parameter(type, "version").equals("1"),
                exchange,
                CAR + "; version=1",
                type);
    }

    private static void typeParameters(Trial t) {
        Exchange exchange = anyCar(t);
        String type = exchange.header("content-type").orElse("none");
        boolean order = Set.of("dfs", "unk").contains(Car.parameter(type, "order"));
        boolean dups = Set.of("y", "n").contains(Car.parameter(type, "dups"));
        t.expect(order && dups, exchange, "order=dfs (or unk) and dups=n (or y)", type);
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
        Exchange exchange = Car.ask(t, "", "&dag-scope=block&car-version=99", CAR + "; version=99");
        t.expect(
                exchange.status() == 400 || exchange.status() == 406,
                exchange,
                "400 or 406",
                "status " + exchange.status());
    }

    private static void blocksVerify(Trial t) {
        KnownContent.wholeDag(t);
        Car car = Car.of(t, "", "&dag-scope=all");
        for (CarFile.Section section : car.sections()) {
            boolean right = section.cid().matches(section.data()).orElse(true);
            t.expect(
                    right,
                    car.exchange(),
                    "blocks with the hash of their CID",
                    "other bytes under " + section.cid().text());
        }
        t.note(car.sections().size() + " blocks");
    }

    private static void complete(Trial t) {
        Dag dag = KnownContent.wholeDag(t);
        Set<String> all = new LinkedHashSet<>(dag.depthFirst(dag.root(), false));
        if (Car.of(t, "", "&dag-scope=all").expectAll(t, all, "the DAG")) {
            Car.of(t, "", "").expectAll(t, all, "the DAG, without dag-scope");
        }
        t.note(all.size() + " blocks below the root");
    }

    private static void noForeignBlocks(Trial t) {
        Dag dag = KnownContent.wholeDag(t);
        Car.of(t, "", "&dag-scope=all")
                .expectNothingElse(t, new LinkedHashSet<>(dag.depthFirst(dag.root(), false)), "the DAG");
    }

    private static void noIdentity(Trial t) {
        KnownContent.requireCars(t);
        List<Exchange> answers = new ArrayList<>(List.of(t.gateway()
                .send(Ask.of("GET", "/ipfs/" + RawChecks.EMPTY + "?format=car").with("Accept", Car.IN_ORDER))));
        answers.add(Car.ask(t, "", "", CAR + "; version=1; order=dfs; dups=y"));
        for (Exchange exchange : answers) {
            boolean any = CarFile.read(exchange.body()).sections().stream()
                    .anyMatch(section -> section.cid().identity());
            t.expect(!any, exchange, "no section with an identity CID", "one");
        }
    }

    private static void rootFirst(Trial t) {
        Dag dag = KnownContent.wholeDag(t);
        Car car = Car.of(t, "", "&dag-scope=all&car-order=dfs");
        if (car.parameter("order").equals("unk")) {
            throw t.skip("the gateway says order=unk, which promises nothing");
        }
        t.require(!car.order().isEmpty(), car.exchange(), "blocks", "an empty CAR");
        String first = car.order().getFirst();
        t.expect(
                first.equals(dag.root().multihashKey()),
                car.exchange(),
                "the root block first",
                car.sections().getFirst().cid().text() + " first");
    }

    private static void depthFirst(Trial t) {
        Dag dag = KnownContent.wholeDag(t);
        Car car = Car.of(t, "", "&dag-scope=all&car-order=dfs");
        if (!car.parameter("order").equals("dfs")) {
            throw t.skip("the gateway does not say order=dfs");
        }
        List<String> right = dag.depthFirst(dag.root(), false);
        List<String> got = car.firstTimes();
        int same = 0;
        while (same < Math.min(right.size(), got.size()) && right.get(same).equals(got.get(same))) {
            same++;
        }
        t.expect(
                right.equals(got),
                car.exchange(),
                "the " + right.size() + " blocks in depth-first order",
                same == got.size() ? "only " + same + " blocks" : "another block in place " + (same + 1));
    }

    private static void noDuplicates(Trial t) {
        KnownContent.wholeDag(t);
        Car car = Car.of(t, "", "&dag-scope=all&car-dups=n");
        if (!car.parameter("dups").equals("n")) {
            throw t.skip("the gateway does not say dups=n");
        }
        int twice = car.order().size() - car.blocks().size();
        t.expect(twice == 0, car.exchange(), "every block once", twice + " blocks again");
    }

    private static void everyDuplicate(Trial t) {
        Dag dag = KnownContent.wholeDag(t);
        List<String> right = dag.depthFirst(dag.root(), true);
        if (right.size() == dag.depthFirst(dag.root(), false).size()) {
            throw t.skip("the known content has no block twice; the file that 'pinfold conformance sample' writes has");
        }
        Exchange answer = Car.ask(t, "", "&dag-scope=all", CAR + "; version=1; order=dfs; dups=y");
        if (refused(answer)
                || !Car.parameter(answer.header("content-type").orElse(""), "dups")
                        .equals("y")) {
            throw t.skip("the gateway does not say dups=y");
        }
        Car car = Car.read(t, answer);
        Map<String, Integer> times = new HashMap<>();
        right.forEach(key -> times.merge(key, 1, Integer::sum));
        car.order().forEach(key -> times.merge(key, -1, Integer::sum));
        long tooFew = times.values().stream().filter(left -> left > 0).count();
        t.expect(
                tooFew == 0,
                car.exchange(),
                right.size() + " sections, each block as often as it is linked",
                tooFew + " blocks less often, in " + car.order().size() + " sections");
    }

    private static void parameterWins(Trial t) {
        Exchange asked = Car.ask(t, "", "&dag-scope=block", CAR + "; version=1; order=dfs; dups=y");
        if (refused(asked)
                || !Car.parameter(asked.header("content-type").orElse(""), "dups")
                        .equals("y")) {
            throw t.skip("the gateway knows no dups=y, so there is nothing to choose");
        }
        Exchange both = Car.ask(t, "", "&dag-scope=block&car-dups=y", CAR + "; version=1; order=dfs; dups=n");
        t.requireStatus(both, 200);
        String type = both.header("content-type").orElse("none");
        t.expect(Car.parameter(type, "dups").equals("y"), both, "dups=y, as the URL says", type);
    }

    /** A gateway may refuse parameters that it does not support. */
    private static boolean refused(Exchange exchange) {
        return exchange.status() == 400 || exchange.status() == 406;
    }
}
