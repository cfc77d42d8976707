package dev.pinfold.spi;

/** Something a provider can be asked to do. Asking for one it lacks is refused with {@link Failure.Unsupported}. */
public enum Capability {
    /** Fetches content from the network when given its CID. */
    PIN_BY_CID,
    /** Takes the content itself as a CARv1 stream. */
    UPLOAD_CAR,
    /** Tells the state of one order. */
    STATUS,
    /** Lists what it holds, page by page. */
    LIST,
    /** Lets go of content. */
    UNPIN,
    /** Serves single blocks. */
    RETRIEVE_RAW,
    /** Serves a whole DAG as a CAR. */
    RETRIEVE_CAR,
    /** Serves a part of a file, which a path may lead to, from one byte to another, as a CAR. */
    RETRIEVE_PART,
    /** Makes use of the origins of an order when it fetches. */
    ORIGINS,
    /** Answers an order with the addresses it will fetch from. */
    DELEGATES,
    /** Stores content by a storage deal. */
    DEAL
}
