package dev.pinfold.broker.retrieval;

/** An address that the broker will not connect to. The message says why and is safe to show. */
public final class OutboundRefused extends Exception {
    private static final long serialVersionUID = 1L;

    public OutboundRefused(String message) {
        super(message);
    }
}
