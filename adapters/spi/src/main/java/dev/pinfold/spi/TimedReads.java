package dev.pinfold.spi;

import java.time.Duration;

/**
 * A download whose reads end by themselves: a stream of an adapter that implements this needs no other thread that watches
 * it. A read fails with a {@link java.net.SocketTimeoutException} after the longest silence, and with an
 * {@link java.io.InterruptedIOException} when its thread is interrupted.
 */
public interface TimedReads {
    /** Sets the longest silence, in place of the adapter's own where it is shorter. */
    void silenceLimit(Duration limit);
}
