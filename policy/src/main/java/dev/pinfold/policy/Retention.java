package dev.pinfold.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a pin lives.
 *
 * @param expireAfter life after creation; null lives until it is deleted
 * @param keepLast of the pins under one rule, this many newest stay even when expired
 * @param deleteGrace how long copies stay upstream after the last demand is gone
 * @param legalHold nothing is deleted while true
 */
public record Retention(@Nullable Duration expireAfter, int keepLast, Duration deleteGrace, boolean legalHold) {
    /** Until deleted, without grace or hold. */
    public static final Retention UNTIL_DELETED = new Retention(null, 0, Duration.ZERO, false);

    /** When a pin created then expires, if it ever does. */
    public Optional<Instant> expiresAt(Instant created) {
        return expireAfter == null || legalHold ? Optional.empty() : Optional.of(created.plus(expireAfter));
    }

    /**
     * True when the pin may be removed now because it expired.
     *
     * @param created when the pin was made
     * @param newerPins how many pins under the same rule are newer
     * @param now the instant of the decision
     */
    public boolean expired(Instant created, int newerPins, Instant now) {
        return newerPins >= keepLast
                && expiresAt(created).map(end -> !now.isBefore(end)).orElse(false);
    }

    /** When copies without demand may be removed upstream; empty while a legal hold lasts. */
    public Optional<Instant> removableAt(Instant demandGone) {
        return legalHold ? Optional.empty() : Optional.of(demandGone.plus(deleteGrace));
    }
}
