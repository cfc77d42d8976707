package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.content.ContentException;
import java.io.IOException;

/** Turns what is wrong with somebody's content into what the broker answers. */
public final class ContentRefusal {
    private ContentRefusal() {}

    /** Reads or writes content. */
    interface Work<T> {
        T run() throws IOException;
    }

    static <T> T guard(String what, Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (ContentException e) {
            throw new BrokerException(kind(e), what + " is refused: " + e.getMessage(), e);
        }
    }

    /** What a client is answered. */
    public static ErrorKind kind(ContentException e) {
        return switch (e.kind()) {
            case MALFORMED -> ErrorKind.BAD_REQUEST;
            case TOO_LARGE -> ErrorKind.PAYLOAD_TOO_LARGE;
            case HASH_MISMATCH, UNSUPPORTED, INCOMPLETE, UNEXPECTED, WRONG_TYPE -> ErrorKind.UNPROCESSABLE_CONTENT;
            case NOT_FOUND -> ErrorKind.NOT_FOUND;
        };
    }
}
