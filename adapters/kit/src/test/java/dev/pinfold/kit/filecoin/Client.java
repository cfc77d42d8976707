package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.documents.AnswerShapes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A client written by hand, which shares nothing with the adapter; every result is held against the node's OpenRPC. */
final class Client {
    static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    private final SimulatedLotus node;
    private final String path;
    private final @Nullable String token;

    Client(SimulatedLotus node, String path, @Nullable String token) {
        this.node = node;
        this.path = path;
        this.token = token;
    }

    static Client admin(SimulatedLotus node) {
        return new Client(node, node.age() == LotusAge.V1_5 ? "/rpc/v0" : "/rpc/v1", node.adminToken());
    }

    Client on(String otherPath) {
        return new Client(node, otherPath, token);
    }

    /** The result; fails the test on an error. */
    @Nullable
    Object call(String method, @Nullable Object... params) throws Exception {
        JsonObject answer = answer(method, params);
        assertThat(answer.getJsonObject("error")).as(method).isNull();
        Object result = answer.getValue("result");
        AnswerShapes.check(node.age(), path.endsWith("v1"), method, answer.containsKey("result"), result);
        return result;
    }

    JsonObject object(String method, @Nullable Object... params) throws Exception {
        Object result = call(method, params);
        assertThat(result).as(method).isInstanceOf(JsonObject.class);
        return (JsonObject) java.util.Objects.requireNonNull(result);
    }

    /** The error; fails the test on a result. */
    JsonObject error(String method, @Nullable Object... params) throws Exception {
        JsonObject answer = answer(method, params);
        assertThat(answer.getJsonObject("error")).as(method + " " + answer).isNotNull();
        return answer.getJsonObject("error");
    }

    JsonObject answer(String method, @Nullable Object... params) throws Exception {
        JsonObject request = new JsonObject()
                .put("jsonrpc", "2.0")
                .put("id", 7)
                .put("method", "Filecoin." + method)
                .put("params", new JsonArray(Arrays.asList(params)));
        HttpResponse<String> response = post(request.encode());
        JsonObject answer = new JsonObject(response.body());
        assertThat(answer.getValue("id")).isEqualTo(7);
        assertThat(answer.getString("jsonrpc")).isEqualTo("2.0");
        return answer;
    }

    HttpResponse<String> post(String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.endpoint() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    static HttpResponse<byte[]> get(String url, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(60))
                .GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    static HttpResponse<byte[]> send(String method, String url, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(60))
                .method(method, BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }
}
