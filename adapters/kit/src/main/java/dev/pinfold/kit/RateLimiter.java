package dev.pinfold.kit;

/** Lets so many requests pass in each second of the monotonic clock; the rest is refused. */
final class RateLimiter {
    private final int perSecond;
    private long secondBegan = System.nanoTime();
    private int passed;

    RateLimiter(int perSecond) {
        this.perSecond = perSecond;
    }

    synchronized boolean pass() {
        long now = System.nanoTime();
        if (now - secondBegan >= 1_000_000_000L) {
            secondBegan = now;
            passed = 0;
        }
        if (passed >= perSecond) {
            return false;
        }
        passed++;
        return true;
    }

    int perSecond() {
        return perSecond;
    }
}
