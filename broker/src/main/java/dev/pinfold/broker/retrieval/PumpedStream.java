package dev.pinfold.broker.retrieval;

import dev.pinfold.spi.TimedReads;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives a stream that may hang for ever reads that end: another thread reads it, and this one waits no longer than the
 * idle time for what comes. Holds at most a quarter of a megabyte.
 */
final class PumpedStream extends InputStream {
    private static final int CHUNK = 64 << 10;
    private static final int AHEAD = 4;

    /**
     * What the other thread saw: bytes, or the end.
     *
     * @param bytes null at the end
     * @param length how many of them count
     * @param failure why it ended; null for a clean end
     */
    @SuppressWarnings("ArrayRecordComponent") // Only handed over, never compared.
    private record Event(
            byte @Nullable [] bytes, int length, @Nullable Throwable failure) {
        static Event end(@Nullable Throwable failure) {
            return new Event(null, 0, failure);
        }
    }

    private final InputStream source;
    private final Duration idle;
    private final ArrayBlockingQueue<Event> events = new ArrayBlockingQueue<>(AHEAD);
    private final Thread pump;
    private byte[] current = new byte[0];
    private int filled;
    private int at;
    private @Nullable Event end;

    /** The stream itself where its reads end by themselves, else a pumped one. */
    static InputStream bounded(InputStream source, String name, Duration idle) {
        if (source instanceof TimedReads timed) {
            timed.silenceLimit(idle);
            return source;
        }
        return new PumpedStream(source, name, idle);
    }

    PumpedStream(InputStream source, String name, Duration idle) {
        this.source = source;
        this.idle = idle;
        this.pump = Thread.ofVirtual().name("pump-" + name).start(this::pump);
    }

    private void pump() {
        try {
            byte[] chunk = new byte[CHUNK];
            for (int read = source.read(chunk); read >= 0; read = source.read(chunk)) {
                if (read >= CHUNK / 2) {
                    events.put(new Event(chunk, read, null));
                    chunk = new byte[CHUNK];
                } else if (read > 0) {
                    // Small pieces are copied, so that they hold no more memory than they need.
                    events.put(new Event(Arrays.copyOf(chunk, read), read, null));
                }
            }
            events.put(Event.end(null));
        } catch (InterruptedException e) {
            // Nobody reads any more.
        } catch (IOException | RuntimeException e) {
            if (!events.offer(Event.end(e))) {
                putLast(Event.end(e));
            }
        }
    }

    private void putLast(Event event) {
        try {
            events.put(event);
        } catch (InterruptedException e) {
            // Nobody reads any more.
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (at == filled && !advance()) {
            return -1;
        }
        int count = Math.min(length, filled - at);
        System.arraycopy(current, at, target, offset, count);
        at += count;
        return count;
    }

    private boolean advance() throws IOException {
        Event next = end == null ? await() : end;
        if (next.bytes() != null) {
            current = next.bytes();
            filled = next.length();
            at = 0;
            return true;
        }
        end = next;
        if (next.failure() != null) {
            throw new IOException("the stream broke: " + next.failure().getMessage(), next.failure());
        }
        return false;
    }

    private Event await() throws IOException {
        try {
            Event next = events.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new SocketTimeoutException("no byte for " + idle.toMillis() + " ms");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading");
        }
    }

    /** Ends the other thread. Does not wait for it, nor for a source that hangs in its own {@code close}. */
    @Override
    public void close() {
        pump.interrupt();
        Thread.ofVirtual().name("close-" + pump.getName()).start(() -> {
            try {
                source.close();
            } catch (IOException | RuntimeException e) {
                // The content was read or given up: that the source does not close well changes nothing.
            }
        });
    }
}
