package dev.pinfold.broker.provider;

/** State of one breaker. */
public enum BreakerState {
    /** Calls pass. */
    CLOSED(0),
    /** Single calls pass to see whether the provider works again. */
    HALF_OPEN(1),
    /** No call passes. */
    OPEN(2);

    private final int level;

    BreakerState(int level) {
        this.level = level;
    }

    /** The value of the metric: 0 closed, 1 half open, 2 open. */
    public int level() {
        return level;
    }
}
