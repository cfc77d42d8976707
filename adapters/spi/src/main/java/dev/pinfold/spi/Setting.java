package dev.pinfold.spi;

import org.jspecify.annotations.Nullable;

/**
 * One setting of an adapter.
 *
 * @param name camelCase
 * @param kind how its text is read
 * @param required whether it must be given
 * @param defaultText what holds when it is not given, written as in a configuration file; null where there is no
 *     default
 * @param meaning one sentence with unit and bounds
 */
public record Setting(
        String name, Kind kind, boolean required, @Nullable String defaultText, String meaning) {
    /** How a setting's text is read. */
    public enum Kind {
        TEXT,
        /** An absolute http or https URL. */
        URL,
        /** A folder; relative ones are below the broker's data directory. */
        PATH,
        /** {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 30d}. */
        DURATION,
        /** {@code 10}, {@code 64KiB}, {@code 2MiB}, {@code 1GiB}, {@code 1TiB}. */
        SIZE,
        INTEGER,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** Given as {@code {env: NAME}} or {@code {file: PATH}} only, and never shown. */
        SECRET
    }
}
