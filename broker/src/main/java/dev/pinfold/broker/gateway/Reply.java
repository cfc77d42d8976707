package dev.pinfold.broker.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One answer, written from a virtual thread with back-pressure: at most {@value #WINDOW} chunks of 64 KiB, or pieces that are
 * lent instead, are on their way to the client, so a slow one costs that and no more. Small pieces are gathered to chunks
 * only while others are on their way. An answer that cannot be finished ends as a broken connection, never as a clean end.
 */
final class Reply {
    static final int CHUNK = 64 << 10;

    /** A lent piece is given to the connection in parts of this size, which its allocator has at hand. */
    private static final int SLICE = 128 << 10;

    /** What a chunk begins with, so that small answers stay small. */
    private static final int SMALL = 4 << 10;

    private static final int WINDOW = 2;
    private static final long STALLED_SECONDS = 300;
    private static final long INTERNAL_ERROR = 0x2;

    private final RoutingContext ctx;
    private final Context context;
    private final Semaphore room = new Semaphore(WINDOW);
    private final AtomicReference<@Nullable Throwable> gone = new AtomicReference<>();
    /** A chunk that is not full, for whoever has room for it first: the writing thread, or the event loop when all is sent. */
    private final AtomicReference<@Nullable ByteBuf> partial = new AtomicReference<>();

    /** The chunk that the writing thread fills. */
    private @Nullable ByteBuf chunk;

    private boolean started;
    private long sent;

    Reply(RoutingContext ctx, Context context) {
        this.ctx = ctx;
        this.context = context;
    }

    /** Whether the head is out, so that no other status can be sent. */
    boolean started() {
        return started;
    }

    /** Bytes of the body so far. */
    long sent() {
        return sent;
    }

    /**
     * Sends the head; the body follows.
     *
     * @param length of the body; −1 when it is not known
     */
    void start(int status, Map<String, String> headers, long length) {
        started = true;
        context.runOnContext(none -> {
            HttpServerResponse response = head(status, headers);
            if (length >= 0) {
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
            } else if (ctx.request().version() != HttpVersion.HTTP_2) {
                response.setChunked(true);
            }
        });
    }

    /** Sends an answer without a body; {@code length} is what its body would have, −1 when that is not known or not said. */
    void finishWithoutBody(int status, Map<String, String> headers, long length) {
        started = true;
        context.runOnContext(none -> {
            HttpServerResponse response = head(status, headers);
            if (length >= 0) {
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
            }
            response.end();
        });
    }

    private HttpServerResponse head(int status, Map<String, String> headers) {
        HttpServerResponse response = ctx.response().setStatusCode(status);
        headers.forEach(response::putHeader);
        return response;
    }

    /** Writes all, waiting for the client as long as it takes something. */
    void write(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        offer(left, TimeUnit.SECONDS.toMillis(STALLED_SECONDS));
        if (left.hasRemaining()) {
            throw stalled();
        }
    }

    /**
     * Writes as much as the client takes without a pause longer than {@code patienceMillis}. What is left in {@code bytes}
     * afterwards was not taken: {@link #awaitRoom} waits until there is room for more.
     */
    void offer(ByteBuffer bytes, long patienceMillis) throws IOException {
        takeBack();
        while (bytes.hasRemaining()) {
            if (chunk != null && chunk.maxWritableBytes() == 0) {
                if (!acquire(patienceMillis)) {
                    return;
                }
                send(chunk);
                chunk = null;
            }
            if (chunk == null) {
                chunk = Unpooled.buffer(Math.clamp(bytes.remaining(), SMALL, CHUNK), CHUNK);
            }
            int take = Math.min(bytes.remaining(), chunk.maxWritableBytes());
            chunk.writeBytes(bytes.slice(bytes.position(), take));
            bytes.position(bytes.position() + take);
            sent += take;
        }
    }

    /**
     * Sends all of {@code bytes} without copying them here; they must not change any more. Fewer threads have to be woken for one
     * large piece than for as many chunks.
     *
     * @param written called once they are sent or given up
     * @return false when the client took nothing for {@code patienceMillis}: then nothing of it is sent
     */
    boolean lend(ByteBuffer bytes, long patienceMillis, Runnable written) throws IOException {
        takeBack();
        if (!acquire(patienceMillis)) {
            return false;
        }
        sent += bytes.remaining();
        ByteBuf lent = Unpooled.wrappedBuffer(bytes.slice());
        bytes.position(bytes.limit());
        ByteBuf all = chunk == null ? lent : Unpooled.wrappedBuffer(chunk, lent);
        chunk = null;
        context.runOnContext(none -> sendSlices(all, written));
        return true;
    }

    /** On the event loop, in one turn of it: what is sent later must come after all of it. */
    private void sendSlices(ByteBuf bytes, Runnable written) {
        Future<Void> last = Future.succeededFuture();
        while (bytes.isReadable()) {
            last = write(bytes.readSlice(Math.min(SLICE, bytes.readableBytes())));
        }
        last.onComplete(done -> {
            written.run();
            sent(done);
        });
    }

    /**
     * Called where the next bytes may be long in coming: what was gathered leaves as soon as the client has taken everything
     * before it.
     */
    void flush() {
        takeBack();
        partial.set(chunk);
        chunk = null;
        ByteBuf mine = partialWhenIdle();
        if (mine != null) {
            send(mine);
        }
    }

    private void takeBack() {
        if (chunk == null) {
            chunk = partial.getAndSet(null);
        }
    }

    /**
     * The gathered bytes, with room for them taken; null when there are none, or others are still on their way. All room is
     * held while they are taken, so that nothing that comes after them can overtake them.
     */
    private @Nullable ByteBuf partialWhenIdle() {
        do {
            if (!room.tryAcquire(WINDOW)) {
                return null;
            }
            ByteBuf taken = partial.getAndSet(null);
            room.release(taken == null ? WINDOW : WINDOW - 1);
            if (taken != null) {
                return taken;
            }
            // What was gathered while the room was held here was not sent by the other thread for that reason.
        } while (partial.get() != null);
        return null;
    }

    private void send(ByteBuf bytes) {
        context.runOnContext(none -> sendNow(bytes));
    }

    /** On the event loop; whatever the writing thread sends later comes after it. */
    private void sendNow(ByteBuf bytes) {
        write(bytes).onComplete(this::sent);
    }

    private Future<Void> write(ByteBuf bytes) {
        try {
            return ctx.response().write(BufferInternal.buffer(bytes));
        } catch (IllegalStateException e) {
            // The answer is over.
            return Future.failedFuture(e);
        }
    }

    private void sent(AsyncResult<Void> done) {
        if (done.failed()) {
            gone.compareAndSet(null, done.cause());
        }
        room.release();
        ByteBuf next = partialWhenIdle();
        if (next != null) {
            sendNow(next);
        }
    }

    /** Waits until the client takes something again. */
    void awaitRoom() throws IOException {
        if (!acquire(TimeUnit.SECONDS.toMillis(STALLED_SECONDS))) {
            throw stalled();
        }
        room.release();
    }

    private boolean acquire(long millis) throws IOException {
        try {
            boolean got = room.tryAcquire(millis, TimeUnit.MILLISECONDS);
            Throwable why = gone.get();
            if (why != null) {
                throw new ClientGone(why);
            }
            return got;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while answering");
        }
    }

    private static ClientGone stalled() {
        return new ClientGone(new IOException("the client took nothing for " + STALLED_SECONDS + " s"));
    }

    /** The reader went away, or takes nothing: nobody's fault here. */
    static final class ClientGone extends IOException {
        private static final long serialVersionUID = 1L;

        ClientGone(Throwable why) {
            super("the client is gone: " + why.getMessage(), why);
        }
    }

    /** Sends what is left and ends the answer cleanly. */
    void finish() throws IOException {
        takeBack();
        if (chunk != null) {
            if (!acquire(TimeUnit.SECONDS.toMillis(STALLED_SECONDS))) {
                throw stalled();
            }
            send(chunk);
            chunk = null;
        }
        context.runOnContext(none -> ctx.response().end());
    }

    /** Ends the answer so that no client can take it for a whole one. What is on its way may still arrive. */
    void breakOff() {
        try {
            if (gone.get() == null && room.tryAcquire(WINDOW, 1, TimeUnit.SECONDS)) {
                room.release(WINDOW);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.runOnContext(none -> reset(ctx.request()));
    }

    private static void reset(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset(INTERNAL_ERROR);
            return;
        }
        if (request.connection() instanceof ConnectionBase connection
                && connection.channel().isOpen()) {
            // A plain close looks like the end of the body to a client of HTTP/1.0; a reset does not.
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        request.connection().close();
    }
}
