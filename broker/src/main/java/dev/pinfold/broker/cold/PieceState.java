package dev.pinfold.broker.cold;

import java.util.Locale;

/** The life of a bundle that becomes a piece. */
public enum PieceState {
    /** Takes contents, and lets them go again. */
    OPEN,
    /** Closed: its contents are being written to one CAR. */
    SEALING,
    /** The file is complete and committed to; it never changes again. */
    SEALED,
    /** At least one deal was ordered for it. */
    DEALT,
    /** Nobody needs it: the file is removed. */
    DROPPED;

    /** The word in columns and JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Throws IllegalArgumentException for a word that is none. */
    public static PieceState ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
