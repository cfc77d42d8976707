package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.retrieval.OutboundGuard.Target;
import dev.pinfold.spi.Deadline;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * GET requests to places named from outside, for virtual threads: every connection goes to an address that
 * {@link OutboundGuard} has checked, redirects (three at most) are checked again, and no credentials are ever sent.
 *
 * <p>Bodies come as streams with back-pressure, whose reads fail after {@link Timeouts#idle()} without a byte.
 */
public final class OutboundHttp implements AutoCloseable {
    private static final int MAX_REDIRECTS = 3;
    private static final int CONNECTIONS_PER_HOST = 64;
    private static final int WAITING_PER_HOST = 64;

    /**
     * How long to wait.
     *
     * @param connect for a connection
     * @param headers for the head of the answer, once connected
     * @param idle for the next byte of a body
     */
    public record Timeouts(Duration connect, Duration headers, Duration idle) {
        /** 2 s, 10 s, 10 s. */
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(10));

        /** What the configuration says. */
        public static Timeouts of(BrokerConfig.Fetch fetch) {
            return new Timeouts(fetch.connectTimeout(), DEFAULT.headers(), fetch.idleTimeout());
        }
    }

    /**
     * An answer, whatever its status. To be closed; closing before the end gives the connection up.
     *
     * @param contentType as sent; empty when absent
     * @param retryAfter as sent; null when absent
     */
    public record Answer(
            int status, String contentType, @Nullable String retryAfter, URI uri, InputStream body)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private final Vertx vertx;
    private final OutboundGuard guard;
    private final Timeouts timeouts;
    private final HttpClient client;

    public OutboundHttp(Vertx vertx, OutboundGuard guard, Timeouts timeouts) {
        this.vertx = vertx;
        this.guard = guard;
        this.timeouts = timeouts;
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout((int) timeouts.connect().toMillis())
                .setSslHandshakeTimeout(timeouts.connect().toMillis() * 2)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setDecompressionSupported(false)
                .setMaxRedirects(0);
        PoolOptions pool =
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_HOST).setMaxWaitQueueSize(WAITING_PER_HOST);
        this.client = vertx.createHttpClient(options, pool);
    }

    /**
     * Makes a GET request and waits for the head of the answer.
     *
     * @throws OutboundRefused the URL, or one it redirects to, must not be connected to
     * @throws SocketTimeoutException no connection or no head in time
     * @throws IOException any other failure of the connection
     */
    public Answer get(URI uri, String accept, Deadline deadline) throws OutboundRefused, IOException {
        URI at = uri;
        for (int redirects = 0; ; redirects++) {
            Answer answer = once(guard.check(at), accept, deadline);
            URI next = answer.status() / 100 == 3 ? redirect(answer) : null;
            if (next == null) {
                return answer;
            }
            if (redirects == MAX_REDIRECTS) {
                throw new OutboundRefused("more than " + MAX_REDIRECTS + " redirects");
            }
            at = next;
        }
    }

    /** Where a redirect leads; null for an answer that is none. Its body is given up. */
    private static @Nullable URI redirect(Answer answer) throws OutboundRefused, IOException {
        String location = ((BlockingBody) answer.body()).header("Location");
        if (location == null || answer.status() == 304) {
            return null;
        }
        answer.close();
        try {
            return answer.uri().resolve(new URI(location));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new OutboundRefused("it redirects to something that is not a URL");
        }
    }

    private Answer once(Target target, String accept, Deadline deadline) throws IOException {
        Exchange exchange = new Exchange(target, accept);
        Duration limit = timeouts.connect().plus(timeouts.headers());
        Duration wait = deadline.remaining().compareTo(limit) < 0 ? deadline.remaining() : limit;
        try {
            BlockingBody body = exchange.start().get(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
            return new Answer(
                    body.status(),
                    orEmpty(body.header("Content-Type")),
                    body.header("Retry-After"),
                    target.uri(),
                    body);
        } catch (TimeoutException e) {
            exchange.abandon();
            throw new SocketTimeoutException("no answer from " + target.host() + " within " + wait.toMillis() + " ms");
        } catch (InterruptedException e) {
            exchange.abandon();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + target.host());
        } catch (ExecutionException e) {
            throw asIo(target, e.getCause() == null ? e : e.getCause());
        }
    }

    private static IOException asIo(Target target, Throwable cause) {
        String text = target.host() + ": " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
        boolean timeout = cause.getClass().getSimpleName().contains("Timeout");
        IOException failure = timeout ? new SocketTimeoutException(text) : new IOException(text);
        failure.initCause(cause);
        return failure;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public void close() {
        client.close();
    }

    /** One request. All of it happens on one event loop, so that cancelling never meets an answer that has ended. */
    private final class Exchange {
        private final Target target;
        private final String accept;
        private final Context context = vertx.getOrCreateContext();
        private boolean abandoned;
        private @Nullable HttpClientRequest request;
        private @Nullable BlockingBody body;

        Exchange(Target target, String accept) {
            this.target = target;
            this.accept = accept;
        }

        CompletableFuture<BlockingBody> start() {
            Promise<BlockingBody> promise = Promise.promise();
            context.runOnContext(none -> connect(0).onComplete(promise));
            return promise.future().toCompletionStage().toCompletableFuture();
        }

        /** Tries one checked address after the other. */
        private Future<BlockingBody> connect(int index) {
            String address = target.addresses().get(index).getHostAddress();
            RequestOptions options = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setServer(SocketAddress.inetSocketAddress(target.port(), address))
                    .setHost(target.host())
                    .setPort(target.port())
                    .setSsl(target.tls())
                    .setURI(target.pathAndQuery())
                    .setFollowRedirects(false)
                    .putHeader("Accept", accept)
                    .putHeader("User-Agent", "pinfold");
            return client.request(options)
                    .compose(this::send)
                    .recover(failure -> request == null
                                    && !abandoned
                                    && index + 1 < target.addresses().size()
                            ? connect(index + 1)
                            : Future.failedFuture(failure));
        }

        private Future<BlockingBody> send(HttpClientRequest made) {
            request = made;
            if (abandoned) {
                made.reset();
                return Future.failedFuture("given up");
            }
            return made.send().map(this::receive);
        }

        private BlockingBody receive(HttpClientResponse response) {
            BlockingBody received = new BlockingBody(response, context, timeouts.idle());
            body = received;
            if (abandoned) {
                received.close();
            }
            return received;
        }

        void abandon() {
            context.runOnContext(none -> {
                abandoned = true;
                if (body != null) {
                    body.close();
                } else if (request != null) {
                    request.reset();
                }
            });
        }
    }
}
