package dev.pinfold.broker.retrieval;

import java.util.regex.Pattern;

/** Reads the host of a URL so strictly that it cannot mean one thing here and another to a resolver. */
final class HostText {
    private static final Pattern QUAD = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
    private static final Pattern V6 = Pattern.compile("[0-9a-f:][0-9a-f:.]{1,44}", Pattern.CASE_INSENSITIVE);
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern NUMBER = Pattern.compile("(0x[0-9a-f]*|[0-9]+)");

    private HostText() {}

    /** Whether this is an IP address in its one canonical way of writing: no octal, hex, short or zoned forms. */
    static boolean isAddress(String host) {
        return isQuad(host) || (host.indexOf(':') >= 0 && V6.matcher(host).matches());
    }

    private static boolean isQuad(String host) {
        var quad = QUAD.matcher(host);
        if (!quad.matches()) {
            return false;
        }
        for (int i = 1; i <= 4; i++) {
            String part = quad.group(i);
            if (Integer.parseInt(part) > 255 || (part.length() > 1 && part.startsWith("0"))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The name in lower case, without the dot at its end.
     *
     * @throws OutboundRefused for a text that a resolver might read as an address, or not as a name at all
     */
    static String name(String host) throws OutboundRefused {
        String name = host.toLowerCase(java.util.Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.isEmpty() || name.length() > 253) {
            throw new OutboundRefused("the host name is empty or longer than 253 characters");
        }
        String[] labels = name.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                throw new OutboundRefused(
                        "'" + shown(host) + "' is not a host name (write international names as xn--…)");
            }
        }
        if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
            throw new OutboundRefused("'" + shown(host)
                    + "' is an unusual way to write an IPv4 address; write it as four decimal numbers");
        }
        return name;
    }

    static String shown(String text) {
        String clean = text.replaceAll("[^\\x21-\\x7e]", "?");
        return clean.length() <= 80 ? clean : clean.substring(0, 80) + "…";
    }
}
