package dev.pinfold.spi;

import java.time.Duration;

/**
 * The moment by which a call must have ended. Based on the monotonic clock, so it is meaningful within one JVM only.
 *
 * @param nanoTime the moment, on the scale of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {
    /** Returns the deadline that lies this far in the future. */
    public static Deadline after(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** Returns this deadline, or the moment that lies this far in the future where that is earlier. */
    public Deadline atMost(Duration duration) {
        Deadline other = after(duration);
        return other.nanoTime - nanoTime < 0 ? other : this;
    }

    /** Returns the time left, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    /** Tells whether the moment has passed. */
    public boolean expired() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
