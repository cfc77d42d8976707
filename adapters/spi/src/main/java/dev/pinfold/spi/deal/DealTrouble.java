package dev.pinfold.spi.deal;

/** Why a deal failed, as far as the text of the other side can be read. */
public enum DealTrouble {
    /** The price is below the ask. */
    PRICE,
    /** The piece is smaller or larger than the storage provider takes. */
    PIECE_SIZE,
    /** The storage provider takes no deals, or none of this kind, now. */
    NOT_ACCEPTING,
    /** The client's escrow or wallet lacks coins. */
    FUNDS,
    /** DataCap or its allocation is missing or does not fit. */
    DATACAP,
    /** The start is too soon for the storage provider, or has passed. */
    START,
    /** The storage provider missed the start: nothing was stored. */
    MISSED_START,
    /** The payload could not be fetched, or is not what the piece CID says. */
    DATA,
    /** Anything else. */
    OTHER
}
