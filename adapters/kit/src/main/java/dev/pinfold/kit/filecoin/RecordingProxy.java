package dev.pinfold.kit.filecoin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands before a server, hands every request on as it is, and remembers it with its answer. A reply that is lost behind it
 * stays lost. No WebSockets: who asks for one is refused.
 */
public class RecordingProxy implements AutoCloseable {
    private static final List<String> HOP = List.of("Authorization", "Content-Type", "Range", "Accept");
    private static final List<String> BACK = List.of("Content-Type", "Content-Range");

    /**
     * A request as it was sent, and what came back.
     *
     * @param status 0 where no answer came
     * @param answer empty where none came
     */
    @SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
    public record Exchange(String method, String path, byte[] body, int status, byte[] answer) {
        /** Whether it is a call of JSON-RPC, and no request for a WebSocket. */
        public boolean isCall() {
            return method.equals("POST") && path.startsWith("/rpc/");
        }

        /** The request's body. */
        public JsonObject json() {
            return new JsonObject(Buffer.buffer(body));
        }

        /** The answer's body. */
        public JsonObject answerJson() {
            return new JsonObject(Buffer.buffer(answer));
        }
    }

    private final URI target;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    public final List<Exchange> sent = new CopyOnWriteArrayList<>();

    public RecordingProxy(URI target) {
        this.target = target;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public final URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String method = exchange.getRequestMethod();
        byte[] body = exchange.getRequestBody().readAllBytes();
        try (exchange) {
            HttpResponse<byte[]> response = client.send(request(exchange, method, body), BodyHandlers.ofByteArray());
            byte[] answer = response.body();
            sent.add(new Exchange(method, path, body, response.statusCode(), answer));
            for (String name : BACK) {
                response.headers()
                        .firstValue(name)
                        .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
            }
            boolean empty = answer.length == 0 || method.equals("HEAD");
            exchange.sendResponseHeaders(response.statusCode(), empty ? -1 : answer.length);
            if (!empty) {
                exchange.getResponseBody().write(answer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // No reply came: none is given.
            sent.add(new Exchange(method, path, body, 0, new byte[0]));
        }
    }

    private HttpRequest request(HttpExchange exchange, String method, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
                .method(method, BodyPublishers.ofByteArray(body));
        for (String name : HOP) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        return request.build();
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
        threads.shutdownNow();
    }
}
