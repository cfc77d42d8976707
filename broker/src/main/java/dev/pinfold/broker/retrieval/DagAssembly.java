package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.DagFrontier;
import dev.pinfold.content.dag.DagFrontier.Verdict;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A DAG that is put together from what several sources give. What was verified is kept, whoever gave it and however that
 * source ended; {@link #expected()} says where the next source goes on.
 */
final class DagAssembly implements Closeable {
    /** The verified DAG itself cannot be taken, whatever source it comes from. */
    static final class Unacceptable extends Exception {
        private static final long serialVersionUID = 1L;
        private final ContentException reason;

        Unacceptable(ContentException reason) {
            super(reason.getMessage(), reason);
            this.reason = reason;
        }

        ContentException reason() {
            return reason;
        }
    }

    private final Cid root;
    private final DagLimits limits;
    private final StagingFile file;
    private final Verifier verifier = new Verifier();
    private DagFrontier frontier;
    private long blocks;

    DagAssembly(Cid root, DagLimits limits, StagingFile file) throws Unacceptable {
        this.root = root;
        this.limits = limits;
        this.file = file;
        this.frontier = newFrontier();
    }

    private DagFrontier newFrontier() throws Unacceptable {
        try {
            return new DagFrontier(List.of(root), limits, true);
        } catch (ContentException e) {
            throw new Unacceptable(e);
        }
    }

    /** The block that must come next; null when the DAG is complete. */
    @Nullable
    Cid expected() {
        return frontier.expected();
    }

    boolean complete() {
        return frontier.complete();
    }

    /** Blocks that were of use so far. */
    long blocks() {
        return blocks;
    }

    /** Bytes of all blocks that were kept. */
    long bytes() {
        return file.dagBytes();
    }

    /**
     * Takes a block from a source.
     *
     * @throws SourceTrouble the source gave too much that was not asked for
     * @throws Unacceptable the DAG passes a limit or cannot be read
     */
    void take(Block block) throws SourceTrouble, Unacceptable {
        try {
            Verdict verdict = frontier.accept(block);
            if (verdict != Verdict.DUPLICATE) {
                file.accept(block);
            }
            if (verdict == Verdict.WANTED) {
                blocks++;
                goOnWithWhatIsThere();
            }
        } catch (ContentException e) {
            if (e.kind() != ContentException.Kind.UNEXPECTED) {
                throw new Unacceptable(e);
            }
            startAgainWithWhatIsThere();
            throw new SourceTrouble(FetchAttempt.Outcome.NOT_TRUSTLESS, e.getMessage());
        }
    }

    /** Blocks that came too early are used when their turn comes. */
    private void goOnWithWhatIsThere() {
        for (Cid next = frontier.expected(); next != null && file.has(next); next = frontier.expected()) {
            try {
                frontier.accept(file.block(next, verifier));
                blocks++;
            } catch (IOException e) {
                throw DiskFailure.of(e);
            }
        }
    }

    /** The waste of one source is not held against the next: its frontier has the whole allowance. */
    private void startAgainWithWhatIsThere() throws Unacceptable {
        long before = blocks;
        frontier = newFrontier();
        goOnWithWhatIsThere();
        blocks = before;
    }

    /** Makes the complete DAG the staged content of its root, without blocks that turned out not to belong to it. */
    Staged commit(Staging staging) throws IOException {
        if (file.blocks() == blocks) {
            return staging.commit(file, root);
        }
        try (StagingFile copy = staging.begin(root)) {
            new DagWalk(file, limits).walk(List.of(root), copy);
            return staging.commit(copy, root);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
