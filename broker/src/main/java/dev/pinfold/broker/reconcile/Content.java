package dev.pinfold.broker.reconcile;

import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import java.util.List;

/** What the reconcile loop needs of the data path. */
public interface Content {
    /** Whether the bytes are here already. */
    boolean has(Cid root);

    /**
     * Gets the bytes, from wherever they are to be had, verified.
     *
     * @param origins addresses that clients named
     * @param holders providers that hold a copy
     */
    Found obtain(Cid root, List<String> origins, List<GuardedProvider> holders, Deadline deadline);

    /** Fetches blocks from a provider and hashes them. */
    Outcome check(GuardedProvider provider, Cid root, Deadline deadline);

    /** What came of looking for bytes. */
    sealed interface Found {
        /**
         * The bytes are staged.
         *
         * @param dagBytes total size of the blocks
         */
        record Here(CarSource car, long dagBytes) implements Found {}

        /**
         * No source gave them.
         *
         * @param report what each source said
         */
        record Nowhere(String report) implements Found {}
    }
}
