package dev.pinfold.broker.gateway;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.api.ApiServer;
import dev.pinfold.broker.api.Authenticator;
import dev.pinfold.broker.api.Errors;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.BrokerConfig.Access;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.retrieval.Retrieval;
import dev.pinfold.broker.telemetry.Metrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A whole gateway on a free loopback port, over some retrieval. */
final class TestGateway implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final GatewayServer gateway;
    private final ApiServer server;

    private TestGateway(
            Retrieval retrieval, BrokerConfig.Gateway settings, Function<byte[], Future<Optional<Caller>>> tokens) {
        gateway = new GatewayServer(retrieval, settings, new Authenticator(tokens), new Metrics(meters));
        server = ApiServer.open(
                vertx,
                new BrokerConfig.Listen("127.0.0.1", 0),
                new BrokerConfig.Cors(List.of("*")),
                new Errors(e -> new BrokerException(ErrorKind.INTERNAL_SERVER_ERROR, e.toString(), e)),
                gateway::mount);
    }

    static TestGateway over(Retrieval retrieval) {
        return over(retrieval, settings(null));
    }

    static TestGateway over(Retrieval retrieval, BrokerConfig.Gateway settings) {
        return new TestGateway(retrieval, settings, hash -> Future.succeededFuture(Optional.empty()));
    }

    static TestGateway over(
            Retrieval retrieval, BrokerConfig.Gateway settings, Function<byte[], Future<Optional<Caller>>> tokens) {
        return new TestGateway(retrieval, settings, tokens);
    }

    static BrokerConfig.Gateway settings(@Nullable Path denylist) {
        return new BrokerConfig.Gateway(
                Access.PUBLIC, false, denylist, 4096, 1024, 10_000, 1L << 40, Duration.ofHours(1));
    }

    /** An answer; header names in any case. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        byte[] body() {
            return response.body();
        }

        String text() {
            return new String(body(), StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return status() + " " + response.headers().map() + "\n" + text();
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, headers);
    }

    Answer send(String method, String path, String... headers) {
        return send(endpoint(), method, path, headers);
    }

    /** Sends to any gateway. */
    static Answer send(String endpoint, String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return new Answer(HTTP.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.port();
    }

    int port() {
        return server.port();
    }

    /** Reads that have not ended, as the metric tells. */
    int reading() {
        return (int) meters.get("pinfold.gateway.reading").gauge().value();
    }

    /** Blocks on their way to readers, as the metric tells. */
    int lent() {
        return (int) meters.get("pinfold.gateway.lent").gauge().value();
    }

    @Override
    public void close() {
        server.close();
        gateway.close();
        vertx.close().await();
    }
}
