package dev.pinfold.http;

import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.Deadline;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over the JDK's HTTP client, so that each ends by its deadline, body included, and ends at once when its
 * thread is interrupted; and tells whether a request without an answer can have arrived. Content is read over blocking
 * sockets instead, which takes half the time ({@link Downloads}).
 *
 * <p>HTTP/1.1 only: one connection per call, so what happens to a connection concerns one request. Redirects are not
 * followed. The JDK itself repeats a {@code GET} whose pooled connection turns out to be closed, and a connection attempt
 * that failed; it never repeats a {@code POST} or {@code DELETE} that was sent.
 */
public final class Wire implements AutoCloseable {
    private final HttpClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Downloads downloads;
    private volatile boolean closed;

    /**
     * A wire of its own.
     *
     * @param stallTimeout the longest silence within an opened stream
     */
    public Wire(Duration connectTimeout, Duration stallTimeout) {
        downloads = new Downloads(connectTimeout, stallTimeout);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .executor(threads)
                .build();
    }

    /** A stream of content, and the head of the answer it came with. */
    public record Opened(HttpAnswer head, InputStream content) {}

    /** Sends, and reads the whole answer. */
    public HttpAnswer send(HttpCall call, Deadline deadline) throws WireException {
        HttpResponse<byte[]> response = exchange(call, deadline, head -> new BoundedBody(call.maxAnswerBytes()));
        return new HttpAnswer(response.statusCode(), response.headers(), response.body());
    }

    /**
     * Asks for content, without a body, on a virtual thread: sends, and reads the head of the answer; the body too where it
     * is not content. What is asked for is only read, so a request whose pooled connection was closed is made again.
     */
    public Opened open(HttpCall call, Deadline deadline) throws WireException {
        requireTime(deadline);
        return downloads.open(call, deadline);
    }

    /** Asks for content as {@link #open} does, and reads all of it. */
    public HttpAnswer fetch(HttpCall call, Deadline deadline) throws WireException {
        requireTime(deadline);
        return downloads.fetch(call, deadline);
    }

    private void requireTime(Deadline deadline) throws WireException {
        if (closed) {
            throw new WireException(Reach.NOT_SENT, "this provider is closed", null);
        }
        if (deadline.expired()) {
            throw new WireException(Reach.NOT_SENT, "no time was left", null);
        }
    }

    private <T> HttpResponse<T> exchange(HttpCall call, Deadline deadline, BodyHandler<T> handler)
            throws WireException {
        requireTime(deadline);
        BodyPublisher body = call.body();
        SendGate gate = body == null ? null : new SendGate(body);
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request(call, gate), handler);
        try {
            return answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw left(answer, gate, "no answer in time", null);
        } catch (InterruptedException e) {
            WireException left = left(answer, gate, "the call was interrupted", e);
            Thread.currentThread().interrupt();
            throw left;
        } catch (ExecutionException e) {
            throw failed(gate, e.getCause() == null ? e : e.getCause());
        }
    }

    private static HttpRequest request(HttpCall call, @Nullable SendGate gate) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(call.uri()).method(call.method(), gate == null ? BodyPublishers.noBody() : gate);
        call.headers().forEach(request::header);
        return request.build();
    }

    private static WireException left(
            CompletableFuture<?> answer, @Nullable SendGate gate, String what, @Nullable Throwable cause) {
        // First shut the gate, then cancel: between the two nothing can slip through unseen.
        boolean notSent = gate != null && gate.abandon();
        answer.cancel(true);
        return new WireException(notSent ? Reach.NOT_SENT : Reach.MAYBE_ARRIVED, what, cause);
    }

    private static WireException failed(@Nullable SendGate gate, Throwable cause) {
        if (cause instanceof BoundedBody.TooLong) {
            return new WireException(Reach.ANSWER_TOO_LONG, String.valueOf(cause.getMessage()), null);
        }
        boolean notSent = gate != null && gate.abandon();
        if (cause instanceof HttpConnectTimeoutException) {
            return new WireException(Reach.NOT_SENT, "no connection in time", cause);
        }
        if (cause instanceof ConnectException) {
            return new WireException(Reach.NOT_SENT, "no connection", cause);
        }
        return new WireException(
                notSent ? Reach.NOT_SENT : Reach.MAYBE_ARRIVED,
                notSent ? "the connection failed" : "the connection broke before the answer",
                cause);
    }

    @Override
    public void close() {
        closed = true;
        client.shutdownNow();
        downloads.close();
        threads.shutdownNow();
    }
}
