package dev.pinfold.http;

import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.TimedReads;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.jspecify.annotations.Nullable;

/**
 * Content on its way. A read ends with what is there, fails after the longest silence, when its thread is interrupted, and
 * when another thread closes the stream. One thread watches over the reads of all downloads of a wire, so that a read costs
 * no timer of its own.
 */
final class Download extends FilterInputStream implements TimedReads {
    /** So long a server has for the end of content of which nothing more is wanted; then its connection is closed. */
    private static final Duration END = Duration.ofMillis(200);

    private static final long NOT_READING = Long.MIN_VALUE;

    private final HttpUriRequestBase request;
    private final ScheduledExecutorService timer;
    /** When the read that is waiting began, by the clock of {@link System#nanoTime}. */
    private volatile long since = NOT_READING;

    private volatile boolean silent;
    private volatile boolean over;
    private volatile boolean closed;
    private Duration patience;
    private @Nullable ScheduledFuture<?> watch;

    Download(HttpUriRequestBase request, InputStream in, Duration patience, ScheduledExecutorService timer) {
        super(in);
        this.request = request;
        this.timer = timer;
        this.patience = patience;
        watch(patience.toNanos());
    }

    @Override
    public synchronized void silenceLimit(Duration limit) {
        if (limit.compareTo(patience) < 0) {
            patience = limit;
            watch(limit.toNanos());
        }
    }

    private synchronized void watch(long nanos) {
        unwatch();
        if (!over && !closed) {
            watch = timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void unwatch() {
        if (watch != null) {
            watch.cancel(false);
            watch = null;
        }
    }

    private synchronized void look() {
        long began = since;
        long limit = patience.toNanos();
        long waited = began == NOT_READING ? 0 : System.nanoTime() - began;
        if (waited >= limit) {
            silent = true;
            request.cancel();
        } else {
            watch(limit - waited);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        // First this: whoever closes either sees that somebody reads, or is seen here.
        since = System.nanoTime();
        try {
            if (closed || silent) {
                throw broken(null);
            }
            if (Thread.currentThread().isInterrupted()) {
                request.cancel();
                throw interrupted();
            }
            int read = bytes(target, offset, length);
            if (read < 0) {
                ended();
            }
            return read;
        } finally {
            since = NOT_READING;
        }
    }

    private int bytes(byte[] target, int offset, int length) throws IOException {
        try {
            return in.read(target, offset, length);
        } catch (IOException e) {
            throw Thread.currentThread().isInterrupted() ? interrupted() : broken(e);
        }
    }

    private static InterruptedIOException interrupted() {
        return new InterruptedIOException("interrupted while reading content");
    }

    private IOException broken(@Nullable IOException cause) {
        if (silent) {
            return new SocketTimeoutException("no content came for " + patience.toMillis() + " ms");
        }
        // Whoever reads on in another thread must not take this for the end.
        return new IOException("the content broke off", closed ? new IOException("the content was closed") : cause);
    }

    /** All of it until the deadline, but no more than one byte too many. */
    byte[] all(int most, Deadline deadline) throws IOException {
        ScheduledFuture<?> late =
                timer.schedule(request::cancel, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        try {
            return readNBytes(most + 1);
        } finally {
            late.cancel(false);
        }
    }

    private synchronized void ended() {
        over = true;
        unwatch();
    }

    /** Never waits. A connection on which nothing but the end is outstanding is used again. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed || over) {
                closed = true;
                return;
            }
            closed = true;
            unwatch();
        }
        if (since != NOT_READING || silent) {
            request.cancel();
            return;
        }
        ScheduledFuture<?> late = timer.schedule(request::cancel, END.toNanos(), TimeUnit.NANOSECONDS);
        Thread.ofVirtual().name("download-end").start(() -> {
            try {
                if (in.read() >= 0) {
                    request.cancel();
                }
            } catch (IOException e) {
                request.cancel();
            } finally {
                late.cancel(false);
            }
        });
    }
}
