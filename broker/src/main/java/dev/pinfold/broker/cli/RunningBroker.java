package dev.pinfold.broker.cli;

import java.net.URI;

/** What {@code serve} needs from a broker that runs. */
interface RunningBroker extends AutoCloseable {
    URI endpoint();

    URI managementEndpoint();

    /** A fresh token with every scope. */
    String token();

    /** Blocks until the broker ends by itself or this thread is interrupted. */
    void awaitEnd() throws InterruptedException;

    @Override
    void close();
}
