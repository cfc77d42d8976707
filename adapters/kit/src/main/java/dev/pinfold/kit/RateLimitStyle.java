package dev.pinfold.kit;

/** How an upstream that answers 429 says when to come again. */
public enum RateLimitStyle {
    /** {@code Retry-After} in seconds. */
    RETRY_AFTER,
    /** {@code Retry-After} as an HTTP date. */
    RETRY_AFTER_DATE,
    /** {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} (unix seconds), as Pinata does. */
    X_RATE_LIMIT,
    /** Not at all. */
    BARE
}
