package dev.pinfold.conformance.content;

import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.content.UnixFs.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A tree whose inner nodes are known: which paths lead through it, and which blocks a gateway has to send for a path, a
 * scope or a range of bytes. Blocks are named by {@link Cid#multihashKey}; identity CIDs are never among them, because a
 * CAR does not carry them.
 */
public final class Dag {
    private static final int MOST_ENTRIES = 400;
    private static final int MOST_STEPS = 50_000;
    private static final int DEEPEST_PATH = 12;

    private final Cid root;
    private final Map<String, DagPb.Node> nodes;
    private final boolean whole;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * @param nodes the dag-pb nodes below the root by {@link Cid#multihashKey}
     * @param whole whether no inner node is missing
     */
    public Dag(Cid root, Map<String, DagPb.Node> nodes, boolean whole) {
        this.root = root;
        this.nodes = Map.copyOf(nodes);
        this.whole = whole;
        enter("", List.of(root));
    }

    /**
     * What a path leads to.
     *
     * @param path percent-encoded, "" for the root, otherwise starting with "/"
     * @param trail the blocks on the way, from the root to the entry's own root block
     * @param sharded whether the way leads through a sharded directory
     */
    public record Entry(String path, List<Cid> trail, Kind kind, boolean sharded) {
        public Cid cid() {
            return trail.getLast();
        }
    }

    public Cid root() {
        return root;
    }

    /** Whether every block below the root is known by name. */
    public boolean whole() {
        return whole;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** What the root says about the size of everything below it. */
    public long size() {
        return sizeBelow(root);
    }

    public long sizeBelow(Cid cid) {
        DagPb.@Nullable Node node = nodes.get(cid.multihashKey());
        return node == null
                ? 0
                : node.links().stream().mapToLong(DagPb.Link::size).sum();
    }

    private void enter(String path, List<Cid> trail) {
        enter(path, trail, false);
    }

    private void enter(String path, List<Cid> trail, boolean sharded) {
        Cid cid = trail.getLast();
        if (entries.size() >= MOST_ENTRIES || trail.size() > DEEPEST_PATH || cid.identity()) {
            return;
        }
        if (cid.codec() == Cids.RAW) {
            entries.add(new Entry(path, trail, Kind.RAW, sharded));
            return;
        }
        UnixFs meaning = meaning(cid).orElse(null);
        if (meaning == null) {
            return;
        }
        entries.add(new Entry(path, trail, meaning.kind(), sharded));
        if (meaning.kind() == Kind.DIRECTORY) {
            links(cid).forEach(link -> enter(path + "/" + encode(link.name()), with(trail, link.cid()), sharded));
        } else if (meaning.kind() == Kind.SHARD) {
            enterShard(path, trail);
        }
    }

    /** The names in a shard begin with two digits of their place; a link of two digits alone is a further shard. */
    private void enterShard(String path, List<Cid> trail) {
        for (DagPb.Link link : links(trail.getLast())) {
            List<Cid> further = with(trail, link.cid());
            if (link.name().length() > 2) {
                enter(path + "/" + encode(link.name().substring(2)), further, true);
            } else if (further.size() <= DEEPEST_PATH) {
                enterShard(path, further);
            }
        }
    }

    private static List<Cid> with(List<Cid> trail, Cid next) {
        List<Cid> longer = new ArrayList<>(trail);
        longer.add(next);
        return List.copyOf(longer);
    }

    private static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private List<DagPb.Link> links(Cid cid) {
        DagPb.@Nullable Node node = nodes.get(cid.multihashKey());
        return node == null ? List.of() : node.links();
    }

    private Optional<UnixFs> meaning(Cid cid) {
        return Optional.ofNullable(nodes.get(cid.multihashKey())).flatMap(node -> UnixFs.read(node.data()));
    }

    /** Everything below, depth first, each block once or each time it is met. */
    public List<String> depthFirst(Cid from, boolean everyTime) {
        List<String> order = new ArrayList<>();
        depthFirst(from, everyTime, order, new HashSet<>());
        return order;
    }

    private void depthFirst(Cid cid, boolean everyTime, List<String> order, Set<String> met) {
        boolean again = !met.add(cid.multihashKey());
        if (cid.identity() || (again && !everyTime) || order.size() > MOST_STEPS) {
            return;
        }
        order.add(cid.multihashKey());
        links(cid).forEach(link -> depthFirst(link.cid(), everyTime, order, met));
    }

    /** The blocks on the way to an entry, its own root block last. */
    public static Set<String> way(Entry entry) {
        Set<String> keys = new LinkedHashSet<>();
        entry.trail().stream()
                .filter(cid -> !cid.identity())
                .map(Cid::multihashKey)
                .forEach(keys::add);
        return keys;
    }

    /** {@code dag-scope=entity}: a whole file, or a directory without what it lists. */
    public Set<String> entity(Entry entry) {
        Set<String> keys = way(entry);
        if (entry.kind().file()) {
            keys.addAll(depthFirst(entry.cid(), false));
        } else if (entry.kind() == Kind.SHARD) {
            furtherShards(entry.cid(), keys);
        }
        return keys;
    }

    private void furtherShards(Cid shard, Set<String> keys) {
        for (DagPb.Link link : links(shard)) {
            if (link.name().length() == 2 && keys.add(link.cid().multihashKey())) {
                furtherShards(link.cid(), keys);
            }
        }
    }

    /** The bytes of a file's entry; 0 when that is not known without its only block. */
    public long length(Entry file) {
        return file.cid().codec() == Cids.RAW
                ? 0
                : meaning(file.cid()).map(UnixFs::size).orElse(0L);
    }

    /** The blocks that hold the bytes from {@code from} to {@code to}, both included, and those on the way to them. */
    public Set<String> range(Entry file, long from, long to) {
        Set<String> keys = way(file);
        range(file.cid(), 0, from, to, keys, new AtomicInteger());
        return keys;
    }

    private void range(Cid cid, long start, long from, long to, Set<String> keys, AtomicInteger steps) {
        keys.add(cid.multihashKey());
        UnixFs meaning = meaning(cid).orElse(null);
        List<DagPb.Link> links = links(cid);
        if (meaning == null || meaning.blockSizes().size() != links.size()) {
            return;
        }
        long at = start + meaning.data().length;
        for (int i = 0; i < links.size(); i++) {
            long next = at + meaning.blockSizes().get(i);
            boolean inside = at <= to && next > from && !links.get(i).cid().identity();
            if (inside && steps.incrementAndGet() < MOST_STEPS) {
                range(links.get(i).cid(), at, from, to, keys, steps);
            }
            at = next;
        }
    }

    /** The part of its file that a block without links holds. */
    public static byte[] fileBytes(Cid leaf, byte[] block) {
        return leaf.codec() == Cids.DAG_PB
                ? DagPb.read(block)
                        .flatMap(node -> UnixFs.read(node.data()))
                        .map(UnixFs::data)
                        .orElse(block)
                : block;
    }

    /** The first leaves of a file in the order of its bytes, with repetitions. */
    public List<Cid> leaves(Cid file, int atMost) {
        List<Cid> leaves = new ArrayList<>();
        collectLeaves(file, atMost, leaves, new AtomicInteger());
        return leaves;
    }

    private void collectLeaves(Cid cid, int atMost, List<Cid> leaves, AtomicInteger steps) {
        if (leaves.size() >= atMost || steps.incrementAndGet() > MOST_STEPS) {
            return;
        }
        List<DagPb.Link> links = links(cid);
        if (links.isEmpty()) {
            leaves.add(cid);
        }
        links.forEach(link -> collectLeaves(link.cid(), atMost, leaves, steps));
    }
}
