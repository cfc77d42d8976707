package dev.pinfold.broker;

/**
 * Every way in which the broker refuses or fails, and what each means to a client: the one table from error to HTTP
 * status, PSA reason and whether the same request may succeed later.
 */
public enum ErrorKind {
    BAD_REQUEST(400, false),
    UNAUTHORIZED(401, false),
    FORBIDDEN(403, false),
    NOT_FOUND(404, false),
    METHOD_NOT_ALLOWED(405, false),
    NOT_ACCEPTABLE(406, false),
    CONFLICT(409, false),
    /** The PSA's own word for a limit of the account. */
    INSUFFICIENT_FUNDS(409, false),
    /** Somebody decided that it is not served any more. */
    GONE(410, false),
    PRECONDITION_FAILED(412, false),
    PAYLOAD_TOO_LARGE(413, false),
    UNSUPPORTED_MEDIA_TYPE(415, false),
    RANGE_NOT_SATISFIABLE(416, false),
    UNPROCESSABLE_CONTENT(422, false),
    RATE_LIMITED(429, true),
    UNAVAILABLE_FOR_LEGAL_REASONS(451, false),
    INTERNAL_SERVER_ERROR(500, true),
    NOT_IMPLEMENTED(501, false),
    BAD_GATEWAY(502, true),
    SERVICE_UNAVAILABLE(503, true),
    GATEWAY_TIMEOUT(504, true),
    INSUFFICIENT_STORAGE(507, true);

    private final int status;
    private final boolean retryable;

    ErrorKind(int status, boolean retryable) {
        this.status = status;
        this.retryable = retryable;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Whether the same request may succeed later without a change. */
    public boolean retryable() {
        return retryable;
    }

    /** The {@code reason} of a PSA failure: a stable word in capitals. */
    public String reason() {
        return name();
    }
}
