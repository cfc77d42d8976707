package dev.pinfold.broker;

import org.jspecify.annotations.Nullable;

/** The broker refuses or fails. The message says what is wrong, where, and what the reader can do; it is shown to clients. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ErrorKind kind;

    public BrokerException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    public BrokerException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public ErrorKind kind() {
        return kind;
    }

    /** What a client gets to read. */
    public String details() {
        return String.valueOf(getMessage());
    }
}
