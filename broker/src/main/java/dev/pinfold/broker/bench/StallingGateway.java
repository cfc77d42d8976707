package dev.pinfold.broker.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A trustless gateway on loopback for single blocks that takes a fixed time for each answer. Of each hundred answers one, by
 * chance which, takes much longer.
 */
final class StallingGateway implements AutoCloseable {
    private static final int ONE_IN = 100;

    private final Vertx vertx;
    private final Duration delay;
    private final Duration stall;
    private final Map<String, byte[]> blocks;
    private final RandomGenerator random;
    private final HttpServer server;
    private long asked;
    private long begun;
    private int stalls;

    /**
     * Starts it.
     *
     * @param blocks by the text of their CIDs
     */
    StallingGateway(Vertx vertx, Duration delay, Duration stall, Map<String, byte[]> blocks, RandomGenerator random) {
        this.vertx = vertx;
        this.delay = delay;
        this.stall = stall;
        this.blocks = blocks;
        this.random = random;
        this.server = vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .await();
    }

    private void answer(HttpServerRequest request) {
        byte[] block = blocks.get(request.path().substring(request.path().lastIndexOf('/') + 1));
        vertx.setTimer(next().toMillis(), late -> {
            HttpServerResponse response = request.response();
            if (block == null) {
                response.setStatusCode(404).end();
            } else {
                response.putHeader("Content-Type", "application/vnd.ipld.raw").end(Buffer.buffer(block));
            }
        });
    }

    private synchronized Duration next() {
        long place = (asked++ - begun) % ONE_IN;
        if (place == 0) {
            stalls = random.nextInt(ONE_IN);
        }
        return place == stalls ? stall : delay;
    }

    /** Counts the next hundred answers from here. */
    synchronized void beginHundred() {
        begun = asked;
    }

    Duration delay() {
        return delay;
    }

    /** How many requests came. */
    synchronized long asked() {
        return asked;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    @Override
    public void close() {
        server.close().await();
    }
}
