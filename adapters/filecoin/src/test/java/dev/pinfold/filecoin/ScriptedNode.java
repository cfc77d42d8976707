package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node and a storage provider in one, that answer what a test tells them to, and remember what they were asked. */
final class ScriptedNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A call to the node. */
    record Seen(String path, @Nullable String token, JsonNode request) {
        String method() {
            return request.path("method").asText().substring("Filecoin.".length());
        }
    }

    /** A request to anything else. */
    @SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
    record Asked(String method, String path, Map<String, List<String>> headers, byte[] body) {}

    /** What to answer to such a request. */
    @SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
    record Answer(int status, byte[] body) {
        static Answer text(int status, String text) {
            return new Answer(status, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** An error that the node answers with. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int code;

        Refusal(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Function<JsonNode, @Nullable JsonNode>> methods = new ConcurrentHashMap<>();
    private final Map<String, Function<Asked, Answer>> routes = new ConcurrentHashMap<>();
    final List<Seen> calls = new CopyOnWriteArrayList<>();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    /** Whether {@code /rpc/v1} is there. */
    volatile boolean versionOne = true;
    /** Whether every token is refused. */
    volatile boolean refusesTokens;
    /** Whether a void result is written as null, as newer nodes do. */
    volatile boolean saysNull = true;

    ScriptedNode() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        returns("Version", "{\"Version\":\"scripted\",\"APIVersion\":1,\"BlockDelay\":30}");
        returns("ChainHead", "{\"Cids\":[{\"/\":\"" + Examples.ROOT + "\"}],\"Blocks\":null,\"Height\":1000}");
        on(
                "ChainGetTipSetByHeight",
                params -> json("{\"Cids\":[{\"/\":\"" + Examples.ROOT + "\"}],\"Height\":" + params.path(0) + "}"));
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    ScriptedNode on(String method, Function<JsonNode, @Nullable JsonNode> answer) {
        methods.put(method, answer);
        return this;
    }

    ScriptedNode returns(String method, String json) {
        return on(method, params -> json(json));
    }

    ScriptedNode refuses(String method, int code, String message) {
        return on(method, params -> {
            throw new Refusal(code, message);
        });
    }

    /** A route beside JSON-RPC, such as {@code GET /market/mk12/ask}. */
    ScriptedNode route(String methodAndPath, Function<Asked, Answer> answer) {
        routes.put(methodAndPath, answer);
        return this;
    }

    /** Opens a provider on it; settings come on top of an endpoint and no confirmations. */
    FilecoinProvider open(InstantSource clock, String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("endpoint", endpoint().toString(), "confirmations", "0"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return new FilecoinProvider(FilecoinSettings.read(new ProviderConfig("lotus-1", all, Path.of("."))), clock);
    }

    FilecoinProvider open(String... settings) {
        return open(InstantSource.system(), settings);
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(60));
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            Answer answer = path.startsWith("/rpc/") ? rpc(exchange, path, body) : route(exchange, path, body);
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }

    private Answer route(HttpExchange exchange, String path, byte[] body) {
        Asked request = new Asked(exchange.getRequestMethod(), path, Map.copyOf(exchange.getRequestHeaders()), body);
        asked.add(request);
        Function<Asked, Answer> route = routes.get(request.method() + " " + path);
        return route == null ? Answer.text(404, "") : route.apply(request);
    }

    private Answer rpc(HttpExchange exchange, String path, byte[] body) throws IOException {
        if (path.equals("/rpc/v1") && !versionOne) {
            return Answer.text(404, "404 page not found\n");
        }
        if (refusesTokens) {
            return Answer.text(401, "");
        }
        Seen seen = new Seen(path, exchange.getRequestHeaders().getFirst("Authorization"), JSON.readTree(body));
        calls.add(seen);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("jsonrpc", "2.0");
        answer.set("id", seen.request().path("id"));
        Function<JsonNode, @Nullable JsonNode> method = methods.get(seen.method());
        try {
            if (method == null) {
                throw new Refusal(-32601, "method 'Filecoin." + seen.method() + "' not found");
            }
            JsonNode result = method.apply(seen.request().path("params"));
            if (result != null) {
                answer.set("result", result);
            } else if (saysNull) {
                answer.putNull("result");
            }
            return Answer.text(200, answer.toString());
        } catch (Refusal e) {
            answer.putObject("error").put("code", e.code).put("message", String.valueOf(e.getMessage()));
            return Answer.text(500, answer.toString());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
