package dev.pinfold.conformance.http;

import java.time.Duration;

/**
 * What the suite is willing to spend on one answer.
 *
 * @param timeout from the first byte sent to the last byte received
 * @param maxBodyBytes a longer body is abandoned
 * @param maxHeaderBytes longer headers are abandoned
 * @param maxInflatedBytes a compressed body that grows beyond this is a bomb
 * @param rateLimitBudget how long in total a run waits because of 429 answers
 */
public record Limits(
        Duration timeout, int maxBodyBytes, int maxHeaderBytes, int maxInflatedBytes, Duration rateLimitBudget) {

    public static final Limits DEFAULT =
            new Limits(Duration.ofSeconds(10), 16 << 20, 256 << 10, 16 << 20, Duration.ofMinutes(15));

    public Limits withTimeout(Duration other) {
        return new Limits(other, maxBodyBytes, maxHeaderBytes, maxInflatedBytes, rateLimitBudget);
    }

    public Limits withRateLimitBudget(Duration other) {
        return new Limits(timeout, maxBodyBytes, maxHeaderBytes, maxInflatedBytes, other);
    }
}
