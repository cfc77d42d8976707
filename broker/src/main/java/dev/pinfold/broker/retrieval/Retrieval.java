package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;

/** Opens flights: the seam between what serves readers and what races sources. */
@FunctionalInterface
public interface Retrieval {
    /** Starts to fetch what is wanted. Contacts no source before the first block is asked for. */
    Flight open(Want want);

    /** Whether the block lies on this broker's own disk, so that reading it asks nobody else ({@code only-if-cached}). */
    default boolean hasLocally(Cid cid) {
        return cid.multihash().isIdentity();
    }
}
