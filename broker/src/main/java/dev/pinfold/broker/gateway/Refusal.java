package dev.pinfold.broker.gateway;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.retrieval.RetrievalFailed;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.io.IOException;

/** What a reader is told when content cannot be served. */
final class Refusal {
    private Refusal() {}

    static BrokerException bad(String message) {
        return new BrokerException(ErrorKind.BAD_REQUEST, message);
    }

    static BrokerException notAcceptable(String message) {
        return new BrokerException(ErrorKind.NOT_ACCEPTABLE, message);
    }

    /** The content itself is the trouble. */
    static BrokerException of(Cid root, ContentException e) {
        ErrorKind kind = switch (e.kind()) {
            case NOT_FOUND, INCOMPLETE -> ErrorKind.NOT_FOUND;
            case HASH_MISMATCH, UNEXPECTED -> ErrorKind.BAD_GATEWAY;
            case MALFORMED, UNSUPPORTED, TOO_LARGE, WRONG_TYPE -> ErrorKind.UNPROCESSABLE_CONTENT;
        };
        return new BrokerException(kind, root + " cannot be served: " + e.getMessage(), e);
    }

    /** The sources are the trouble. */
    static BrokerException of(Cid root, IOException e) {
        boolean late = e instanceof RetrievalFailed failed && failed.why() == RetrievalFailed.Why.TIMED_OUT;
        return new BrokerException(
                late ? ErrorKind.GATEWAY_TIMEOUT : ErrorKind.BAD_GATEWAY,
                root + " could not be fetched: " + e.getMessage(),
                e);
    }
}
