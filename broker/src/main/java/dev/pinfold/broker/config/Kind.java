package dev.pinfold.broker.config;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * How the text of a setting is read.
 *
 * @param name what the reader should write, as in "is not <name>"
 * @param bounds shown in the reference; empty where there are none
 * @param schema the same rule as JSON Schema
 * @param reader reads a text; throws IllegalArgumentException with what is wrong, as the end of "'x' …"
 */
record Kind<T>(String name, String bounds, Map<String, Object> schema, Function<String, T> reader) {
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,12})?");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?");
    private static final Pattern PEER = Pattern.compile("(/[^/\\s]+)*/p2p/[1-9A-HJ-NP-Za-z]{32,128}");

    T read(String text) {
        return reader.apply(text);
    }

    static Kind<String> text(String name, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return new Kind<>(name, "", Map.of("type", "string", "pattern", "^(?:" + pattern + ")$"), text -> {
            check(compiled.matcher(text).matches(), "is not " + name);
            return text;
        });
    }

    static Kind<String> anyText() {
        return text("a text of 1 to 4096 characters", "[^\\n\\r]{1,4096}");
    }

    static Kind<Integer> integer(int min, int max) {
        Kind<Long> wide = number(min, max);
        return new Kind<>(wide.name, wide.bounds, wide.schema, wide.reader.andThen(Math::toIntExact));
    }

    static Kind<Long> number(long min, long max) {
        String bounds = min + " to " + max;
        Map<String, Object> schema = Map.of("type", "integer", "minimum", min, "maximum", max);
        return new Kind<>("a whole number", bounds, schema, text -> {
            check(text.matches("-?[0-9]{1,18}"), "is not a whole number");
            long value = Long.parseLong(text);
            check(value >= min && value <= max, "is not within " + bounds);
            return value;
        });
    }

    static Kind<Boolean> bool() {
        return new Kind<>("true or false", "", Map.of("type", "boolean"), text -> {
            check(text.equals("true") || text.equals("false"), "is neither true nor false");
            return text.equals("true");
        });
    }

    static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
        List<String> words = List.of(type.getEnumConstants()).stream()
                .map(e -> e.name().toLowerCase(Locale.ROOT))
                .toList();
        String name = "one of " + String.join(", ", words);
        return new Kind<>(name, String.join(", ", words), Map.of("enum", words), text -> {
            check(words.contains(text), "is not " + name + meant(text, words));
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        });
    }

    static Kind<Duration> duration(String min, String max) {
        Duration least = Units.duration(min);
        Duration most = Units.duration(max);
        Map<String, Object> schema = Map.of("type", "string", "pattern", "^" + Units.DURATION.pattern() + "$");
        return new Kind<>("a duration such as 500ms, 10s, 5m, 24h or 30d", min + " to " + max, schema, text -> {
            Duration value = Units.duration(text);
            boolean inside = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
            check(inside, "is not within " + min + " to " + max);
            return value;
        });
    }

    static Kind<Long> size(String min, String max) {
        long least = Units.size(min);
        long most = Units.size(max);
        Map<String, Object> asText = Map.of("type", "string", "pattern", "^" + Units.SIZE.pattern() + "$");
        Map<String, Object> asNumber = Map.of("type", "integer", "minimum", least, "maximum", most);
        Map<String, Object> schema = Map.of("oneOf", List.of(asNumber, asText));
        return new Kind<>("a size such as 64KiB, 2MiB, 1GiB or 1TiB", min + " to " + max, schema, text -> {
            long value = Units.size(text);
            check(value >= least && value <= most, "is not within " + min + " to " + max);
            return value;
        });
    }

    static Kind<BigDecimal> money() {
        String name = "an amount such as 0.023, not negative";
        Map<String, Object> asText = Map.of("type", "string", "pattern", "^" + DECIMAL.pattern() + "$");
        Map<String, Object> asNumber = Map.of("type", "number", "minimum", 0);
        return new Kind<>(name, "", Map.of("oneOf", List.of(asNumber, asText)), text -> {
            check(DECIMAL.matcher(text).matches(), "is not " + name);
            return new BigDecimal(text);
        });
    }

    static Kind<LocalDate> date() {
        Map<String, Object> schema = Map.of("type", "string", "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
        return new Kind<>("a date such as 2026-11-20", "", schema, text -> {
            try {
                return LocalDate.parse(text);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("is not a date such as 2026-11-20", e);
            }
        });
    }

    /** An absolute http or https URL without credentials, query or fragment. */
    static Kind<URI> url() {
        Map<String, Object> schema = Map.of("type", "string", "pattern", "^https?://[^\\s?#@]+$");
        return new Kind<>("an http or https URL", "", schema, Kind::readUrl);
    }

    /** A web origin ({@code https://app.example}) or {@code *}. */
    static Kind<String> origin() {
        return text("'*' or a web origin such as https://app.example", "\\*|https?://[A-Za-z0-9.:\\[\\]-]{1,255}");
    }

    /** A host name, an address, or a network in CIDR form. */
    static Kind<String> hostOrNetwork() {
        String name = "a host name, an IP address or a network such as 10.0.0.0/8";
        Map<String, Object> schema = Map.of("type", "string", "minLength", 1, "maxLength", 253);
        return new Kind<>(name, "", schema, text -> {
            check(isHost(text) || isNetwork(text), "is not " + name);
            return text;
        });
    }

    /** A multiaddr that ends in {@code /p2p/PEER}: what the Pinning Service API asks of a delegate. */
    static Kind<String> peerAddress() {
        return text("a multiaddr that ends in /p2p/PEERID", PEER.pattern());
    }

    static URI readUrl(String text) {
        String what = "is not an http or https URL such as https://gateway.example";
        try {
            URI uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            check(web && uri.getHost() != null, what);
            check(uri.getUserInfo() == null, "holds credentials; give a token by its own setting instead");
            check(uri.getRawQuery() == null && uri.getRawFragment() == null, "must not have a query or fragment");
            check(uri.getPort() <= 65_535, what);
            return uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(what, e);
        }
    }

    static String meant(String written, List<String> known) {
        String near = Nearest.to(written, known);
        return near == null ? "" : "; did you mean '" + near + "'?";
    }

    private static boolean isHost(String text) {
        return HOST.matcher(text).matches() || text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    }

    private static boolean isNetwork(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            return false;
        }
        String address = text.substring(0, slash);
        int bits = Integer.parseInt(text.substring(slash + 1));
        boolean four = address.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}") && bits <= 32;
        return four || (address.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*") && bits <= 128);
    }

    private static void check(boolean right, String message) {
        if (!right) {
            throw new IllegalArgumentException(message);
        }
    }
}
