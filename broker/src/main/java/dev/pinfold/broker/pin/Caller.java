package dev.pinfold.broker.pin;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: a token and its tenant.
 *
 * @param requestsPerSecond the token's own rate; null: the configured default
 * @param maxPins how many pins made with this token may exist; null: the configured default
 */
public record Caller(
        UUID tokenId,
        String tokenName,
        int tenantId,
        String tenant,
        Set<Scope> scopes,
        @Nullable Integer requestsPerSecond,
        @Nullable Long maxPins) {
    public Caller {
        scopes = Set.copyOf(scopes);
    }

    /** What a token may do. */
    public enum Scope {
        PINS_READ("pins:read"),
        PINS_WRITE("pins:write"),
        CONTENT_WRITE("content:write"),
        OPERATOR("operator");

        private final String word;

        Scope(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        public static java.util.Optional<Scope> ofWord(String word) {
            for (Scope scope : values()) {
                if (scope.word.equals(word)) {
                    return java.util.Optional.of(scope);
                }
            }
            return java.util.Optional.empty();
        }
    }
}
