package dev.pinfold.kit.filecoin;

/** Bytes or text that the real counterpart would not understand; the message says what and where. */
final class WireException extends RuntimeException {
    WireException(String message) {
        super(message);
    }
}
