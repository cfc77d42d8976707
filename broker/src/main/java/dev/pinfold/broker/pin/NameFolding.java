package dev.pinfold.broker.pin;

import java.util.Locale;

/** Case-insensitive comparison of names: two names are alike when their foldings are equal. */
public final class NameFolding {
    private NameFolding() {}

    /**
     * Folds case by Unicode's full lower-case, full upper-case and simple lower-case mappings, one after the other, so
     * that {@code ß}, {@code ẞ} and {@code SS} are {@code ss}, every sigma is the same, and the Turkish capital I keeps
     * its dot. Independent of language and of the neighbours of a letter.
     */
    public static String fold(String name) {
        String upper = name.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
        StringBuilder folded = new StringBuilder(upper.length());
        upper.codePoints().forEach(point -> folded.appendCodePoint(Character.toLowerCase(point)));
        return folded.toString();
    }
}
