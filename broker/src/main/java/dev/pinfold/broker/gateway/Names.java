package dev.pinfold.broker.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Names in headers and URLs. */
final class Names {
    private static final String PLAIN = "-._~!$&'()*+,;=:@";

    private Names() {}

    /** A Content-Disposition; a name that is not ASCII is given twice (RFC 6266, RFC 8187). */
    static String disposition(String kind, String filename) {
        StringBuilder ascii = new StringBuilder();
        boolean lossy = false;
        for (int i = 0; i < filename.length(); i++) {
            char next = filename.charAt(i);
            boolean plain = next >= ' ' && next < 0x7f && next != '"' && next != '\\' && next != '%';
            ascii.append(plain ? next : '_');
            lossy |= !plain;
        }
        String both = kind + "; filename=\"" + ascii + '"';
        return lossy ? both + "; filename*=UTF-8''" + encoded(filename, "!#$&+-.^_`|~") : both;
    }

    /** One segment of a path, percent-encoded. */
    static String segment(String name) {
        return encoded(name, PLAIN);
    }

    /** A value in a query, percent-encoded. */
    static String value(String text) {
        return encoded(text, "-._~");
    }

    private static String encoded(String text, String plain) {
        StringBuilder out = new StringBuilder();
        for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (next & 0xff);
            boolean kept = letter < 0x80 && (Character.isLetterOrDigit(letter) || plain.indexOf(letter) >= 0);
            out.append(kept ? String.valueOf(letter) : String.format(Locale.ROOT, "%%%02X", (int) letter));
        }
        return out.toString();
    }

    /** A text inside of HTML. */
    static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
