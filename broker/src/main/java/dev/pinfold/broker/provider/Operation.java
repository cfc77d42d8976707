package dev.pinfold.broker.provider;

import java.util.Locale;

/** What a provider can be called for. Each has its own breaker: a broken list call does not stop pinning. */
public enum Operation {
    PROBE,
    PIN,
    UPLOAD,
    OBSERVE,
    UNPIN,
    LIST,
    BLOCK,
    CAR;

    /** The value of the metric label {@code operation}, also used in logs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a call that was cut off may have left an order behind at the provider. */
    boolean orders() {
        return this == PIN || this == UPLOAD;
    }

    /** Whether its duration says how fast content can be read. */
    boolean retrieves() {
        return this == BLOCK || this == CAR;
    }
}
