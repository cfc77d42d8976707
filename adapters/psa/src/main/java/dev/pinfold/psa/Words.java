package dev.pinfold.psa;

import java.util.ArrayList;
import java.util.List;

/** Makes what a company says safe to keep and to show: one line, bounded, and without the account's secrets. */
final class Words {
    private static final int LONGEST = 240;

    private final String who;
    private final List<String> secrets = new ArrayList<>();

    Words(PsaSettings settings) {
        who = settings.id();
        secrets.add(settings.token());
        if (settings.gatewayToken() != null) {
            secrets.add(settings.gatewayToken());
        }
    }

    /** A sentence about this provider, with what it said where it said anything. */
    String say(String what, String said) {
        String quote = safe(said);
        return safe(who) + " " + what + (quote.isEmpty() ? "" : ": " + quote);
    }

    String safe(String text) {
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
