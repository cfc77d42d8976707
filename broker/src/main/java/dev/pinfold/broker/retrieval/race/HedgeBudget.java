package dev.pinfold.broker.retrieval.race;

/**
 * Bounds how many requests are made only because another one is slow: one in ten, ten at once. When everything is slow,
 * hedging stops by itself instead of adding load. Safe for use by several threads.
 */
public final class HedgeBudget {
    private static final int BURST = 10;
    /** In tenths, so that the arithmetic is exact. */
    private static final int PRICE = 10;

    private int tenths = BURST * PRICE;

    /** A request begins; it earns a tenth of a hedge. */
    public synchronized void earn() {
        tenths = Math.min(BURST * PRICE, tenths + 1);
    }

    /** Takes one hedge; false when none is left. */
    public synchronized boolean spend() {
        if (tenths < PRICE) {
            return false;
        }
        tenths -= PRICE;
        return true;
    }
}
