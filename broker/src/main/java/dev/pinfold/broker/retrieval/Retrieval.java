package dev.pinfold.broker.retrieval;

/** Opens flights: the seam between what serves readers and what races sources. */
@FunctionalInterface
public interface Retrieval {
    /** Starts to fetch what is wanted. Contacts no source before the first block is asked for. */
    Flight open(Want want);
}
