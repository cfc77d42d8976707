package dev.pinfold.broker.cli;

import org.jspecify.annotations.Nullable;

/** A command ends without doing what was asked. The message says what is wrong and what to do. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Exit exit;
    private final String reason;

    CliException(Exit exit, String message) {
        this(exit, exit.name(), message, null);
    }

    CliException(Exit exit, String message, @Nullable Throwable cause) {
        this(exit, exit.name(), message, cause);
    }

    CliException(Exit exit, String reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exit = exit;
        this.reason = reason;
    }

    Exit exit() {
        return exit;
    }

    /** A stable word in capitals; the broker's own where it gave one. */
    String reason() {
        return reason;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
