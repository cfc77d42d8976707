package dev.pinfold.broker.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A response as a blocking stream with back-pressure: writing waits while the client is slow. */
final class ResponseStream extends OutputStream {
    private static final int CHUNK = 64 * 1024;
    private static final int IN_FLIGHT = 8;
    private static final long STALLED_SECONDS = 120;

    private final HttpServerResponse response;
    private final Context context;
    private final Semaphore room = new Semaphore(IN_FLIGHT);
    private final ArrayBlockingQueue<Throwable> failure = new ArrayBlockingQueue<>(1);
    private Buffer waiting = Buffer.buffer(CHUNK);

    ResponseStream(HttpServerResponse response, Context context) {
        this.response = response;
        this.context = context;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        waiting.appendBytes(bytes, offset, length);
        if (waiting.length() >= CHUNK) {
            flush();
        }
    }

    @Override
    public void flush() throws IOException {
        if (waiting.length() == 0) {
            return;
        }
        Buffer chunk = waiting;
        waiting = Buffer.buffer(CHUNK);
        try {
            if (!room.tryAcquire(STALLED_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the client took nothing for " + STALLED_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while answering");
        }
        Throwable broken = failure.peek();
        if (broken != null) {
            throw new IOException("the client is gone", broken);
        }
        context.runOnContext(none -> response.write(chunk).onComplete(done -> {
            if (done.failed()) {
                failure.offer(done.cause());
            }
            room.release();
        }));
    }
}
