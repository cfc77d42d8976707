package dev.pinfold.conformance.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Talks to one base URL and to nothing else. Every answer is bounded in bytes and time, no redirect is followed, no
 * request is repeated except after 429 (which says that it was not taken), and everything recorded is free of secrets.
 */
public final class Wire implements AutoCloseable {
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);

    private final URI base;
    private final Limits limits;
    private final Pace pace;
    private final Ticks ticks;
    private final Redactor redactor;
    private final HttpClient client;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong waitedForRateLimit = new AtomicLong();
    private final AtomicLong stalledNanos = new AtomicLong();
    private final List<Exchange> rateLimited = new CopyOnWriteArrayList<>();
    private volatile Consumer<Duration> onWait = wait -> {};
    private volatile boolean stopped;
    private volatile Duration timeout;

    public Wire(URI base, Limits limits, Pace pace, Ticks ticks, Redactor redactor) {
        this.base = base;
        this.limits = limits;
        this.timeout = limits.timeout();
        this.pace = pace;
        this.ticks = ticks;
        this.redactor = redactor;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limits.timeout())
                .build();
    }

    public URI base() {
        return base;
    }

    public Limits limits() {
        return limits;
    }

    /** How many requests went out. */
    public long requests() {
        return requests.get();
    }

    /** The first 429 answers of the run, at most 20: what the rate limit check looks at. */
    public List<Exchange> rateLimited() {
        return rateLimited;
    }

    /** From now on every request is refused with {@link RunAborted}, until {@link #resume}. */
    public void stop() {
        stopped = true;
    }

    /** Who is told how long the run waits because of a 429 answer. */
    public void onWait(Consumer<Duration> told) {
        onWait = told;
    }

    /** Takes requests again, each with at most this much time, and forgets the time lost so far. */
    public void resume(Duration patience) {
        stopped = false;
        timeout = patience;
        stalledNanos.set(0);
    }

    /** Sends, waits out 429 answers within the budget, and returns what came. */
    public Exchange send(Ask ask) {
        Duration backOff = FIRST_BACK_OFF;
        while (true) {
            Exchange exchange = sendOnce(ask);
            if (exchange.status() != 429) {
                return exchange;
            }
            Duration wait = retryAfter(exchange, backOff);
            backOff = backOff.multipliedBy(2).compareTo(LONGEST_BACK_OFF) > 0
                    ? LONGEST_BACK_OFF
                    : backOff.multipliedBy(2);
            waitOut(wait);
        }
    }

    /** Sends exactly once; 429 is an answer like any other. */
    public Exchange sendOnce(Ask ask) {
        if (stopped) {
            throw new RunAborted("the run was stopped");
        }
        requirePatienceLeft();
        try {
            pace.await();
            Exchange exchange = exchange(ask);
            if (exchange.status() == 429 && rateLimited.size() < 20) {
                rateLimited.add(exchange);
            }
            return exchange;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunAborted("the run was stopped");
        }
    }

    /** Two answers that never came cost as much time as they are worth; a third would not tell more. */
    private void requirePatienceLeft() {
        if (stalledNanos.get() >= timeout.toNanos() * 19 / 10) {
            throw new RunAborted("the endpoint leaves requests without an answer (no answer within "
                    + timeout.toSeconds() + " s, twice); raise --timeout if it is only slow");
        }
    }

    private Duration retryAfter(Exchange exchange, Duration otherwise) {
        String value = exchange.header("retry-after").orElse("").strip();
        if (!value.isEmpty() && value.length() <= 9 && value.chars().allMatch(Character::isDigit)) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        return otherwise;
    }

    private void waitOut(Duration wait) {
        Duration total = Duration.ofNanos(waitedForRateLimit.addAndGet(wait.toNanos()));
        if (total.compareTo(limits.rateLimitBudget()) > 0) {
            throw new RunAborted("the endpoint keeps answering 429 (too many requests): the run would wait longer than "
                    + limits.rateLimitBudget().toSeconds() + " s; use a lower --pace or a token with higher limits");
        }
        onWait.accept(wait);
        try {
            ticks.sleep(wait);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunAborted("the run was stopped");
        }
    }

    private Exchange exchange(Ask ask) throws InterruptedException {
        requests.incrementAndGet();
        Ask shown = redactor.clean(ask);
        String url = redactor.clean(resolve(ask.target()).toString());
        long started = System.nanoTime();
        CompletableFuture<HttpResponse<byte[]>> pending =
                client.sendAsync(request(ask), BoundedBody.upTo(limits.maxBodyBytes()));
        try {
            HttpResponse<byte[]> response = pending.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            Answer answer = new Answer(
                    response.statusCode(),
                    response.headers().map(),
                    response.body(),
                    Duration.ofNanos(System.nanoTime() - started));
            if (headerBytes(answer) > limits.maxHeaderBytes()) {
                throw failed(
                        url,
                        shown,
                        "the response headers are longer than " + limits.maxHeaderBytes() + " bytes",
                        false);
            }
            return new Exchange(url, shown, redactor.clean(answer), null);
        } catch (TimeoutException slow) {
            pending.cancel(true);
            stalledNanos.addAndGet(System.nanoTime() - started);
            throw failed(url, shown, "no complete answer within " + timeout.toMillis() / 1000.0 + " s", true);
        } catch (ExecutionException failure) {
            throw failed(url, shown, sentence(failure), false);
        } catch (InterruptedException stop) {
            pending.cancel(true);
            throw stop;
        }
    }

    private static NoAnswer failed(String url, Ask shown, String sentence, boolean timeout) {
        return new NoAnswer(new Exchange(url, shown, null, sentence), sentence, timeout);
    }

    private URI resolve(String target) {
        if (!target.startsWith("/")) {
            throw new IllegalArgumentException("a target starts with '/': " + target);
        }
        String prefix = base.toString();
        return URI.create((prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix) + target);
    }

    private HttpRequest request(Ask ask) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(resolve(ask.target()));
        ask.headers().forEach(builder::setHeader);
        return builder.method(ask.method(), publisher(ask)).build();
    }

    private static BodyPublisher publisher(Ask ask) {
        byte[] body = ask.body();
        if (body == null) {
            return BodyPublishers.noBody();
        }
        return ask.chunked()
                ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                : BodyPublishers.ofByteArray(body);
    }

    private static long headerBytes(Answer answer) {
        return answer.headers().entrySet().stream()
                .mapToLong(header -> header.getValue().stream()
                        .mapToLong(value -> header.getKey().length() + value.length())
                        .sum())
                .sum();
    }

    private String sentence(ExecutionException failure) {
        String where = base.getHost() + (base.getPort() < 0 ? "" : ":" + base.getPort());
        Throwable deepest = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            deepest = cause;
            switch (cause) {
                case BoundedBody.TooLong tooLong -> {
                    return String.valueOf(tooLong.getMessage());
                }
                case SSLException tls -> {
                    return "no secure connection to " + where + ": " + shorten(said(tls));
                }
                case HttpConnectTimeoutException slow -> {
                    return "no connection to " + where + " in time";
                }
                case ConnectException refused -> {
                    return "no connection to " + where
                            + " (nothing listens there, it is blocked, or the name is not known)";
                }
                default -> {}
            }
        }
        return deepest instanceof IOException
                ? "the connection broke: " + shorten(said(deepest))
                : "not an HTTP answer: " + shorten(deepest.getClass().getSimpleName() + " " + said(deepest));
    }

    private String said(Throwable cause) {
        return redactor.clean(String.valueOf(cause.getMessage()));
    }

    private static String shorten(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }

    /** True for hosts that only this machine or its network can reach. */
    public static boolean isLocal(URI uri) {
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        return host.equals("localhost")
                || host.startsWith("127.")
                || host.equals("[::1]")
                || host.endsWith(".localhost");
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
