package dev.pinfold.http;

import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProxySelector;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Reads content over blocking sockets: whoever reads takes the bytes from the socket, with no other thread between. To be
 * used on virtual threads, whose interrupt closes the socket they wait for.
 *
 * <p>HTTP/1.1 without redirects, decompression or cookies. A request whose pooled connection turns out to be closed is made
 * again, once.
 */
final class Downloads implements AutoCloseable {
    private static final int BUFFER = 16 << 10;
    private static final int LONGEST_LINE = 64 << 10;
    private static final int MOST_HEADERS = 500;
    private static final int LONGEST_ERROR = 64 << 10;
    /** Never reached: how many downloads there are at once is decided by who calls. */
    private static final int MOST_CONNECTIONS = 10_000;

    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Duration connectTimeout;
    private final Duration stallTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Open open;
    private boolean closed;

    /** Made with the first download: many wires never have one, and a start should not wait for it. */
    private record Open(CloseableHttpClient client, ScheduledThreadPoolExecutor timer, ScheduledFuture<?> eviction) {}

    Downloads(Duration connectTimeout, Duration stallTimeout) {
        this.connectTimeout = connectTimeout;
        this.stallTimeout = stallTimeout;
    }

    /** Sends, and reads the head of the answer; the body too where it is not content. */
    Wire.Opened open(HttpCall call, Deadline deadline) throws WireException {
        if (call.body() != null) {
            throw new IllegalArgumentException("content is asked for without a body: " + call);
        }
        Open by = opened();
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
        call.headers().forEach(request::setHeader);
        ScheduledFuture<?> late =
                by.timer().schedule(request::cancel, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        boolean kept = false;
        try {
            ClassicHttpResponse response = by.client().executeOpen(null, request, null);
            HttpEntity entity = response.getEntity();
            InputStream in = entity == null ? InputStream.nullInputStream() : entity.getContent();
            boolean content = response.getCode() == 200 || response.getCode() == 206;
            byte[] error = content ? new byte[0] : in.readNBytes(LONGEST_ERROR + 1);
            if (error.length > LONGEST_ERROR) {
                throw new WireException(
                        Reach.ANSWER_TOO_LONG, "the answer is longer than " + LONGEST_ERROR + " bytes", null);
            }
            late.cancel(false);
            if (deadline.expired()) {
                throw new WireException(Reach.MAYBE_ARRIVED, "no answer in time", null);
            }
            kept = content;
            return new Wire.Opened(
                    new HttpAnswer(response.getCode(), headers(response), error),
                    content ? new Download(request, in, stallTimeout, by.timer()) : InputStream.nullInputStream());
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            throw failed(deadline.expired(), e);
        } finally {
            late.cancel(false);
            if (!kept) {
                request.cancel();
            }
        }
    }

    /** Sends, and reads the whole answer, which ends by the deadline too. */
    HttpAnswer fetch(HttpCall call, Deadline deadline) throws WireException {
        Wire.Opened opened = open(call, deadline);
        HttpAnswer head = opened.head();
        if (!(opened.content() instanceof Download content)) {
            return head;
        }
        try (content) {
            int most = Math.toIntExact(call.maxAnswerBytes());
            byte[] body = content.all(most, deadline);
            if (body.length > most) {
                throw new WireException(head, most);
            }
            return new HttpAnswer(head.status(), head.headers(), body);
        } catch (IOException e) {
            throw failed(deadline.expired(), e);
        }
    }

    private WireException failed(boolean late, Exception e) {
        if (late) {
            return new WireException(Reach.MAYBE_ARRIVED, "no answer in time", e);
        }
        if (Thread.currentThread().isInterrupted()) {
            return new WireException(Reach.MAYBE_ARRIVED, "the call was interrupted", e);
        }
        return switch (e) {
            case ConnectTimeoutException slow -> new WireException(Reach.NOT_SENT, "no connection in time", slow);
            case ConnectException refused -> new WireException(Reach.NOT_SENT, "no connection", refused);
            case NoRouteToHostException far -> new WireException(Reach.NOT_SENT, "no connection", far);
            case UnknownHostException unknown -> new WireException(Reach.NOT_SENT, "no connection", unknown);
            default -> new WireException(Reach.MAYBE_ARRIVED, "the connection broke before the answer", e);
        };
    }

    private static HttpHeaders headers(HttpResponse response) {
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : response.getHeaders()) {
            all.computeIfAbsent(header.getName(), name -> new ArrayList<>()).add(header.getValue());
        }
        return HttpHeaders.of(all, (name, value) -> true);
    }

    private Open opened() throws WireException {
        lock.lock();
        try {
            if (closed) {
                throw new WireException(Reach.NOT_SENT, "this provider is closed", null);
            }
            if (open == null) {
                open = make();
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    private Open make() {
        PoolingHttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(MOST_CONNECTIONS)
                .setMaxConnPerRoute(MOST_CONNECTIONS)
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setBufferSize(BUFFER)
                                .setMaxLineLength(LONGEST_LINE)
                                .setMaxHeaderCount(MOST_HEADERS)
                                .build())
                        .build())
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(
                        SSLContexts.createSystemDefault(),
                        HostnameVerificationPolicy.BUILTIN,
                        NoopHostnameVerifier.INSTANCE))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connectTimeout))
                        .setSocketTimeout(Timeout.DISABLED)
                        .build())
                .build();
        CloseableHttpClient client = HttpClients.custom()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(
                        RequestConfig.custom().setProtocolUpgradeEnabled(false).build())
                .setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()))
                .setRetryStrategy(new WhenStale())
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
        // After the end nothing needs a timer: all connections are closed then.
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform().daemon().name("download-timer").factory(),
                new ThreadPoolExecutor.DiscardPolicy());
        timer.setRemoveOnCancelPolicy(true);
        ScheduledFuture<?> eviction = timer.scheduleWithFixedDelay(
                () -> connections.closeIdle(TimeValue.of(IDLE)), IDLE.toSeconds(), IDLE.toSeconds(), TimeUnit.SECONDS);
        return new Open(client, timer, eviction);
    }

    /** A pooled connection may have been closed by the server while it was not looked at. */
    private static final class WhenStale implements HttpRequestRetryStrategy {
        @Override
        public boolean retryRequest(HttpRequest request, IOException e, int count, HttpContext context) {
            boolean closed = e instanceof NoHttpResponseException
                    || (e instanceof SocketException && !(e instanceof ConnectException));
            return count <= 1 && closed && !Thread.currentThread().isInterrupted();
        }

        @Override
        public boolean retryRequest(HttpResponse response, int count, HttpContext context) {
            return false;
        }

        @Override
        public TimeValue getRetryInterval(HttpResponse response, int count, HttpContext context) {
            return TimeValue.ZERO_MILLISECONDS;
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (open != null) {
                open.client().close(CloseMode.IMMEDIATE);
                open.timer().shutdownNow();
            }
        } finally {
            lock.unlock();
        }
    }
}
