package dev.pinfold.broker.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A closed-loop load generator: a number of clients, each sending its next request when the last was answered. */
final class Load implements AutoCloseable {
    private static final int MOST_SAMPLES = 2_000_000;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client;

    Load(int clients) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(clients));
    }

    /** One request; the body is null for none. */
    record Call(HttpMethod method, String path, @Nullable String body) {}

    /**
     * What was measured.
     *
     * @param perSecond answers per second
     * @param p50Micros median latency
     * @param p99Micros 99th percentile
     * @param failures answers that were no success
     */
    record Result(double perSecond, long p50Micros, long p99Micros, long failures) {}

    /**
     * Sends requests for a while.
     *
     * @param calls gives the n-th request
     */
    Result run(URI target, @Nullable String token, int clients, Duration duration, LongFunction<Call> calls) {
        Run run = new Run(target, token, System.nanoTime() + duration.toNanos(), calls);
        Future<?>[] all = new Future<?>[clients];
        long begun = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            all[i] = run.client();
        }
        try {
            Future.all(Arrays.asList(all)).await(duration.toSeconds() + 60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the server stopped answering", e);
        }
        return run.result(System.nanoTime() - begun);
    }

    /** Sends one request and hands over the body of its answer. */
    void send(URI target, @Nullable String token, Call call, java.util.function.Consumer<String> answer) {
        RequestOptions options = new RequestOptions().setHost(target.getHost()).setPort(target.getPort());
        if (token != null) {
            options.putHeader("Authorization", "Bearer " + token);
        }
        Promise<Buffer> answered = Promise.promise();
        vertx.runOnContext(
                begin -> client.request(options.setMethod(call.method()).setURI(call.path()))
                        .compose(request -> Run.send(request, call))
                        .compose(response -> response.body())
                        .onComplete(answered));
        answer.accept(answered.future().await().toString());
    }

    private final class Run {
        private final RequestOptions base;
        private final long end;
        private final LongFunction<Call> calls;
        private final long[] nanos = new long[MOST_SAMPLES];
        private long sent;
        private int measured;
        private long failures;

        Run(URI target, @Nullable String token, long end, LongFunction<Call> calls) {
            this.base = new RequestOptions().setHost(target.getHost()).setPort(target.getPort());
            if (token != null) {
                base.putHeader("Authorization", "Bearer " + token);
            }
            this.end = end;
            this.calls = calls;
        }

        /** Begins on an event loop: on another thread a body could come before anybody listens to it, and be missed. */
        Future<?> client() {
            Promise<?> done = Promise.promise();
            vertx.runOnContext(begin -> next(done));
            return done.future();
        }

        private void next(Promise<?> done) {
            if (System.nanoTime() >= end || measured >= MOST_SAMPLES) {
                done.complete();
                return;
            }
            Call call;
            synchronized (this) {
                call = calls.apply(sent++);
            }
            long begun = System.nanoTime();
            client.request(new RequestOptions(base).setMethod(call.method()).setURI(call.path()))
                    .compose(request -> send(request, call))
                    .compose(response -> response.body().map(body -> response.statusCode()))
                    .onComplete(status -> {
                        record(System.nanoTime() - begun, status.succeeded() && status.result() < 300);
                        next(done);
                    });
        }

        private static Future<io.vertx.core.http.HttpClientResponse> send(HttpClientRequest request, Call call) {
            return call.body() == null
                    ? request.send()
                    : request.putHeader("Content-Type", "application/json").send(call.body());
        }

        private synchronized void record(long took, boolean good) {
            if (!good) {
                failures++;
            }
            if (measured < MOST_SAMPLES) {
                nanos[measured++] = took;
            }
        }

        Result result(long took) {
            long[] sorted = Arrays.copyOf(nanos, measured);
            Arrays.sort(sorted);
            return new Result(measured / (took / 1e9), at(sorted, 0.5) / 1000, at(sorted, 0.99) / 1000, failures);
        }

        private static long at(long[] sorted, double share) {
            return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
        }
    }

    @Override
    public void close() {
        client.close().await();
        vertx.close().await();
    }
}
