package dev.pinfold.broker.provider;

import java.util.Locale;

/** What a provider can be called for. Each but those of deals has its own breaker: a broken list call does not
 * stop pinning. */
public enum Operation {
    PROBE,
    PIN,
    UPLOAD,
    OBSERVE,
    UNPIN,
    LIST,
    BLOCK,
    CAR,
    /** Whatever is asked about deals: of the node, of the chain, of storage providers. */
    DEAL,
    PREPARE,
    PROPOSE,
    RETRIEVE;

    /** The value of the metric label {@code operation}, also used in logs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a call that was cut off may have left an order behind at the provider. */
    boolean orders() {
        return this == PIN || this == UPLOAD || this == PROPOSE;
    }

    /** Whether it carries content, which takes its time. */
    boolean transfers() {
        return this == UPLOAD || this == PREPARE || this == RETRIEVE;
    }

    /**
     * Whether many storage providers are behind it. A breaker before all of them would let one that is dead keep the others
     * from being asked, so these have none: each deal has its own pauses.
     */
    boolean deals() {
        return this == DEAL || this == PREPARE || this == PROPOSE || this == RETRIEVE;
    }

    /** Whether its duration says how fast content can be read. */
    boolean retrieves() {
        return this == BLOCK || this == CAR;
    }
}
