package dev.pinfold.policy;

/**
 * A name pattern: {@code *} stands for any run of characters, {@code ?} for one; everything else for itself. Matching
 * takes time proportional to pattern times name at worst, whatever the pattern is.
 *
 * @param pattern the pattern as written
 */
public record Glob(String pattern) {
    /** True when the whole text matches. */
    public boolean matches(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
