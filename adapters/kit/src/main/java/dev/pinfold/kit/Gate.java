package dev.pinfold.kit;

import java.time.Duration;

/** Holds calls until a test lets them go, and tells the test that they have come. Safe for many threads. */
public final class Gate {
    private boolean open;
    private int came;

    /** Lets go all that wait here, and all that come later. */
    public synchronized void open() {
        open = true;
        notifyAll();
    }

    /** Holds what comes from now on. */
    public synchronized void shut() {
        open = false;
    }

    /** How many calls have come here, waiting or gone. */
    public synchronized int came() {
        return came;
    }

    /**
     * Waits until so many calls have come here.
     *
     * @throws AssertionError they did not in time
     */
    public synchronized void awaitCome(int count, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (came < count) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("only " + came + " of " + count + " calls came within " + atMost);
            }
            wait(left);
        }
    }

    /** Waits here; tells whether the gate opened in time. */
    synchronized boolean pass(Duration atMost) throws InterruptedException {
        came++;
        notifyAll();
        long end = System.nanoTime() + atMost.toNanos();
        while (!open) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return true;
    }
}
