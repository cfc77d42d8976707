package dev.pinfold.broker.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
final class Nearest {
    private static final int SHOWN = 60;

    private Nearest() {}

    /** Returns the known word nearest to what was written, or null when none is near. */
    static @Nullable String to(String written, Collection<String> known) {
        String a = plain(written);
        String best = null;
        int bestDistance = Math.max(1, Math.min(a.length(), 12) / 3) + 1;
        for (String word : known) {
            String b = plain(word);
            int distance = distance(a, b);
            if (distance < bestDistance) {
                best = word;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Cuts a text so that a hostile file cannot flood the terminal, and shows control characters as '?'. */
    static String shorten(String text) {
        String clean = text.codePoints()
                .limit(SHOWN + 1L)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return clean.length() > SHOWN ? clean.substring(0, SHOWN) + "…" : clean;
    }

    /** Snake case, kebab case and camel case of one word are the same word. */
    private static String plain(String word) {
        String cut = word.length() > 64 ? word.substring(0, 64) : word;
        return cut.replaceAll("[-_. ]", "").toLowerCase(Locale.ROOT);
    }

    /** Edits between two words; two neighbours in the wrong order are one edit. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
