package dev.pinfold.conformance.http;

import java.time.Duration;

/** At most so many requests per second, evenly spaced; a rate of 0 means as fast as the endpoint answers. */
public final class Pace {
    private final long gapNanos;
    private final Ticks ticks;
    private long nextNanos;

    public Pace(double perSecond, Ticks ticks) {
        this.gapNanos = perSecond <= 0 ? 0 : (long) (1_000_000_000L / perSecond);
        this.ticks = ticks;
        this.nextNanos = ticks.nanos();
    }

    public void await() throws InterruptedException {
        if (gapNanos == 0) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = ticks.nanos();
            long start = Math.max(now, nextNanos);
            nextNanos = start + gapNanos;
            wait = start - now;
        }
        if (wait > 0) {
            ticks.sleep(Duration.ofNanos(wait));
        }
    }
}
