package dev.pinfold.conformance.gateway;

import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.content.Dag;
import dev.pinfold.conformance.content.Dag.Entry;
import dev.pinfold.conformance.content.DagPb;
import dev.pinfold.conformance.content.SampleDag;
import dev.pinfold.conformance.content.UnixFs.Kind;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.GatewayAccess;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The content that the gateway is judged with: what the operator named, or else the suite's own sample if the gateway
 * holds it. Its inner nodes are read once per run, as raw blocks whose hash is checked.
 */
final class KnownContent {
    static final String HOW = "needs content that the gateway holds: --gateway-cid, or the file that"
            + " 'pinfold conformance sample' writes, imported there";
    /** Larger content is not downloaded whole. */
    private static final long MOST_BYTES = 8L << 20;

    private static final int MOST_NODES = 150;
    private static final int ENOUGH_LEAVES = 50;

    private final Optional<Cid> held;
    private final Optional<Dag> dag;
    private final String without;
    private final boolean cars;

    private KnownContent(Optional<Cid> held, Optional<Dag> dag, String without, boolean cars) {
        this.held = held;
        this.dag = dag;
        this.without = without;
        this.cars = cars;
    }

    static KnownContent of(Trial t) {
        return t.session().remembered(KnownContent.class, () -> find(t));
    }

    boolean cars() {
        return cars;
    }

    /** The first leaves of the known tree; none when it could not be read. */
    List<Cid> leaves(Cid from, int atMost) {
        return dag.map(tree -> tree.leaves(from, atMost)).orElse(List.of());
    }

    /** The tree; without one the check is skipped. */
    static Dag dag(Trial t) {
        KnownContent content = of(t);
        return content.dag.orElseThrow(() -> t.skip(content.without));
    }

    /** A CID that the gateway should answer for: known content, or the probe that every gateway may answer. */
    static String anyCid(Trial t) {
        Optional<Cid> known = of(t).held;
        if (known.isPresent()) {
            return known.get().text();
        }
        String probe = RawChecks.EMPTY;
        if (t.gateway().raw(probe).status() != 200) {
            throw t.skip(HOW);
        }
        return probe;
    }

    /** Skips the check when the gateway serves no CARs at all, which it may and which gateway.car-probe tells. */
    static void requireCars(Trial t) {
        if (!of(t).cars) {
            throw t.skip("the gateway serves no CARs (see gateway.car-probe)");
        }
    }

    /** The entry of this kind that has most blocks; without one the check is skipped. */
    static Entry entry(Trial t, String what, Predicate<Entry> which) {
        Dag dag = dag(t);
        return entry(
                t,
                what,
                which,
                Comparator.comparingInt(
                        entry -> dag.leaves(entry.cid(), ENOUGH_LEAVES).size()));
    }

    /** The entry of this kind that is the last in the given order. */
    static Entry entry(Trial t, String what, Predicate<Entry> which, Comparator<Entry> order) {
        Dag dag = dag(t);
        return dag.entries().stream()
                .filter(which)
                .filter(entry -> dag.sizeBelow(entry.cid()) <= MOST_BYTES)
                .max(order)
                .orElseThrow(() -> t.skip("the known content has no " + what
                        + " of at most 8 MiB; the file that 'pinfold conformance sample' writes has"));
    }

    /** A file of several blocks. */
    static Entry file(Trial t) {
        Dag dag = dag(t);
        return entry(
                t,
                "file of several blocks",
                entry -> entry.kind() == Kind.FILE
                        && !entry.sharded()
                        && dag.length(entry) >= 4
                        && dag.leaves(entry.cid(), 2).size() > 1);
    }

    /** A tree that is known to its last block and small enough to be downloaded; otherwise the check is skipped. */
    static Dag wholeDag(Trial t) {
        Dag dag = dag(t);
        if (!dag.whole() || dag.size() > MOST_BYTES) {
            throw t.skip(
                    "the known content is too large or not all dag-pb and raw, so what belongs to it is not known");
        }
        return dag;
    }

    private static KnownContent find(Trial t) {
        GatewayAccess gateway = t.gateway();
        Optional<Cid> given = gateway.knownCid().flatMap(Cids::parse);
        Cid cid = given.orElseGet(() -> SampleDag.create().root());
        try {
            boolean held = given.isPresent() || gateway.raw(cid.text()).status() == 200;
            boolean cars = offersCars(gateway, held ? cid.text() : RawChecks.EMPTY);
            return held ? read(gateway, cid, cars) : new KnownContent(Optional.empty(), Optional.empty(), HOW, cars);
        } catch (NoAnswer none) {
            String sentence = "the known content was not answered: " + none.sentence();
            return new KnownContent(Optional.of(cid), Optional.empty(), sentence, true);
        }
    }

    private static boolean offersCars(GatewayAccess gateway, String cid) {
        Exchange car = gateway.car(cid, "&dag-scope=block");
        return car.status() == 200 || car.status() >= 500;
    }

    private static KnownContent read(GatewayAccess gateway, Cid root, boolean cars) {
        Map<String, DagPb.Node> nodes = new HashMap<>();
        Set<String> met = new HashSet<>();
        Deque<Cid> open = new ArrayDeque<>();
        open.add(root);
        boolean whole = true;
        while (!open.isEmpty()) {
            Cid next = open.poll();
            if (next.identity() || next.codec() == Cids.RAW || !met.add(next.multihashKey())) {
                continue;
            }
            if (next.codec() != Cids.DAG_PB || nodes.size() >= MOST_NODES) {
                whole = false;
                continue;
            }
            Exchange block = gateway.raw(next.text());
            Optional<DagPb.Node> node =
                    block.status() == 200 && next.matches(block.body()).orElse(true)
                            ? DagPb.read(block.body())
                            : Optional.empty();
            if (node.isEmpty()) {
                return new KnownContent(
                        Optional.of(root),
                        Optional.empty(),
                        "block " + next.text() + " of the known content could not be read (status " + block.status()
                                + "; see gateway.raw-hash)",
                        cars);
            }
            nodes.put(next.multihashKey(), node.get());
            node.get().links().forEach(link -> open.add(link.cid()));
        }
        return new KnownContent(Optional.of(root), Optional.of(new Dag(root, nodes, whole)), "", cars);
    }
}
