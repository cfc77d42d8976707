package dev.pinfold.broker.retrieval;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a Vert.x response as a blocking stream with back-pressure: a few buffers are asked for ahead, and one more
 * for each that was read.
 *
 * <p>Closing early resets the request, but only while the response has not ended: resetting an ended HTTP/1.1 request
 * closes a pooled connection that may serve another request by then (Vert.x 5.0.8). Both happen on the response's own
 * event loop, so the check cannot be overtaken.
 */
final class BlockingBody extends InputStream {
    private static final int AHEAD = 8;

    private sealed interface Event {}

    private record Data(Buffer buffer) implements Event {}

    private record End(@Nullable Throwable failure) implements Event {}

    private final HttpClientResponse response;
    private final Context context;
    private final Duration idle;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private byte[] current = new byte[0];
    private int at;
    private @Nullable End end;
    /** Touched on the event loop only. */
    private boolean ended;

    /** To be made on the response's event loop, before its first byte is delivered. */
    BlockingBody(HttpClientResponse response, Context context, Duration idle) {
        this.response = response;
        this.context = context;
        this.idle = idle;
        response.pause();
        response.handler(buffer -> events.add(new Data(buffer)));
        response.endHandler(none -> finish(null));
        response.exceptionHandler(this::finish);
        response.fetch(AHEAD);
    }

    private void finish(@Nullable Throwable failure) {
        ended = true;
        events.add(new End(failure));
    }

    int status() {
        return response.statusCode();
    }

    @Nullable
    String header(String name) {
        return response.getHeader(name);
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
        if (at == current.length && !advance()) {
            return -1;
        }
        int count = Math.min(length, current.length - at);
        System.arraycopy(current, at, target, offset, count);
        at += count;
        return count;
    }

    private boolean advance() throws IOException {
        while (end == null) {
            Event next = await();
            if (next instanceof Data(Buffer buffer)) {
                context.runOnContext(none -> response.fetch(1));
                current = buffer.getBytes();
                at = 0;
                if (current.length > 0) {
                    return true;
                }
            } else if (next instanceof End reached) {
                end = reached;
            }
        }
        if (end.failure() != null) {
            throw new IOException("the connection broke: " + end.failure().getMessage(), end.failure());
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

    /** Gives the connection up unless the body has ended. Never blocks. */
    @Override
    public void close() {
        context.runOnContext(none -> {
            if (!ended) {
                ended = true;
                response.request().reset();
            }
        });
    }
}
