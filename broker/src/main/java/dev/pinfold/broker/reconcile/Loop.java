package dev.pinfold.broker.reconcile;

import dev.pinfold.broker.BrokerException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again on a virtual thread: at once while there is work, else after a pause or a wake-up. */
public final class Loop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final String name;
    private final Duration pause;
    private final IntSupplier work;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopped;

    /**
     * Makes a loop that is to be started.
     *
     * @param work does one portion and says how much there was
     */
    public Loop(String name, Duration pause, IntSupplier work) {
        this.name = name;
        this.pause = pause;
        this.work = work;
        this.thread = Thread.ofVirtual().name("loop-" + name).unstarted(this::run);
    }

    public Loop start() {
        thread.start();
        return this;
    }

    /** Makes the next portion begin at once. */
    public void wake() {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    private void run() {
        while (!stopped) {
            try {
                Duration rest = portion();
                if (!rest.isZero() && woken.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
                    woken.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Duration portion() {
        try {
            return work.getAsInt() > 0 ? Duration.ZERO : pause;
        } catch (BrokerException e) {
            if (!stopped) {
                log.warn("event=loop.retry loop={} reason={} detail=\"{}\"", name, e.kind(), e.details());
            }
        } catch (RuntimeException e) {
            if (!stopped) {
                log.error("event=loop.failed loop={}", name, e);
            }
        }
        return AFTER_FAILURE;
    }

    /** Ends the loop; waits until the portion at hand is done, but not for long. */
    @Override
    public void close() {
        stopped = true;
        wake();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
