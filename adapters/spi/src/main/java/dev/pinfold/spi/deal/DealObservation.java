package dev.pinfold.spi.deal;

import java.util.OptionalLong;

/**
 * What is seen of a deal, from the chain where the chain knows it, else from the node or the storage provider. What rests
 * on the chain is read below the adapter's confirmation depth, so a reorganisation does not take it back.
 */
public sealed interface DealObservation {
    /** Provably not proposed: it may be proposed now, with the same order. */
    record Absent() implements DealObservation {}

    /** Given to the node or the storage provider, no verdict yet. */
    record Proposed(String detail) implements DealObservation {}

    /** The storage provider has agreed, and has what it needs or is not fetching it yet. */
    record Accepted(String detail) implements DealObservation {}

    /**
     * The payload is on its way to the storage provider.
     *
     * @param received bytes that arrived, where it says
     */
    record Transferring(OptionalLong received, String detail) implements DealObservation {}

    /**
     * On chain, or on its way there, and not yet active.
     *
     * @param dealId the number in the chain's market, once it is known
     */
    record Published(OptionalLong dealId, String detail) implements DealObservation {}

    /**
     * Stored: the sector is proven.
     *
     * @param dealId the number in the chain's market; empty for market 2.0
     * @param since the epoch of activation
     * @param end the epoch at which it ends
     * @param sector the sector number, where it is told
     * @param proof what the statement rests on
     */
    record Active(OptionalLong dealId, Epoch since, Epoch end, OptionalLong sector, Proof proof)
            implements DealObservation {}

    /** The storage provider lost it, and was fined; the copy is gone. */
    record Slashed(Epoch at) implements DealObservation {}

    /** It ran to its end, and nobody has to keep it any more. */
    record Expired(Epoch end) implements DealObservation {}

    /** It will not become active; another storage provider may be asked. */
    record Failed(DealTrouble trouble, String detail) implements DealObservation {}

    /** It cannot be told now. Nothing may be concluded, least of all that it is absent. */
    record Unknown(String reason) implements DealObservation {}

    /** What a statement rests on. */
    enum Proof {
        /** The chain's own state. */
        CHAIN,
        /** The storage provider says so, and the chain cannot be asked: a market 2.0 deal without DataCap. */
        PROVIDER_SAYS
    }
}
