package dev.pinfold.kit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that happens elsewhere and does not tell. */
final class Patience {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Patience() {}

    static void until(BooleanSupplier done, String what) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("waited " + LIMIT.toSeconds() + " s in vain for " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
