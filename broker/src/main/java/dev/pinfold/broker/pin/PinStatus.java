package dev.pinfold.broker.pin;

import java.util.Arrays;
import java.util.Optional;

/** The four states of a pin request (PSA v1.0.0, schema Status). */
public enum PinStatus {
    /** Waiting; nothing has been asked of any provider. */
    QUEUED(0, "queued"),
    /** Copies are being made; fewer than the policy asks for are there. */
    PINNING(1, "pinning"),
    /** The copies that the policy asks for are there. */
    PINNED(2, "pinned"),
    /** No path is left; the reason is in {@code info.status_details}. */
    FAILED(3, "failed");

    private final short code;
    private final String word;

    PinStatus(int code, String word) {
        this.code = (short) code;
        this.word = word;
    }

    /** The word on the wire. */
    public String word() {
        return word;
    }

    /** The number in the database. */
    public short code() {
        return code;
    }

    /** The state with this number. */
    public static PinStatus of(int code) {
        return Arrays.stream(values())
                .filter(status -> status.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no status has the number " + code));
    }

    /** The state with this word. */
    public static Optional<PinStatus> ofWord(String word) {
        return Arrays.stream(values())
                .filter(status -> status.word.equals(word))
                .findFirst();
    }
}
