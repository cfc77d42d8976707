package dev.pinfold.http;

import dev.pinfold.spi.TimedReads;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
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
 * A body that is read as it comes, with a few parts waiting, so that the connection does not stand still between two reads;
 * a read takes all that is there. The JDK's own stream waits for ever when the other side
 * falls silent; this one fails after a time, and at once when its reader is interrupted.
 */
final class PulledBody extends InputStream implements BodySubscriber<InputStream>, TimedReads {
    private sealed interface Event {
        record Part(List<ByteBuffer> buffers) implements Event {}

        record End(@Nullable Throwable failure) implements Event {}
    }

    /**
     * Parts asked for ahead. Each is what one look at the socket brought, some 16 KiB unless the JDK is told otherwise: so
     * many that the other side never waits while a block of 2 MiB is read.
     */
    private static final int AHEAD = 64;

    private volatile Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private List<ByteBuffer> buffers = List.of();
    private int at;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;

    PulledBody(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void silenceLimit(Duration limit) {
        if (limit.compareTo(patience) < 0) {
            patience = limit;
        }
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
            now.request(AHEAD);
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
        int done = 0;
        for (ByteBuffer buffer = next(true); buffer != null && done < length; buffer = next(false)) {
            int count = Math.min(length - done, buffer.remaining());
            buffer.get(target, offset + done, count);
            done += count;
        }
        return done == 0 ? -1 : done;
    }

    @Override
    public void close() {
        if (!ended) {
            // Whoever reads on in another thread must not take this for the end.
            failure = new IOException("the content was closed");
            ended = true;
        }
        Flow.Subscription now = subscription.get();
        if (now != null) {
            now.cancel();
        }
    }

    /** The buffer with the next bytes; null at the end, or where it would have to be waited for and {@code wait} is false. */
    private @Nullable ByteBuffer next(boolean wait) throws IOException {
        while (true) {
            for (; at < buffers.size(); at++) {
                if (buffers.get(at).hasRemaining()) {
                    return buffers.get(at);
                }
            }
            if (ended) {
                return atEnd(wait);
            }
            Event event = wait ? await() : events.poll();
            if (event == null) {
                return null;
            }
            switch (event) {
                case Event.Part part -> {
                    buffers = part.buffers();
                    at = 0;
                    // There is a part, so there is a subscription.
                    Objects.requireNonNull(subscription.get()).request(1);
                }
                case Event.End end -> {
                    failure = end.failure();
                    ended = true;
                }
            }
        }
    }

    /** What came before a failure is given first. */
    private @Nullable ByteBuffer atEnd(boolean wait) throws IOException {
        if (wait && failure != null) {
            throw new IOException("the content broke off", failure);
        }
        return null;
    }

    private Event await() throws IOException {
        try {
            Event event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (event == null) {
                close();
                throw new SocketTimeoutException("no content came for " + patience.toMillis() + " ms");
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
