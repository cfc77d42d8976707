package dev.pinfold.broker.flow;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting for something to become true, with a limit; the failure shows what was there instead. */
public final class Eventually {
    private static final long LOOK_EVERY_NANOS = 15_000_000;

    private Eventually() {}

    /**
     * Looks again and again until what is seen is right, and returns it.
     *
     * @throws AssertionError it was not within the limit; the message has what was seen last
     */
    public static <T> T see(String what, Duration limit, Supplier<T> look, Predicate<T> right) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            T seen = look.get();
            if (right.test(seen)) {
                return seen;
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + limit + ": " + what + "; last seen: " + seen);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    /** Looks again and again until something holds. */
    public static void holds(String what, Duration limit, BooleanSupplier condition) {
        see(what, limit, condition::getAsBoolean, Boolean::booleanValue);
    }

    /**
     * Looks again and again for the whole time and fails as soon as something does not hold.
     *
     * @throws AssertionError it did not hold at some moment
     */
    public static void alwaysFor(String what, Duration time, BooleanSupplier condition) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("did not hold all the time: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
