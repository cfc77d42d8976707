package dev.pinfold.broker.store;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What each failure of PostgreSQL or of its driver means to the broker's clients: the one place that knows SQLSTATEs. */
final class DatabaseErrors {
    private DatabaseErrors() {}

    /**
     * Translates a failure.
     *
     * @param diskFull whether the database's disk is known to be full, which then explains why it cannot be reached
     */
    static BrokerException translate(Throwable failure, boolean diskFull) {
        Throwable cause = unwrap(failure);
        if (cause instanceof BrokerException known) {
            return known;
        }
        if (cause instanceof PgException pg) {
            return translatePg(pg, diskFull);
        }
        if (cause instanceof IOException || cause instanceof VertxException || cause instanceof TimeoutException) {
            return unreachable(cause, diskFull);
        }
        return new BrokerException(
                ErrorKind.INTERNAL_SERVER_ERROR, "the database call failed; the broker's log has the reason", cause);
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static BrokerException translatePg(PgException pg, boolean diskFull) {
        String state = String.valueOf(pg.getSqlState());
        String text = String.valueOf(pg.getErrorMessage());
        String lower = text.toLowerCase(Locale.ROOT);
        if (state.equals("53100")
                || lower.contains("no space left on device")
                || lower.contains("disk quota exceeded")) {
            return full(pg);
        }
        return switch (state.length() == 5 ? state.substring(0, 2) : "") {
            // Connection exceptions, too many connections or no memory, and shutdown, crash or recovery of the server.
            case "08", "53", "57", "58" -> unreachable(pg, diskFull);
            case "40" ->
                new BrokerException(
                        ErrorKind.SERVICE_UNAVAILABLE,
                        "the change collided with another one and was not made; send the request again",
                        pg);
            case "55" ->
                new BrokerException(
                        ErrorKind.SERVICE_UNAVAILABLE,
                        "the record is locked by another change; send the request again",
                        pg);
            case "25" ->
                new BrokerException(
                        ErrorKind.SERVICE_UNAVAILABLE,
                        "the database takes no changes now (it is read-only); ask the operator",
                        pg);
            case "28" ->
                new BrokerException(
                        ErrorKind.SERVICE_UNAVAILABLE,
                        "the database refuses the broker's user or password; the operator has to correct database.url",
                        pg);
            case "23" ->
                new BrokerException(
                        ErrorKind.CONFLICT, "the change contradicts what is stored (" + pg.getConstraint() + ")", pg);
            case "22" -> new BrokerException(ErrorKind.BAD_REQUEST, "a value cannot be stored: " + text, pg);
            default ->
                new BrokerException(
                        ErrorKind.INTERNAL_SERVER_ERROR,
                        "the database refused a statement of the broker (SQLSTATE " + state + ")",
                        pg);
        };
    }

    private static BrokerException unreachable(Throwable cause, boolean diskFull) {
        return diskFull
                ? full(cause)
                : new BrokerException(
                        ErrorKind.SERVICE_UNAVAILABLE,
                        "the database cannot be reached now; the broker keeps trying, send the request again later",
                        cause);
    }

    private static BrokerException full(Throwable cause) {
        return new BrokerException(
                ErrorKind.INSUFFICIENT_STORAGE,
                "the database's disk is full: nothing new is accepted until the operator frees space",
                cause);
    }
}
