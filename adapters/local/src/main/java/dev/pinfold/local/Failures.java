package dev.pinfold.local;

import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/** What each trouble with a disk means to the broker. */
final class Failures {
    private static final int LONGEST = 500;

    private Failures() {}

    static ProviderException unavailable(String detail) {
        return new ProviderException(new Failure.Unavailable(bounded(detail)));
    }

    static ProviderException invalid(String detail) {
        return new ProviderException(new Failure.InvalidOrder(bounded(detail)));
    }

    static ProviderException notFound(String detail) {
        return new ProviderException(new Failure.NotFound(bounded(detail)));
    }

    static ProviderException full(String detail) {
        return new ProviderException(new Failure.QuotaExceeded(bounded(detail)));
    }

    static ProviderException damaged(String detail) {
        return new ProviderException(new Failure.ProtocolViolation(bounded(detail)));
    }

    /** The failure of a step on the store's disk. */
    static ProviderException of(Path folder, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            Thread.currentThread().interrupt();
            return unavailable("the call was interrupted");
        }
        if (Disk.isFull(e)) {
            return full("the disk of " + folder + " is full");
        }
        return new ProviderException(new Failure.Unavailable(bounded("the disk of " + folder + " fails: " + e)), e);
    }

    private static String bounded(String detail) {
        StringBuilder out = new StringBuilder();
        detail.codePoints()
                .limit(LONGEST)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}
