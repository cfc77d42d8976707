package dev.pinfold.broker.pin;

import java.util.Locale;

/** Case-insensitive comparison of names: two names are alike when their foldings are equal. */
public final class NameFolding {
    private NameFolding() {}

    /**
     * Folds case by Unicode's full upper-case mapping followed by the simple lower-case one, so that {@code ß} is
     * {@code ss} and every sigma is the same. Independent of language and of the neighbours of a letter.
     */
    public static String fold(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        StringBuilder folded = new StringBuilder(upper.length());
        upper.codePoints().forEach(point -> folded.appendCodePoint(Character.toLowerCase(point)));
        return folded.toString();
    }
}
