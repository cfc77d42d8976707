package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** RFC 3339 times as the Pinning Service API uses them: UTC with milliseconds out, any RFC 3339 in. */
final class Times {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Times() {}

    static String text(long millis) {
        return MILLIS.format(Instant.ofEpochMilli(millis));
    }

    /** Reads a time. A plus sign that a client left unescaped arrives as a space and is taken for what was meant. */
    static Instant parse(String parameter, String text) {
        try {
            return OffsetDateTime.parse(text.strip().replace(' ', '+')).toInstant();
        } catch (DateTimeException e) {
            throw new BrokerException(
                    ErrorKind.BAD_REQUEST,
                    "query parameter '" + parameter
                            + "' must be an RFC 3339 time such as 2026-07-27T17:32:28.276Z, not '" + Shown.of(text)
                            + "'",
                    e);
        }
    }
}
