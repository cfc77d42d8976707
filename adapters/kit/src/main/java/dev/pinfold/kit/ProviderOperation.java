package dev.pinfold.kit;

/** The calls of a {@link dev.pinfold.spi.Provider}. */
public enum ProviderOperation {
    PROBE,
    PIN,
    UPLOAD,
    OBSERVE,
    UNPIN,
    LIST,
    BLOCK,
    CAR
}
