package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagFrontier;
import dev.pinfold.content.dag.DagFrontier.Verdict;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes one CAR from a client. A CAR with one root whose blocks come depth first, and no others, is staged in one pass;
 * any other (several roots, any order, stray blocks) is written down and each root's DAG copied out of it.
 */
final class CarImport {
    /** More roots than this are a mistake or an attack: each would become a pin. */
    private static final int MAX_ROOTS = 1000;
    /** So many missing blocks of a root are told. */
    private static final int TOLD = 10;

    private final Staging staging;
    private final DagLimits limits;

    CarImport(Staging staging, DagLimits limits) {
        this.staging = staging;
        this.limits = limits;
    }

    /** Stages the DAGs of all roots, or nothing. */
    List<Staged> run(InputStream in) throws IOException {
        CarReader reader = new CarReader(in);
        List<Cid> roots = distinct(reader.header().roots());
        if (roots.isEmpty()) {
            throw ContentException.malformed(
                    "Its header names no root, so it is not known what to pin; write it with the root's CID");
        }
        try (StagingFile file = staging.begin(roots.getFirst())) {
            boolean inOrder = readInto(reader, roots, file);
            if (inOrder && roots.size() == 1) {
                return List.of(staging.commit(file, roots.getFirst()));
            }
            for (Cid root : roots) {
                requireComplete(root, file);
            }
            return copyOut(roots, file);
        }
    }

    /**
     * Stages the DAGs of the roots that are whole. If one is not, or none is named, all blocks go into the cache besides.
     */
    Imported runPartial(InputStream in, BlockCache cache) throws IOException {
        CarReader reader = new CarReader(in);
        List<Cid> roots = distinct(reader.header().roots());
        try (StagingFile file = staging.begin(roots.isEmpty() ? Staging.STAND_IN : roots.getFirst())) {
            boolean inOrder = readInto(reader, roots, file);
            if (inOrder && roots.size() == 1) {
                return new Imported(List.of(staging.commit(file, roots.getFirst())), List.of());
            }
            List<Cid> whole = new ArrayList<>();
            List<Imported.Partial> partial = new ArrayList<>();
            for (Cid root : roots) {
                List<Cid> missing = new DagWalk(file, limits).missing(List.of(root), file::has, TOLD);
                if (missing.isEmpty()) {
                    whole.add(root);
                } else {
                    partial.add(new Imported.Partial(root, missing));
                }
            }
            if (!partial.isEmpty() || roots.isEmpty()) {
                file.copyTo(cache::offer);
            }
            return new Imported(copyOut(whole, file), partial);
        }
    }

    private static List<Cid> distinct(List<Cid> roots) {
        List<Cid> distinct = new ArrayList<>();
        java.util.Set<String> seen = new java.util.HashSet<>();
        for (Cid root : roots) {
            if (seen.add(root.canonical())) {
                distinct.add(root);
            }
        }
        if (distinct.size() > MAX_ROOTS) {
            throw ContentException.tooLarge(
                    "It has " + distinct.size() + " roots; at most " + MAX_ROOTS + " are taken");
        }
        return distinct;
    }

    /** Reads all blocks; tells whether they were exactly the first root's DAG, depth first. */
    private boolean readInto(CarReader reader, List<Cid> roots, StagingFile file) throws IOException {
        @Nullable
        DagFrontier following = roots.isEmpty() ? null : new DagFrontier(List.of(roots.getFirst()), limits, true);
        for (Block block = reader.next(); block != null; block = reader.next()) {
            file.accept(block);
            if (file.dagBytes() > limits.bytes()) {
                throw ContentException.tooLarge("It holds more than " + limits.bytes() + " bytes of blocks");
            }
            if (following != null && following.accept(block) == Verdict.EXTRA) {
                following = null;
            }
        }
        return following != null && following.complete();
    }

    /** Copies DAGs that are known to be whole; none of them is committed before all are copied. */
    private List<Staged> copyOut(List<Cid> roots, StagingFile file) throws IOException {
        List<StagingFile> copies = new ArrayList<>();
        try {
            for (Cid root : roots) {
                StagingFile copy = staging.begin(root);
                copies.add(copy);
                new DagWalk(file, limits).walk(List.of(root), copy);
            }
            List<Staged> staged = new ArrayList<>();
            for (int i = 0; i < roots.size(); i++) {
                staged.add(staging.commit(copies.get(i), roots.get(i)));
            }
            return staged;
        } finally {
            for (StagingFile copy : copies) {
                copy.close();
            }
        }
    }

    private void requireComplete(Cid root, StagingFile file) throws IOException {
        List<Cid> missing = new DagWalk(file, limits).missing(List.of(root), file::has, 1);
        if (!missing.isEmpty()) {
            Cid first = missing.getFirst();
            throw ContentException.incomplete(
                    first.multihash().equals(root.multihash())
                            ? "Its root " + root + " is not in it"
                            : "The DAG below its root " + root + " is incomplete: block " + first
                                    + " is missing. Export the whole DAG, or send it with pin=false");
        }
    }
}
