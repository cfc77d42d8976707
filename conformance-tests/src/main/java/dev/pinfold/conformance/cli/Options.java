package dev.pinfold.conformance.cli;

import dev.pinfold.conformance.http.Wire;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of options; what cannot be read is an IllegalArgumentException that says how it is written. */
final class Options {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h)");
    private static final Pattern RATE = Pattern.compile("(\\d{1,5}(?:\\.\\d{1,3})?)(?:/(s|min))?");

    private Options() {}

    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration: write 500ms, 10s, 2m or 1h");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** Requests per second; 0 for "unlimited". */
    static double rate(String text) {
        if (text.strip().toLowerCase(Locale.ROOT).equals("unlimited")) {
            return 0;
        }
        Matcher matcher = RATE.matcher(text.strip());
        if (!matcher.matches() || Double.parseDouble(matcher.group(1)) <= 0) {
            throw new IllegalArgumentException("'" + text + "' is no rate: write 1/s, 30/min or unlimited");
        }
        double number = Double.parseDouble(matcher.group(1));
        return "min".equals(matcher.group(2)) ? number / 60 : number;
    }

    /** A base URL without a trailing slash, and without anything that would not survive appending a path. */
    static URI endpoint(String text) {
        try {
            URI uri = new URI(text.strip().replaceAll("/+$", ""));
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!http || uri.getHost() == null) {
                throw new IllegalArgumentException("'" + text + "' is no http:// or https:// address");
            }
            if (uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException(
                        "the endpoint must not hold a user or password; give the token with --token-env");
            }
            if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw new IllegalArgumentException("the endpoint must not have a query or fragment");
            }
            if (uri.getPath().endsWith("/pins")) {
                throw new IllegalArgumentException(
                        "the endpoint is the address below which /pins is found: leave '/pins' out");
            }
            return uri;
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException("'" + text + "' is no address: " + wrong.getReason());
        }
    }

    /** A sentence for tokens that would travel in the clear over a network; empty when that is not so. */
    static String clearTextWarning(URI endpoint) {
        return "http".equalsIgnoreCase(endpoint.getScheme()) && !Wire.isLocal(endpoint)
                ? "warning: the token travels unencrypted to " + endpoint
                : "";
    }
}
