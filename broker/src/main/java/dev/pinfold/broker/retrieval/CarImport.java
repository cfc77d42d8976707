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

    private final Staging staging;
    private final DagLimits limits;

    CarImport(Staging staging, DagLimits limits) {
        this.staging = staging;
        this.limits = limits;
    }

    List<Staged> run(InputStream in) throws IOException {
        CarReader reader = new CarReader(in);
        List<Cid> roots = distinct(reader.header().roots());
        if (roots.isEmpty()) {
            throw ContentException.malformed(
                    "Its header names no root, so it is not known what to pin; write it with the root's CID");
        }
        if (roots.size() > MAX_ROOTS) {
            throw ContentException.tooLarge("It has " + roots.size() + " roots; at most " + MAX_ROOTS + " are taken");
        }
        try (StagingFile file = staging.begin(roots.getFirst())) {
            boolean inOrder = readInto(reader, roots, file);
            if (inOrder && roots.size() == 1) {
                return List.of(staging.commit(file, roots.getFirst()));
            }
            return copyOut(roots, file);
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
        return distinct;
    }

    /** Reads all blocks; tells whether they were exactly the first root's DAG, depth first. */
    private boolean readInto(CarReader reader, List<Cid> roots, StagingFile file) throws IOException {
        DagFrontier frontier = new DagFrontier(List.of(roots.getFirst()), limits, true);
        @Nullable DagFrontier following = frontier;
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

    /** Checks all roots before any of them is committed: all or nothing. */
    private List<Staged> copyOut(List<Cid> roots, StagingFile file) throws IOException {
        for (Cid root : roots) {
            requireComplete(root, file);
        }
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
                                    + " is missing. Export the whole DAG");
        }
    }
}
