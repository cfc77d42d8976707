package dev.pinfold.broker.provider;

import java.time.Duration;
import java.time.Instant;

/** Time as the guards see it: replaced in tests, so that ten minutes pass in a millisecond. */
public interface TimeSource {
    /** Monotonic nanoseconds; only differences mean anything. */
    long nanoTime();

    /** The wall clock, for what people read. */
    Instant now();

    /** Blocks the calling thread for this long. */
    void sleep(Duration duration) throws InterruptedException;

    /** The time of this machine. */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }

    /** The time of this machine. */
    enum SystemTime implements TimeSource {
        INSTANCE;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }
    }
}
