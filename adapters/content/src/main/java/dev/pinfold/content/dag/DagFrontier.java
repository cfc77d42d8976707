package dev.pinfold.content.dag;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows a stream of blocks in depth-first order and knows at each moment which block must come next.
 *
 * <p>For answers of {@code order=dfs}, with duplicates or without: it proves that nothing is missing and that nothing else
 * was slipped in, in memory that does not grow with the bytes. Blocks are matched by multihash; what links a block has is
 * decided by the codec of the link that led to it, not by the label it came with. After a failure {@link #expected()} says
 * where to go on, with another source and the same frontier. Not safe for use by several threads.
 */
public final class DagFrontier {
    /** What a block was. */
    public enum Verdict {
        /** The block that had to come next. */
        WANTED,
        /** A block that came before. */
        DUPLICATE,
        /** A proven block that was not asked for, or not now: to be dropped. */
        EXTRA
    }

    /** How many blocks that were not asked for are dropped before the stream is given up. */
    public static final int WASTE_BLOCKS = 8;
    /** How many bytes of them. */
    public static final long WASTE_BYTES = 4L << 20;

    private final LinkStack stack = new LinkStack();
    private final DigestSet seen = new DigestSet();
    private final DagLimits.Meter meter;
    private final boolean duplicates;
    private int wasteBlocks;
    private long wasteBytes;

    /**
     * A frontier that waits for the first of {@code roots}.
     *
     * @param duplicates whether the stream was agreed to repeat blocks ({@code dups=y}); if not, they count as waste
     */
    public DagFrontier(List<Cid> roots, DagLimits limits, boolean duplicates) {
        this.meter = new DagLimits.Meter(limits);
        this.duplicates = duplicates;
        stack.push(List.copyOf(roots));
        settle();
    }

    /**
     * Takes the next block of the stream.
     *
     * @throws ContentException UNEXPECTED when more than {@value #WASTE_BLOCKS} blocks or 4 MiB were not asked for;
     *     TOO_LARGE; or as {@link Links#of} for a wanted block that cannot be read
     */
    public Verdict accept(Block block) {
        Cid next = stack.peek();
        if (next != null && next.multihash().equals(block.cid().multihash())) {
            meter.block(block.size());
            List<Cid> links = Links.of(next, block.bytes());
            stack.pop();
            seen.add(next.multihash());
            stack.push(links);
            meter.stack(stack.depth(), stack.pending());
            settle();
            return Verdict.WANTED;
        }
        boolean before = seen.contains(block.cid().multihash());
        if (before && duplicates) {
            // Counted as any block: a stream that repeats for ever must end too.
            meter.block(block.size());
            return Verdict.DUPLICATE;
        }
        waste(block, next);
        return before ? Verdict.DUPLICATE : Verdict.EXTRA;
    }

    private void waste(Block block, @Nullable Cid next) {
        wasteBlocks++;
        wasteBytes += block.size();
        if (wasteBlocks > WASTE_BLOCKS || wasteBytes > WASTE_BYTES) {
            throw new ContentException(
                    ContentException.Kind.UNEXPECTED,
                    "Given up after " + wasteBlocks + " blocks (" + wasteBytes
                            + " bytes) that were not asked for, the last " + block.cid()
                            + (next == null ? "; the DAG was complete" : "; wanted was " + next));
        }
    }

    /** Passes over what need not come: blocks seen before, and identity blocks, which are in their CIDs. */
    private void settle() {
        for (Cid next = stack.peek(); next != null; next = stack.peek()) {
            if (next.multihash().isIdentity()) {
                stack.pop();
                stack.push(Links.of(Block.inline(next)));
                meter.block(next.size());
                meter.stack(stack.depth(), stack.pending());
            } else if (seen.contains(next.multihash())) {
                stack.pop();
            } else {
                return;
            }
        }
    }

    /** The block that must come next; null when the DAG is complete. */
    public @Nullable Cid expected() {
        return stack.peek();
    }

    /** The blocks that must come next, in order, at most {@code most}; more may lie below them. */
    public List<Cid> upcoming(int most) {
        return stack.next(most);
    }

    /** How many links are still open; what lies below them is not counted. */
    public int pending() {
        return stack.pending();
    }

    /** Begins to count blocks that were not asked for anew: to be called when another source goes on. */
    public void forgiveWaste() {
        wasteBlocks = 0;
        wasteBytes = 0;
    }

    /** Whether everything came. */
    public boolean complete() {
        return stack.peek() == null;
    }

    /** Throws INCOMPLETE unless everything came; to be called when the stream ended. */
    public void requireComplete() {
        Cid next = stack.peek();
        if (next != null) {
            throw ContentException.incomplete("The stream ended, but block " + next + " and at least "
                    + (stack.pending() - 1) + " more links were still to come");
        }
    }
}
