package dev.pinfold.broker.provider;

import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.TimedReads;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The two innermost guards: a bulkhead and a deadline. Each call runs on a virtual thread of its own, so that the
 * caller gets away at the deadline even from an adapter that ignores interruption.
 *
 * <p>A place in the bulkhead is given back when the call has really ended, not when its caller has given up: a provider
 * that hangs for ever takes its own places and no more. A download keeps its place until its stream is closed.
 */
final class CallRunner {
    /** No place became free in time; the provider was not asked. */
    static final class Busy extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The call was still running at its deadline, or its caller was interrupted. */
    static final class CutOff extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean callerLeft;

        CutOff(String message, boolean callerLeft) {
            super(message);
            this.callerLeft = callerLeft;
        }

        /** The caller was interrupted: says nothing about the provider. */
        boolean callerLeft() {
            return callerLeft;
        }
    }

    private final String name;
    private final Semaphore places;
    private final int size;

    CallRunner(String name, int maxConcurrent) {
        this.name = name;
        this.places = new Semaphore(maxConcurrent, true);
        this.size = maxConcurrent;
    }

    /** Places in all. */
    int size() {
        return size;
    }

    /** Calls that have not ended, those included whose caller has given up. */
    int inFlight() {
        return size - places.availablePermits();
    }

    /** Runs the call and waits for it, at most until the deadline. */
    <T> T run(Callable<T> call, Deadline deadline) throws Busy, CutOff, Exception {
        enter(deadline);
        Running<T> running = new Running<>(call);
        Thread worker = Thread.ofVirtual().name("provider-" + name).start(running);
        try {
            return running.result.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            running.abandon();
            worker.interrupt();
            throw new CutOff("no answer by the deadline", false);
        } catch (InterruptedException e) {
            running.abandon();
            worker.interrupt();
            Thread.currentThread().interrupt();
            throw new CutOff("the broker stopped waiting", true);
        } catch (ExecutionException e) {
            throw unwrapped(e);
        }
    }

    private void enter(Deadline deadline) throws Busy, CutOff {
        try {
            if (!places.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CutOff("the broker stopped waiting", true);
        }
    }

    private static Exception unwrapped(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        if (e.getCause() instanceof ProviderException cause) {
            return new ProviderException(cause.failure(), cause);
        }
        return e.getCause() instanceof Exception cause ? cause : e;
    }

    private final class Running<T> implements Runnable {
        private final Callable<T> call;
        private final CompletableFuture<T> result = new CompletableFuture<>();

        Running(Callable<T> call) {
            this.call = call;
        }

        @Override
        public void run() {
            boolean keepsPlace = false;
            try {
                T value = call.call();
                keepsPlace = value instanceof HeldStream;
                if (!result.complete(value) && value instanceof HeldStream late) {
                    late.close();
                }
            } catch (Throwable t) {
                result.completeExceptionally(t);
            } finally {
                if (!keepsPlace) {
                    places.release();
                }
            }
        }

        void abandon() {
            if (!result.completeExceptionally(new CutOff("abandoned", true))) {
                closeLate();
            }
        }

        /** The stream came in the instant in which its caller gave up. */
        private void closeLate() {
            if (!result.isCompletedExceptionally() && result.join() instanceof HeldStream late) {
                try {
                    late.close();
                } catch (IOException e) {
                    // Nobody reads this stream any more: that it does not close well concerns nobody.
                }
            }
        }
    }

    /** Makes a download give its place back when it is closed. To be called inside the call that opens it. */
    InputStream held(InputStream stream) {
        return stream instanceof TimedReads timed ? new TimedHeldStream(stream, timed) : new HeldStream(stream);
    }

    private final class TimedHeldStream extends HeldStream implements TimedReads {
        private final TimedReads timed;

        TimedHeldStream(InputStream stream, TimedReads timed) {
            super(stream);
            this.timed = timed;
        }

        @Override
        public void silenceLimit(Duration limit) {
            timed.silenceLimit(limit);
        }
    }

    private class HeldStream extends FilterInputStream {
        private final AtomicBoolean closed = new AtomicBoolean();

        HeldStream(InputStream stream) {
            super(stream);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (closed.compareAndSet(false, true)) {
                try {
                    super.close();
                } finally {
                    places.release();
                }
            }
        }
    }
}
