package dev.pinfold.broker.gateway;

import java.util.concurrent.Semaphore;

/**
 * How many blocks all readers together may hold in memory.
 *
 * @param waiting blocks whose reader is waited for
 * @param lent blocks that may be lent to connections, on their way to their reader whole
 * @param most how many may be lent at once
 */
record Hands(Semaphore waiting, Semaphore lent, int most) {
    private static final long BLOCK = 2L << 20;

    /** A quarter of the memory, half of it for each. */
    static Hands of(long memoryBytes) {
        int each = Math.clamp(memoryBytes / 8 / BLOCK, 4, 32_768);
        return new Hands(new Semaphore(each), new Semaphore(each), each);
    }

    /** Blocks that are lent now. */
    int onTheirWay() {
        return most - lent.availablePermits();
    }
}
