package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import java.util.List;

/**
 * What came of a CAR that need not be whole.
 *
 * @param whole the roots whose whole DAG is staged now
 * @param partial the roots of which some blocks are missing; those that came can be read
 */
public record Imported(List<Staged> whole, List<Partial> partial) {
    /** Copies the lists. */
    public Imported {
        whole = List.copyOf(whole);
        partial = List.copyOf(partial);
    }

    /**
     * A root whose DAG is incomplete.
     *
     * @param missing the first blocks, depth first, that are not there; the root itself where it did not come
     */
    public record Partial(Cid root, List<Cid> missing) {
        /** Copies the list. */
        public Partial {
            missing = List.copyOf(missing);
        }
    }
}
