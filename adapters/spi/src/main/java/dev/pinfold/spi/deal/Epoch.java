package dev.pinfold.spi.deal;

import java.time.Duration;

/**
 * A moment of chain time: the height of a tipset. One epoch lasts 30 seconds on every Filecoin network that is known;
 * 2,880 of them are a day.
 *
 * @param height 0 is genesis; a chain writes −1 for "not yet", which is no epoch here
 */
public record Epoch(long height) implements Comparable<Epoch> {
    /** How long one epoch lasts. */
    public static final Duration LENGTH = Duration.ofSeconds(30);
    /** Epochs in 24 hours. */
    public static final long PER_DAY = 2880;

    public Epoch {
        if (height < 0) {
            throw new IllegalArgumentException("an epoch is not negative: " + height);
        }
    }

    /** The number of whole epochs that last at least this long. */
    public static long epochsIn(Duration duration) {
        return Math.ceilDiv(duration.toMillis(), LENGTH.toMillis());
    }

    /** The moment this many epochs later; never before genesis. */
    public Epoch plus(long epochs) {
        return new Epoch(Math.max(0, Math.addExact(height, epochs)));
    }

    /** Epochs from this moment to a later one; negative where it is earlier. */
    public long until(Epoch later) {
        return later.height - height;
    }

    public boolean isAfter(Epoch other) {
        return height > other.height;
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(height, other.height);
    }

    @Override
    public String toString() {
        return "epoch " + height;
    }
}
