package dev.pinfold.broker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RelayTest {
    private final byte[] content = new byte[1 << 20];
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Vertx vertx = Vertx.vertx();
    private URI server = URI.create("http://127.0.0.1");

    @BeforeEach
    void serve() {
        new Random(5).nextBytes(content);
        HttpServer echo = vertx.createHttpServer()
                .requestHandler(request -> request.body()
                        .onSuccess(body -> request.response()
                                .putHeader("X-Uri", request.uri())
                                .end(Buffer.buffer(body.getBytes()).appendBytes(content))))
                .listen(0, "127.0.0.1")
                .await();
        server = URI.create("http://127.0.0.1:" + echo.actualPort() + "/base");
    }

    @AfterEach
    void end() {
        http.close();
        vertx.close().await();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 16 << 20})
    void all_bytes_arrive_in_both_directions(long bytesPerSecond) throws Exception {
        try (Relay relay = Relay.open(vertx, server, bytesPerSecond)) {
            assertThat(relay.here().getPath()).isEqualTo("/base");
            for (int i = 0; i < 3; i++) {
                var answer = http.send(
                        relay.to(HttpRequest.newBuilder(server.resolve("/a%20b?c=d"))
                                .POST(BodyPublishers.ofByteArray(content))
                                .build()),
                        BodyHandlers.ofByteArray());
                assertThat(answer.headers().firstValue("X-Uri")).contains("/a%20b?c=d");
                assertThat(answer.body())
                        .isEqualTo(Buffer.buffer(content).appendBytes(content).getBytes());
            }
        }
    }

    @Test
    void a_server_that_is_not_there_is_a_broken_connection() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + free);
        try (Relay relay = Relay.open(vertx, nobody)) {
            HttpRequest request = relay.to(HttpRequest.newBuilder(nobody).build());
            assertThatThrownBy(() -> http.send(request, BodyHandlers.discarding()))
                    .isInstanceOf(IOException.class);
        }
    }
}
