package dev.pinfold.conformance.gateway;

import static dev.pinfold.conformance.rule.Level.G;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import dev.pinfold.conformance.content.Dag;
import dev.pinfold.conformance.content.Dag.Entry;
import dev.pinfold.conformance.content.UnixFs.Kind;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Parts of a DAG as CARs: scopes, paths, and ranges of bytes. The right blocks are known from the DAG's own nodes. */
public final class ScopeChecks {
    private static final String SPEC = "IPFS Trustless Gateway: ";

    private ScopeChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(scopes());
        checks.addAll(paths());
        checks.addAll(bytes());
        return List.copyOf(checks);
    }

    private static List<Check> scopes() {
        return List.of(
                new Check(
                        "gateway.car-scope-block",
                        G,
                        SHOULD,
                        "dag-scope=block gives the root block alone.",
                        SPEC + "dag-scope (query parameter), block",
                        "Clients that ask for one block do not want the whole DAG.",
                        ScopeChecks::scopeBlock),
                new Check(
                        "gateway.car-scope-entity-file",
                        G,
                        SHOULD,
                        "dag-scope=entity of a file gives all its blocks and nothing else.",
                        SPEC + "dag-scope (query parameter), entity",
                        "This is how clients fetch one file and verify it.",
                        ScopeChecks::entityFile),
                new Check(
                        "gateway.car-scope-entity-directory",
                        G,
                        SHOULD,
                        "dag-scope=entity of a directory gives the directory without what it lists.",
                        SPEC + "dag-scope (query parameter), entity",
                        "Listing a directory must not download what is in it.",
                        ScopeChecks::entityDirectory),
                new Check(
                        "gateway.car-scope-entity-sharded",
                        G,
                        SHOULD,
                        "dag-scope=entity of a sharded directory gives all its shards and no entry.",
                        SPEC + "dag-scope (query parameter), entity; UnixFS HAMT",
                        "A listing from some of the shards lacks names and nobody notices.",
                        ScopeChecks::entitySharded));
    }

    private static List<Check> paths() {
        return List.of(
                new Check(
                        "gateway.car-path",
                        G,
                        MUST,
                        "A CAR of a path has the blocks on the way and what the path leads to, and no sibling.",
                        SPEC + "dag-scope (query parameter): after the blocks required to verify path segments",
                        "Without the blocks on the way nobody can verify that the path leads there.",
                        ScopeChecks::path),
                new Check(
                        "gateway.car-path-sharded",
                        G,
                        MUST,
                        "A path through a sharded directory has the shards on the way, and not all shards.",
                        SPEC + "dag-scope (query parameter); UnixFS HAMT",
                        "Large directories are sharded; a website's every page is behind one.",
                        ScopeChecks::pathSharded),
                new Check(
                        "gateway.car-path-missing",
                        G,
                        SHOULD,
                        "A path that does not exist answers 404, or 200 with the blocks that show it.",
                        SPEC + "404 Not Found; streaming responses",
                        "Anything else looks like an outage, and clients try again and again.",
                        ScopeChecks::pathMissing));
    }

    private static List<Check> bytes() {
        return List.of(
                new Check(
                        "gateway.car-entity-bytes",
                        G,
                        MUST,
                        "entity-bytes gives every block that holds bytes of the range, in all its forms.",
                        SPEC + "entity-bytes (query parameter)",
                        "A player that jumps into a film gets a hole instead.",
                        t -> ranges(t, true)),
                new Check(
                        "gateway.car-entity-bytes-minimal",
                        G,
                        MUST,
                        "entity-bytes gives no block outside of the range.",
                        SPEC + "entity-bytes (query parameter): only the minimal set of blocks",
                        "A few bytes of a large file would cost the whole file.",
                        t -> ranges(t, false)),
                new Check(
                        "gateway.car-entity-bytes-outside",
                        G,
                        SHOULD,
                        "A range behind the end of the file answers 400, or gives the file's root block alone.",
                        SPEC + "entity-bytes (query parameter), ranges fully outside",
                        "Clients ask without knowing the size; the whole file is the wrong answer.",
                        ScopeChecks::outside),
                new Check(
                        "gateway.car-entity-bytes-directory",
                        G,
                        MUST,
                        "entity-bytes of a directory is ignored.",
                        SPEC + "entity-bytes (query parameter): equivalent to dag-scope=entity",
                        "Clients send the range before they know what the path leads to.",
                        ScopeChecks::bytesOfDirectory),
                new Check(
                        "gateway.car-entity-bytes-malformed",
                        G,
                        SHOULD,
                        "entity-bytes that is no range is refused with 400.",
                        SPEC + "entity-bytes (query parameter), allowed values",
                        "Otherwise a typing error downloads the whole file.",
                        ScopeChecks::malformed));
    }

    private static Entry directory(Trial t) {
        return KnownContent.entry(
                t,
                "directory with something in it",
                entry -> entry.kind() == Kind.DIRECTORY && KnownContent.dag(t).sizeBelow(entry.cid()) > 0);
    }

    private static Entry sharded(Trial t) {
        return KnownContent.entry(t, "sharded directory", entry -> entry.kind() == Kind.SHARD && !entry.sharded());
    }

    private static void scopeBlock(Trial t) {
        Dag dag = KnownContent.dag(t);
        Car.of(t, "", "&dag-scope=block").expectExactly(t, Set.of(dag.root().multihashKey()), "dag-scope=block");
    }

    private static void entity(Trial t, Entry entry) {
        Car.of(t, entry, "&dag-scope=entity")
                .expectExactly(t, KnownContent.dag(t).entity(entry), "dag-scope=entity of " + shown(entry));
    }

    private static String shown(Entry entry) {
        return entry.path().isEmpty() ? "the root" : entry.path();
    }

    private static void entityFile(Trial t) {
        entity(t, KnownContent.file(t));
    }

    private static void entityDirectory(Trial t) {
        entity(t, directory(t));
    }

    private static void entitySharded(Trial t) {
        entity(t, sharded(t));
    }

    private static void path(Trial t) {
        Predicate<Entry> below = entry -> entry.trail().size() > 1 && !entry.sharded();
        Comparator<Entry> deep = Comparator.comparingInt(entry -> entry.trail().size());
        follow(t, KnownContent.entry(t, "path", below, deep));
        follow(t, KnownContent.entry(t, "path", below));
    }

    private static void pathSharded(Trial t) {
        follow(t, KnownContent.entry(t, "file in a sharded directory", Entry::sharded));
    }

    private static void follow(Trial t, Entry entry) {
        Dag dag = KnownContent.dag(t);
        Car.of(t, entry, "&dag-scope=block").expectExactly(t, Dag.way(entry), "the way to " + entry.path());
        if (entry.kind().file()) {
            Car.of(t, entry, "&dag-scope=all").expectExactly(t, dag.entity(entry), entry.path());
        }
    }

    private static void pathMissing(Trial t) {
        Entry directory = directory(t);
        String path = directory.path() + "/no-such-name-" + t.session().run();
        Exchange exchange = Car.ask(t, path, "", Car.IN_ORDER);
        if (exchange.status() == 200) {
            Car.read(t, exchange).expectNothingElse(t, Dag.way(directory), "the way to " + shown(directory));
            return;
        }
        t.expect(exchange.status() == 404, exchange, "404, or 200 with a CAR", "status " + exchange.status());
    }

    /**
     * One way to write a range, and the bytes that it means.
     *
     * @param slack 1 where the end counts from the end of the file: readers of the rule differ by one byte
     */
    private record Form(String text, long from, long to, int slack) {
        Form(String text, long from, long to) {
            this(text, from, to, 0);
        }
    }

    private static List<Form> forms(long size) {
        long third = size / 3;
        long half = size / 2;
        return List.of(
                new Form("0:0", 0, 0),
                new Form("0:*", 0, size - 1),
                new Form(half + ":" + half, half, half),
                new Form(third + ":" + half, third, half),
                new Form(half + ":*", half, size - 1),
                new Form("-1:*", size - 1, size - 1),
                new Form(-half + ":*", size - half, size - 1),
                new Form(third + ":" + -third, third, size - third, 1),
                new Form(-half + ":" + -third, size - half, size - third, 1),
                new Form(third + ":" + size * 9, third, size - 1),
                new Form(-size * 9 + ":" + third, 0, third));
    }

    private static void ranges(Trial t, boolean complete) {
        Entry file = KnownContent.file(t);
        Dag dag = KnownContent.dag(t);
        for (Form form : forms(dag.length(file))) {
            Car car = Car.of(t, file, "&entity-bytes=" + form.text());
            String what = file.path() + " with entity-bytes=" + form.text();
            if (complete) {
                car.expectAll(t, dag.range(file, form.from(), form.to() - form.slack()), what);
            } else {
                car.expectNothingElse(t, dag.range(file, form.from(), form.to() + form.slack()), what);
            }
        }
    }

    private static void outside(Trial t) {
        Entry file = KnownContent.file(t);
        long size = KnownContent.dag(t).length(file);
        Exchange exchange = Car.ask(t, file.path(), "&entity-bytes=" + size * 5 + ":" + size * 6, Car.IN_ORDER);
        if (exchange.status() != 400 && exchange.status() != 416) {
            Car.read(t, exchange).expectExactly(t, Dag.way(file), "the way to " + shown(file));
        }
    }

    private static void bytesOfDirectory(Trial t) {
        Entry directory = directory(t);
        Car.of(t, directory, "&entity-bytes=0:10")
                .expectExactly(t, KnownContent.dag(t).entity(directory), "dag-scope=entity of " + shown(directory));
    }

    private static void malformed(Trial t) {
        Entry file = KnownContent.file(t);
        for (String text : List.of("abc", "5", "1:x", "0:1:2")) {
            t.expectStatus(Car.ask(t, file.path(), "&entity-bytes=" + text, Car.IN_ORDER), 400);
        }
    }
}
