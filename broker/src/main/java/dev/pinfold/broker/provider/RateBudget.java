package dev.pinfold.broker.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket that learns from 429. Told the time, does no I/O; safe for use by several threads.
 *
 * <p>After a 429 nothing is sent for as long as the provider asks, or for a back-off that doubles up to half a minute.
 * Then one call at a time goes out until one is not answered 429: a crowd of waiting calls does not run into the wall
 * together. A provider whose real limit lies below the configured rate is met by lowering the rate at each 429 and
 * raising it by a tenth for each quiet minute.
 */
final class RateBudget {
    /** A hostile or mistaken Retry-After does not shut a provider out for longer than this. */
    static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(15);

    private static final long SECOND = 1_000_000_000L;
    private static final long FIRST_BACK_OFF = SECOND;
    private static final long MAX_BACK_OFF = 30 * SECOND;
    private static final long QUIET = 60 * SECOND;
    private static final double CUT = 0.7;
    private static final double GROWTH = 1.1;
    private static final double LOWEST_SHARE = 0.001;

    /**
     * Leave to call.
     *
     * @param waitNanos how long to wait first
     * @param startsAt when the call goes out
     * @param scout this is the single call that finds out whether the provider takes calls again
     */
    record Leave(long waitNanos, long startsAt, boolean scout) {}

    private final double fullRate;
    private final double burst;
    private double rate;
    private double tokens;
    private long refilledAt;
    private long pausedUntil;
    private boolean limited;
    private boolean scouting;
    private int backOffs;
    private long lastChange;
    private long lastCut;

    RateBudget(double callsPerSecond, int burst, long now) {
        this.fullRate = callsPerSecond;
        this.rate = callsPerSecond;
        this.burst = burst;
        this.tokens = burst;
        this.refilledAt = now;
        this.pausedUntil = now;
        this.lastChange = now;
        this.lastCut = now - 1;
    }

    /**
     * Takes a place in the budget.
     *
     * @return null when the wait would be longer than {@code maxWaitNanos}: then nothing was taken
     */
    synchronized @Nullable Leave take(long now, long maxWaitNanos) {
        refill(now);
        if (limited) {
            return takeAsScout(now, maxWaitNanos);
        }
        long wait = tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / rate * SECOND);
        if (wait > maxWaitNanos) {
            return null;
        }
        tokens -= 1;
        return new Leave(wait, now + wait, false);
    }

    /** Whether a leave is still good after its wait: a 429 that came meanwhile takes it back. */
    synchronized boolean holds(Leave leave) {
        return leave.scout() || !limited;
    }

    /** How long a call would have to wait that came at {@code now}. */
    synchronized long waitNanos(long now) {
        refill(now);
        long forToken = tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / rate * SECOND);
        long forPause = limited ? Math.max(scouting ? SECOND : 0, pausedUntil - now) : 0;
        return Math.max(forToken, forPause);
    }

    /** The moment until which the provider asked to be left alone; in the past when it did not. */
    synchronized long pausedUntil() {
        return pausedUntil;
    }

    /** The provider answered 429 at {@code now} to a call with this leave. */
    synchronized void refused(Leave leave, @Nullable Duration retryAfter, long now) {
        refill(now);
        boolean sameCrowd = !leave.scout() && leave.startsAt() - lastCut <= 0;
        long pause = pauseFor(retryAfter, sameCrowd);
        pausedUntil = now + pause - pausedUntil > 0 ? now + pause : pausedUntil;
        limited = true;
        scouting = leave.scout() ? false : scouting;
        tokens = Math.min(tokens, 0);
        if (!sameCrowd && !leave.scout()) {
            rate = Math.max(rate * CUT, fullRate * LOWEST_SHARE);
        }
        lastChange = now;
        lastCut = now;
    }

    /** The provider took or answered a call with this leave in any other way than 429. */
    synchronized void accepted(Leave leave, long now) {
        if (leave.scout() || (limited && leave.startsAt() - lastCut > 0)) {
            limited = false;
            scouting = false;
            backOffs = 0;
            tokens = Math.min(tokens, 1);
        }
        while (rate < fullRate && now - lastChange >= QUIET) {
            rate = Math.min(fullRate, rate * GROWTH);
            lastChange += QUIET;
        }
    }

    /** The call with this leave ended without saying anything about the budget: nobody was asked, or no answer came. */
    synchronized void unanswered(Leave leave) {
        if (leave.scout()) {
            scouting = false;
        }
    }

    private @Nullable Leave takeAsScout(long now, long maxWaitNanos) {
        long wait = Math.max(0, pausedUntil - now);
        if (scouting || wait > maxWaitNanos) {
            return null;
        }
        scouting = true;
        return new Leave(wait, now + wait, true);
    }

    private long pauseFor(@Nullable Duration retryAfter, boolean sameCrowd) {
        if (retryAfter != null) {
            Duration capped = retryAfter.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : retryAfter;
            return Math.max(FIRST_BACK_OFF, capped.toNanos());
        }
        if (!sameCrowd) {
            backOffs = Math.min(backOffs + 1, 10);
        }
        return Math.min(MAX_BACK_OFF, FIRST_BACK_OFF << Math.max(0, backOffs - 1));
    }

    private void refill(long now) {
        if (now - refilledAt > 0) {
            tokens = Math.min(Math.max(1, burst * rate / fullRate), tokens + (now - refilledAt) * rate / SECOND);
            refilledAt = now;
        }
    }
}
