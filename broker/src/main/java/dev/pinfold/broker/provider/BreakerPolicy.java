package dev.pinfold.broker.provider;

/**
 * Decides when the breaker of one (provider, operation) opens, tries and closes. Deterministic: it is told the time and
 * what happened, and does no I/O; the same calls give the same answers. Not safe for use by several threads at once.
 *
 * <p>Results of calls that were admitted before the last change of state are ignored, so a slow success from the time
 * before an outage does not close the breaker.
 */
final class BreakerPolicy {
    /** How a call ended, as far as the breaker is concerned. */
    enum Result {
        SUCCESS,
        FAILURE,
        /** Says nothing about the provider's health. */
        NEUTRAL
    }

    /**
     * Leave to make one call.
     *
     * @param generation the state it was given in
     */
    record Ticket(long generation, boolean probe) {}

    private static final int CALM_AFTER = 20;

    private final BreakerSettings settings;
    private final long[] at;
    private final boolean[] failed;
    private final boolean[] slow;
    private int size;
    private int next;
    private BreakerState state = BreakerState.CLOSED;
    private long generation;
    private long openUntil;
    private int openings;
    private int failuresInRow;
    private int successesSinceClosed;
    private int probesPassed;
    private boolean probing;

    BreakerPolicy(BreakerSettings settings) {
        this.settings = settings;
        this.at = new long[settings.window()];
        this.failed = new boolean[settings.window()];
        this.slow = new boolean[settings.window()];
    }

    /** The state at {@code now}: an open breaker whose time is over counts as half open. */
    BreakerState state(long now) {
        return state == BreakerState.OPEN && now - openUntil >= 0 ? BreakerState.HALF_OPEN : state;
    }

    /** The moment until which the breaker stays open; meaningful only while it is. */
    long openUntil() {
        return openUntil;
    }

    /** Asks for leave to make a call at {@code now}; null is a refusal. */
    @org.jspecify.annotations.Nullable
    Ticket admit(long now) {
        if (state == BreakerState.CLOSED) {
            return new Ticket(generation, false);
        }
        if (state(now) == BreakerState.OPEN || probing) {
            return null;
        }
        if (state == BreakerState.OPEN) {
            enter(BreakerState.HALF_OPEN);
            probesPassed = 0;
        }
        probing = true;
        return new Ticket(generation, true);
    }

    /** Says how an admitted call ended at {@code now}. */
    void record(Ticket ticket, Result result, long durationNanos, long now) {
        if (ticket.generation() != generation) {
            return;
        }
        if (ticket.probe()) {
            recordProbe(result, now);
        } else if (result != Result.NEUTRAL) {
            recordCall(
                    result == Result.FAILURE,
                    durationNanos >= settings.slowCall().toNanos(),
                    now);
        }
    }

    /** Opens at once, for example because a peer's breaker opened. */
    void open(long now, long until) {
        enter(BreakerState.OPEN);
        openUntil = until - now > settings.maxReset().toNanos()
                ? now + settings.maxReset().toNanos()
                : until;
    }

    /** Lets the next call try at once, for example because the provider was seen working. */
    void tryNow(long now) {
        if (state == BreakerState.OPEN) {
            openUntil = now;
        }
    }

    private void recordProbe(Result result, long now) {
        probing = false;
        switch (result) {
            case FAILURE -> open(now);
            case SUCCESS -> {
                if (++probesPassed >= settings.probes()) {
                    close();
                }
            }
            case NEUTRAL -> {}
        }
    }

    private void recordCall(boolean failure, boolean wasSlow, long now) {
        at[next] = now;
        failed[next] = failure;
        slow[next] = wasSlow;
        next = (next + 1) % at.length;
        size = Math.min(size + 1, at.length);
        failuresInRow = failure ? failuresInRow + 1 : 0;
        successesSinceClosed = failure ? 0 : successesSinceClosed + 1;
        if (successesSinceClosed >= CALM_AFTER) {
            openings = 0;
        }
        if (failuresInRow >= settings.consecutiveFailures() || ratesTooHigh(now)) {
            open(now);
        }
    }

    private boolean ratesTooHigh(long now) {
        int calls = 0;
        int failures = 0;
        int slowCalls = 0;
        for (int i = 0; i < size; i++) {
            if (now - at[i] <= settings.maxAge().toNanos()) {
                calls++;
                failures += failed[i] ? 1 : 0;
                slowCalls += slow[i] ? 1 : 0;
            }
        }
        return calls >= settings.minimumCalls()
                && (failures >= settings.failureRate() * calls || slowCalls >= settings.slowCallRate() * calls);
    }

    private void open(long now) {
        long reset = settings.firstReset().toNanos();
        for (int i = 0; i < openings && reset < settings.maxReset().toNanos(); i++) {
            reset *= 2;
        }
        openings = Math.min(openings + 1, 30);
        enter(BreakerState.OPEN);
        openUntil = now + Math.min(reset, settings.maxReset().toNanos());
    }

    private void close() {
        enter(BreakerState.CLOSED);
        size = 0;
        next = 0;
        successesSinceClosed = 0;
    }

    private void enter(BreakerState entered) {
        state = entered;
        generation++;
        failuresInRow = 0;
        probing = false;
    }
}
