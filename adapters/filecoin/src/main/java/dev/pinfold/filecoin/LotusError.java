package dev.pinfold.filecoin;

import java.util.Locale;

/** The node answered a call with an error of JSON-RPC. */
final class LotusError extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int GENERIC = 1;
    private static final int ACTOR_NOT_FOUND = 11;
    private static final int METHOD_NOT_FOUND = -32601;

    private final int code;
    private final String method;

    LotusError(String method, int code, String message) {
        super(message);
        this.method = method;
        this.code = code;
    }

    int code() {
        return code;
    }

    String method() {
        return method;
    }

    String said() {
        return String.valueOf(getMessage());
    }

    boolean noSuchMethod() {
        return code == METHOD_NOT_FOUND;
    }

    /** A missing permission is no HTTP 401 but an ordinary error, known by its text. */
    boolean missingPermission() {
        return code == GENERIC && said().contains("missing permission");
    }

    /** Newer nodes have a code for it, older ones a text only. */
    boolean actorNotFound() {
        return code == ACTOR_NOT_FOUND
                || (code == GENERIC && said().toLowerCase(Locale.ROOT).contains("actor not found"));
    }

    /** A market deal that is not, or no longer, in the chain's state: never a failure of transport. */
    boolean dealNotFound() {
        return code == GENERIC && said().matches("(?s).*\\bdeal \\d+ not found.*");
    }

    /** Something was asked for that the node does not know. */
    boolean notFound() {
        return actorNotFound() || dealNotFound() || (code == GENERIC && said().contains("not found"));
    }
}
