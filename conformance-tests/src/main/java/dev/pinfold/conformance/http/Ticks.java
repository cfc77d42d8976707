package dev.pinfold.conformance.http;

import java.time.Duration;

/** Time as the suite uses it; tests drive their own. */
public interface Ticks {
    long nanos();

    void sleep(Duration duration) throws InterruptedException;

    Ticks SYSTEM = new Ticks() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }
    };
}
