package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import java.io.IOException;
import java.util.Locale;

/** Tells a full disk from a broken one. */
final class DiskFailure {
    private DiskFailure() {}

    static BrokerException of(IOException e) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean full =
                text.contains("no space left") || text.contains("quota exceeded") || text.contains("not enough space");
        return full
                ? new BrokerException(
                        ErrorKind.INSUFFICIENT_STORAGE,
                        "The broker's disk is full, so it takes no new content now; free space and try again",
                        e)
                : new BrokerException(
                        ErrorKind.INTERNAL_SERVER_ERROR,
                        "The broker could not write to its staging directory: " + e.getMessage(),
                        e);
    }
}
