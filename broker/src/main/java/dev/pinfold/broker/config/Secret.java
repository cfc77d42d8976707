package dev.pinfold.broker.config;

/**
 * A value that must not be shown: it is read from the environment or from a file, and prints as where it came from.
 *
 * @param value the secret itself
 * @param source where it came from, for example {@code env PINFOLD_DB}
 */
public record Secret(String value, String source) {
    @Override
    public String toString() {
        return "(secret from " + source + ")";
    }
}
