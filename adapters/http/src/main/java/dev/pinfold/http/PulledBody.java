package dev.pinfold.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A body that is read as it comes, with at most one part waiting. The JDK's own stream waits for ever when the other side
 * falls silent; this one fails after a time, and at once when its reader is interrupted.
 */
final class PulledBody extends InputStream implements BodySubscriber<InputStream> {
    private sealed interface Event {
        record Part(List<ByteBuffer> buffers) implements Event {}

        record End(@Nullable Throwable failure) implements Event {}
    }

    private final Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private List<ByteBuffer> buffers = List.of();
    private int at;
    private volatile boolean ended;

    PulledBody(Duration patience) {
        this.patience = patience;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription now) {
        subscription.set(now);
        if (ended) {
            now.cancel();
        } else {
            now.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        events.add(new Event.Part(item));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new Event.End(failure));
    }

    @Override
    public void onComplete() {
        events.add(new Event.End(null));
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
        ByteBuffer buffer = next();
        if (buffer == null) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(target, offset, count);
        return count;
    }

    @Override
    public void close() {
        ended = true;
        Flow.Subscription now = subscription.get();
        if (now != null) {
            now.cancel();
        }
    }

    private @Nullable ByteBuffer next() throws IOException {
        while (true) {
            for (; at < buffers.size(); at++) {
                if (buffers.get(at).hasRemaining()) {
                    return buffers.get(at);
                }
            }
            if (ended) {
                return null;
            }
            switch (await()) {
                case Event.Part part -> {
                    buffers = part.buffers();
                    at = 0;
                    // There is a part, so there is a subscription.
                    Objects.requireNonNull(subscription.get()).request(1);
                }
                case Event.End end -> {
                    ended = true;
                    if (end.failure() != null) {
                        throw new IOException("the content broke off", end.failure());
                    }
                }
            }
        }
    }

    private Event await() throws IOException {
        try {
            Event event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (event == null) {
                close();
                throw new IOException("no content came for " + patience);
            }
            return event;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            InterruptedIOException ended = new InterruptedIOException("interrupted while reading content");
            ended.initCause(e);
            throw ended;
        }
    }
}
