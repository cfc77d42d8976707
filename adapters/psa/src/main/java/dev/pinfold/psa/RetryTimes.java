package dev.pinfold.psa;

import dev.pinfold.http.HttpAnswer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads how long a company asks to wait: {@code Retry-After} (RFC 9110, 10.2.3), else {@code X-RateLimit-Reset}. */
final class RetryTimes {
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryTimes() {}

    /** Returns 0 to 24 hours; null where the answer does not say. */
    static @Nullable Duration read(HttpAnswer answer, Instant now) {
        Duration wait = retryAfter(answer.header("Retry-After").strip(), now);
        if (wait == null) {
            wait = reset(answer.header("X-RateLimit-Reset").strip(), now);
        }
        if (wait == null) {
            wait = reset(answer.header("RateLimit-Reset").strip(), now);
        }
        if (wait == null) {
            return null;
        }
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }

    private static @Nullable Duration retryAfter(String text, Instant now) {
        if (text.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            return Duration.between(
                    now,
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Unix seconds as Pinata sends them, unix milliseconds, or seconds from now: told apart by their size. */
    private static @Nullable Duration reset(String text, Instant now) {
        if (!text.matches("[0-9]{1,15}")) {
            return null;
        }
        long number = Long.parseLong(text);
        if (number >= 100_000_000_000L) {
            return Duration.between(now, Instant.ofEpochMilli(number));
        }
        return number >= 1_000_000_000L
                ? Duration.between(now, Instant.ofEpochSecond(number))
                : Duration.ofSeconds(number);
    }
}
