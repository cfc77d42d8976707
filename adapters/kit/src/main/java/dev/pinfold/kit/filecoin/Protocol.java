package dev.pinfold.kit.filecoin;

/** How a proposal came to a storage provider. */
public enum Protocol {
    /** Over libp2p, by a Lotus node that still makes deals itself. */
    LEGACY,
    /** CBOR over HTTP, to Curio. */
    MK12,
    /** JSON over HTTP, to Curio's market 2.0. */
    MK20
}
