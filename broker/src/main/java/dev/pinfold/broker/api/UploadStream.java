package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An upload as a blocking stream with back-pressure: the client is asked for as many buffers as the reader takes, so a
 * body of any size needs a few buffers of memory.
 */
final class UploadStream extends InputStream {
    private static final int AHEAD = 16;
    private static final Duration IDLE = Duration.ofSeconds(60);

    private sealed interface Event {}

    private record Data(Buffer buffer) implements Event {}

    private record End(@Nullable Throwable failure) implements Event {}

    private final ReadStream<Buffer> body;
    private final Context context;
    private final AtomicLong left;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private byte[] current = new byte[0];
    private int at;
    private boolean ended;
    /** Seen and set on the event loop: HTTP/2 refuses to be asked for more after the end. */
    private boolean over;

    /**
     * To be made on the event loop.
     *
     * @param left how many bytes may still come, over all parts of the request
     */
    UploadStream(ReadStream<Buffer> body, Context context, AtomicLong left) {
        this.body = body;
        this.context = context;
        this.left = left;
        body.pause();
        body.handler(buffer -> events.add(new Data(buffer)));
        body.endHandler(none -> end(null));
        body.exceptionHandler(this::end);
        body.fetch(AHEAD);
    }

    private void end(@Nullable Throwable failure) {
        over = true;
        events.add(new End(failure));
    }

    private void askForMore() {
        if (!over) {
            body.fetch(1);
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
        while (at == current.length) {
            if (ended || !advance()) {
                return -1;
            }
        }
        int count = Math.min(length, current.length - at);
        System.arraycopy(current, at, target, offset, count);
        at += count;
        return count;
    }

    private boolean advance() throws IOException {
        switch (take()) {
            case Data data -> {
                context.runOnContext(none -> askForMore());
                current = data.buffer().getBytes();
                at = 0;
                if (left.addAndGet(-current.length) < 0) {
                    throw new BrokerException(
                            ErrorKind.PAYLOAD_TOO_LARGE,
                            "the upload is larger than limits.maxUploadBytes allows; split it, or ask the operator");
                }
                return true;
            }
            case End end -> {
                ended = true;
                if (end.failure() != null) {
                    throw new IOException(
                            "the upload broke off: " + end.failure().getMessage(), end.failure());
                }
                return false;
            }
        }
    }

    private Event take() throws IOException {
        try {
            Event next = events.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new SocketTimeoutException("the client sent nothing for " + IDLE.toSeconds() + " s");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading the upload");
        }
    }
}
