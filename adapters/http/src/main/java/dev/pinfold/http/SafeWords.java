package dev.pinfold.http;

import java.util.List;

/** Makes what others say safe to keep and to show: one line, bounded, and without secrets. */
public final class SafeWords {
    private static final int LONGEST = 240;

    private final String who;
    private final List<String> secrets;

    /**
     * Speaks of one provider.
     *
     * @param who its id, with which each sentence begins
     * @param secrets texts that are never shown
     */
    public SafeWords(String who, List<String> secrets) {
        this.who = who;
        this.secrets = List.copyOf(secrets);
    }

    /** A sentence about this provider, with what it said where it said anything. */
    public String say(String what, String said) {
        String quote = safe(said);
        return safe(who) + " " + what + (quote.isEmpty() ? "" : ": " + quote);
    }

    /** The text in one line of at most 240 characters. */
    public String safe(String text) {
        String clean = text;
        for (String secret : secrets) {
            clean = clean.replace(secret, "[redacted]");
        }
        StringBuilder out = new StringBuilder();
        boolean blank = false;
        for (int at = 0; at < clean.length() && out.length() < LONGEST; ) {
            int next = clean.codePointAt(at);
            at += Character.charCount(next);
            if (Character.isWhitespace(next) || Character.isISOControl(next) || !Character.isDefined(next)) {
                blank = !out.isEmpty();
                continue;
            }
            if (blank) {
                out.append(' ');
                blank = false;
            }
            out.appendCodePoint(next);
        }
        return out.length() >= LONGEST ? out + "…" : out.toString();
    }
}
