package dev.pinfold.content.dag;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSink;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Verifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Walks a DAG in a source: depth first, each block once, iteratively and within limits.
 *
 * <p>This is the order a CAR with {@code order=dfs;dups=n} has, so {@code new DagWalk(source, limits).walk(roots, new
 * CarWriter(out, roots))} writes one. Every block that is read is proven. Not safe for use by several threads.
 */
public final class DagWalk {
    private final BlockSource source;
    private final DagLimits limits;
    private final Verifier verifier = new Verifier();

    /** A walker over {@code source}; each call of its methods has the whole of {@code limits} for itself. */
    public DagWalk(BlockSource source, DagLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    /**
     * Gives every block under {@code roots} to {@code sink}, identity blocks included.
     *
     * @return how many blocks that were
     * @throws dev.pinfold.content.ContentException INCOMPLETE when the source lacks a block, or as {@link Links#of} and
     *     {@link BlockSource#block}
     */
    public long walk(List<Cid> roots, BlockSink sink) throws IOException {
        Visit visit = new Visit(roots);
        long count = 0;
        for (Cid cid = visit.next(); cid != null; cid = visit.next()) {
            Block block = source.block(cid, verifier);
            visit.enter(cid, block);
            sink.accept(block);
            count++;
        }
        return count;
    }

    /**
     * What is missing under {@code roots}: the links to blocks that are not there, in depth-first order, each once.
     *
     * <p>Blocks of codecs without links are not read, only asked for. What hangs below a missing block is unknown.
     *
     * @param have whether the store has the block of a CID
     * @param most stop after that many; at least 1
     * @return empty when the DAG is complete
     * @throws dev.pinfold.content.ContentException when a block that is there cannot be read or is not what its CID says
     */
    public List<Cid> missing(List<Cid> roots, Predicate<Cid> have, int most) throws IOException {
        Visit visit = new Visit(roots);
        List<Cid> missing = new ArrayList<>();
        for (Cid cid = visit.next(); cid != null && missing.size() < most; cid = visit.next()) {
            if (cid.multihash().isIdentity()) {
                visit.enter(cid, Block.inline(cid));
            } else if (!have.test(cid)) {
                missing.add(cid);
            } else if (Links.none(cid.codec())) {
                visit.meter.block(0);
            } else {
                visit.enter(cid, source.block(cid, verifier));
            }
        }
        return missing;
    }

    private final class Visit {
        private final LinkStack stack = new LinkStack();
        private final DigestSet seen = new DigestSet();
        private final DagLimits.Meter meter = new DagLimits.Meter(limits);

        Visit(List<Cid> roots) {
            stack.push(roots);
        }

        @Nullable
        Cid next() {
            Cid cid = stack.pop();
            while (cid != null && !cid.multihash().isIdentity() && !seen.add(cid.multihash())) {
                cid = stack.pop();
            }
            return cid;
        }

        void enter(Cid cid, Block block) {
            meter.block(block.size());
            stack.push(Links.of(cid, block.bytes()));
            meter.stack(stack.depth(), stack.pending());
        }
    }
}
