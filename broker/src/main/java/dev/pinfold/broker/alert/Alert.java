package dev.pinfold.broker.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that an operator should know.
 *
 * @param id rises with every alert
 * @param subject what it is about, for example a budget or a deal; at most one alert of a kind is open for a subject
 * @param message what is the case, and what to do
 * @param clearedAt when it was over; null while it is open
 * @param clearedBy the name of the token that cleared it; null where its cause ended
 */
public record Alert(
        long id,
        AlertKind kind,
        String subject,
        String message,
        Instant since,
        @Nullable Instant clearedAt,
        @Nullable String clearedBy) {}
