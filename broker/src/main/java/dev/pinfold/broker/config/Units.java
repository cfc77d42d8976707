package dev.pinfold.broker.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them, in configuration files and on the command line. */
public final class Units {
    static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
    static final Pattern SIZE = Pattern.compile("([0-9]{1,18}) ?(|KiB|MiB|GiB|TiB|PiB)");

    private Units() {}

    /** {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 30d}. */
    public static Duration duration(String text) {
        Matcher m = DURATION.matcher(text);
        check(m.matches(), "is not a duration such as 500ms, 10s, 5m, 24h or 30d");
        long amount = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(Math.min(amount, 1_000_000));
        };
    }

    /** {@code 10}, {@code 64KiB}, {@code 2MiB}, {@code 1GiB}, {@code 1TiB}, {@code 1PiB}, in bytes. */
    public static long size(String text) {
        Matcher m = SIZE.matcher(text);
        String hint = text.matches("[0-9.]+ ?[kKMGTP]i?[bB]?") ? " (units are KiB, MiB, GiB, TiB and PiB)" : "";
        check(m.matches(), "is not a size such as 64KiB, 2MiB, 1GiB or 1TiB" + hint);
        int shift = List.of("", "KiB", "MiB", "GiB", "TiB", "PiB").indexOf(m.group(2)) * 10;
        long amount = Long.parseLong(m.group(1));
        check(amount <= Long.MAX_VALUE >> shift, "is too large");
        return amount << shift;
    }

    private static void check(boolean right, String message) {
        if (!right) {
            throw new IllegalArgumentException(message);
        }
    }
}
