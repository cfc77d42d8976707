package dev.pinfold.policy.document;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the right word for a wrong one, and keeps long ones short in messages. */
final class Words {
    private static final int LONGEST_SHOWN = 60;

    private Words() {}

    static String shortened(String text) {
        String line = text.replaceAll("[\\p{Cntrl}]", " ");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "…";
    }

    /** {@code "; did you mean 'x'?"}, or all of them when few and none is near, or nothing. */
    static String hint(String wrong, Collection<String> right) {
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String word : right.stream().sorted().toList()) {
            int distance = distance(plain(wrong), plain(word));
            if (distance < least) {
                least = distance;
                best = word;
            }
        }
        if (best == null || least > Math.max(1, Math.min(wrong.length(), best.length()) / 3)) {
            best = partOf(wrong, right);
        }
        if (best != null) {
            return "; did you mean '" + best + "'?";
        }
        if (right.isEmpty() || right.size() > 16) {
            return "";
        }
        return "; known here: " + String.join(", ", right.stream().sorted().toList());
    }

    /** The longest right word that contains the wrong one or is contained in it; short scraps do not count. */
    private static @Nullable String partOf(String wrong, Collection<String> right) {
        String found = null;
        String given = plain(wrong);
        for (String word : right.stream().sorted().toList()) {
            String known = plain(word);
            boolean related =
                    (known.length() >= 3 && given.contains(known)) || (given.length() >= 4 && known.contains(given));
            if (related && (found == null || word.length() > found.length())) {
                found = word;
            }
        }
        return found;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }

    /** Edits (insert, delete, replace, swap neighbours) between two words, of which only the first 64 letters count. */
    static int distance(String first, String second) {
        String a = first.length() > 64 ? first.substring(0, 64) : first;
        String b = second.length() > 64 ? second.substring(0, 64) : second;
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
