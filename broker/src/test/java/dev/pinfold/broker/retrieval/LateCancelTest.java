package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.spi.Deadline;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Cancelling a request whose answer has ended must not touch the connection: it is back in the pool and may serve another
 * request. Some versions of Vert.x close it (vert.x issue 6294), so our streams look before they cancel.
 */
class LateCancelTest {
    private final Vertx vertx = Vertx.vertx();
    private HttpServer server = vertx.createHttpServer();

    /** Answers at once, and later where it is asked to wait; never closes a connection. */
    @BeforeEach
    void serve() throws Exception {
        server = vertx.createHttpServer().requestHandler(request -> {
            if (request.path().contains("slow")) {
                vertx.setTimer(300, timer -> request.response().end("late"));
            } else {
                request.response().end("at once");
            }
        });
        server.listen(0, "127.0.0.1").await(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        vertx.close();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.actualPort() + path);
    }

    @Test
    void our_streams_leave_a_finished_connection_alone() throws Exception {
        try (OutboundHttp http = new OutboundHttp(
                vertx,
                OutboundGuard.of(List.of("127.0.0.1"), List.of()),
                new OutboundHttp.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(20)))) {
            for (int i = 0; i < 20; i++) {
                Deadline deadline = Deadline.after(Duration.ofSeconds(30));
                OutboundHttp.Answer first = http.get(uri("/a"), "*/*", deadline);
                assertThat(first.body().readAllBytes()).hasSize(7);
                // The connection is idle now: the next request takes it, and then the first one is closed.
                Thread late = Thread.ofVirtual().start(() -> closeQuietly(first));
                try (OutboundHttp.Answer second = http.get(uri("/slow" + i), "*/*", deadline)) {
                    first.close();
                    assertThat(new String(second.body().readAllBytes(), StandardCharsets.UTF_8))
                            .isEqualTo("late");
                }
                late.join();
            }
        }
    }

    private static void closeQuietly(OutboundHttp.Answer answer) {
        try {
            answer.close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
