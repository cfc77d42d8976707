package dev.pinfold.kit.filecoin;

/** How far a storage provider has come with a deal. A provider can be told to stall in any of the first eight. */
public enum Stage {
    /** An old node reserves the client's money first; other deals begin at the next. */
    FUNDING,
    /** Accepted; the data comes, or is waited for. */
    TRANSFERRING,
    /** The data is here; its commitment is computed and compared. */
    VERIFYING,
    /** The data is right; the deal will be published. */
    ACCEPTED,
    /** The message that publishes it is on its way. */
    PUBLISHING,
    /** On chain, not yet in a sector. */
    PUBLISHED,
    /** In a sector that is being sealed. */
    SEALING,
    /** Sealed; the SP indexes it (mk20 shows this, others call it active already). */
    INDEXING,
    /** Proven on chain. */
    ACTIVE,
    /** Its term has ended. */
    EXPIRED,
    /** The provider lost it and paid. */
    SLASHED,
    /** Not sealed before its start. */
    MISSED,
    /** Ended before it was active; the reason is told. */
    FAILED;

    /** Whether nothing more will happen. */
    public boolean isOver() {
        return this == EXPIRED || this == SLASHED || this == MISSED || this == FAILED;
    }
}
