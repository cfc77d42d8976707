package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UploadStreamTest {
    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void a_body_is_read_to_its_end_and_nothing_is_asked_of_a_request_that_ended(HttpClient.Version version)
            throws Exception {
        List<Throwable> unhandled = new CopyOnWriteArrayList<>();
        Vertx vertx = Vertx.vertx().exceptionHandler(unhandled::add);
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {
                    Context context = vertx.getOrCreateContext();
                    context.exceptionHandler(unhandled::add);
                    UploadStream body = new UploadStream(request, context, new AtomicLong(Long.MAX_VALUE));
                    Thread.startVirtualThread(() -> {
                        String answer = count(body);
                        context.runOnContext(none -> request.response().end(answer));
                    });
                })
                .listen(0, "127.0.0.1")
                .await();
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + "/");
            for (int size : new int[] {0, 1, 1_000_000, 3_000_000}) {
                byte[] bytes = new byte[size];
                new Random(size).nextBytes(bytes);
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(uri)
                                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.body()).isEqualTo(String.valueOf(size));
                assertThat(answer.version()).isEqualTo(version);
            }
            assertThat(unhandled).isEmpty();
        } finally {
            server.close().await();
            vertx.close().await();
        }
    }

    private static String count(UploadStream body) {
        try {
            return String.valueOf(body.readAllBytes().length);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
