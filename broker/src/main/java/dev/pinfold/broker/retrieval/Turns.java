package dev.pinfold.broker.retrieval;

import java.util.concurrent.Semaphore;

/** Bounds how many downloads hold connections and memory at once; the others wait in order. */
final class Turns {
    /** Work that ends when it is interrupted. */
    interface Work<T> {
        T run() throws InterruptedException;
    }

    private final Semaphore places;

    Turns(int places) {
        this.places = new Semaphore(places, true);
    }

    <T> T take(Work<T> work) throws InterruptedException {
        places.acquire();
        try {
            return work.run();
        } finally {
            places.release();
        }
    }

    /** Whether a place is free just now. */
    boolean free() {
        return places.availablePermits() > 0;
    }

    /** Whether somebody waits. */
    boolean wanted() {
        return places.hasQueuedThreads();
    }
}
