package dev.pinfold.kit;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The content that scripted upstreams can find when they are given a CID: the peers of the IPFS network, as far as a
 * test needs them. Several upstreams may share one. Safe for many threads.
 */
public final class Network {
    private final Map<Multihash, Block> blocks = new ConcurrentHashMap<>();
    private final Map<Multihash, Dag> dags = new ConcurrentHashMap<>();
    private final Map<Multihash, Set<Multihash>> rootsOf = new ConcurrentHashMap<>();

    /** Makes a DAG findable. */
    public void offer(Dag dag) {
        for (Block block : dag.blocks()) {
            Multihash hash = block.cid().multihash();
            blocks.put(hash, block);
            rootsOf.computeIfAbsent(hash, key -> ConcurrentHashMap.newKeySet())
                    .add(dag.root().multihash());
        }
        dags.put(dag.root().multihash(), dag);
    }

    /** Forgets a DAG; blocks that another offered DAG shares are forgotten too. */
    public void withdraw(Dag dag) {
        dags.remove(dag.root().multihash());
        dag.blocks().forEach(block -> blocks.remove(block.cid().multihash()));
    }

    /** The block of a CID, or null where nobody has it. */
    public @Nullable Block block(Cid cid) {
        return blocks.get(cid.multihash());
    }

    /** The roots of the offered DAGs that have this block. */
    Set<Multihash> rootsOf(Cid block) {
        return Set.copyOf(rootsOf.getOrDefault(block.multihash(), Set.of()));
    }

    /** The DAG that was offered with this root, or null. */
    public @Nullable Dag dag(Cid root) {
        return dags.get(root.multihash());
    }
}
