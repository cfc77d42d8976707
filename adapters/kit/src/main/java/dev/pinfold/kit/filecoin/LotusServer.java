package dev.pinfold.kit.filecoin;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The HTTP side of a node: JSON-RPC on one or two paths, WebSocket on the same, health, import and export. */
final class LotusServer {
    private final Vertx vertx;
    private final LotusAge age;
    private final RpcEndpoint endpoint;
    private final RpcMethods methods;
    private final Handling handling;
    private final Executor workers;
    private final NodeStore store;
    private final RetrievalMethods retrievals;
    private final BiFunction<String, Consumer<Object>, Runnable> channels;
    private final Path folder;
    private final AtomicInteger bodies = new AtomicInteger();

    LotusServer(
            SimulatedNetwork.Inside inside,
            LotusAge age,
            RpcEndpoint endpoint,
            RpcMethods methods,
            Handling handling,
            NodeStore store,
            RetrievalMethods retrievals,
            BiFunction<String, Consumer<Object>, Runnable> channels,
            Path folder) {
        this.vertx = inside.vertx();
        this.workers = inside.workers();
        this.age = age;
        this.endpoint = endpoint;
        this.methods = methods;
        this.handling = handling;
        this.store = store;
        this.retrievals = retrievals;
        this.channels = channels;
        this.folder = folder;
    }

    void request(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        boolean post = request.method().equals(HttpMethod.POST);
        if (post && isRpc(path)) {
            rpc(request, path.endsWith("/v1"));
        } else if (path.startsWith("/health/")) {
            Reply.text(200, Words.SIMULATED).send(request);
        } else if (path.equals("/rest/v0/import") && request.method().equals(HttpMethod.PUT) && age.hasClient()) {
            importBody(request);
        } else if (path.equals("/rest/v0/export") && request.method().equals(HttpMethod.GET) && age.hasExport()) {
            export(request);
        } else {
            Reply.text(404, "404 page not found\n").send(request);
        }
    }

    private boolean isRpc(String path) {
        return path.equals("/rpc/v0") || (path.equals("/rpc/v1") && age.hasVersion1());
    }

    private @Nullable Set<String> permissions(MultiMap headers, @Nullable String query) {
        return endpoint.permissions(headers.get("Authorization"), token(query));
    }

    private static @Nullable String token(@Nullable String query) {
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                if (pair.startsWith("token=")) {
                    return pair.substring("token=".length());
                }
            }
        }
        return null;
    }

    private void rpc(HttpServerRequest request, boolean v1) {
        Set<String> permissions = permissions(request.headers(), request.query());
        if (permissions == null) {
            Reply.empty(401).send(request);
            return;
        }
        request.body().onFailure(failed -> Door.cut(request)).onSuccess(body -> {
            String text = body.toString();
            CallFault fault = handling.faults().draw(RpcEndpoint.method(text));
            handling.serve(request, fault, error -> failure(text, error), () -> {
                RpcEndpoint.Answer answer = endpoint.answer(text, v1, permissions);
                return reply(answer);
            });
        });
    }

    private static Reply failure(String body, CallFault.Fails error) {
        Object id = new JsonObject(body).getValue("id");
        return reply(RpcEndpoint.error(id, new RpcError(error.code(), error.message())));
    }

    private static Reply reply(RpcEndpoint.Answer answer) {
        Reply json = Reply.json(answer.json());
        return new Reply(answer.status(), json.headers(), json.body(), null, 0, 0, false);
    }

    private void importBody(HttpServerRequest request) {
        Set<String> permissions = permissions(request.headers(), request.query());
        if (permissions == null || !permissions.contains("write")) {
            Reply.json(new JsonObject()
                            .put("Error", "unauthorized: missing write permission")
                            .encode())
                    .send(request);
            return;
        }
        Path file = folder.resolve("body-" + bodies.incrementAndGet());
        request.pause();
        vertx.fileSystem()
                .open(file.toString(), new OpenOptions().setCreate(true).setWrite(true))
                .compose(request::pipeTo)
                .onFailure(failed -> Door.cut(request))
                .onSuccess(done -> handling.serve(request, "rest/import", () -> imported(file)));
    }

    private Reply imported(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            JsonObject root = store.addFile(in, file.toString()).getJsonObject("Root");
            return Reply.json(new JsonObject().put("Cid", root).encode());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void export(HttpServerRequest request) {
        Set<String> permissions = permissions(request.headers(), request.query());
        if (permissions == null || !permissions.contains("write")) {
            Reply.empty(401).send(request);
            return;
        }
        String reference = request.getParam("export", "{}");
        handling.serve(request, "rest/export", () -> {
            try {
                return retrievals.export(new JsonObject(reference), "true".equals(request.getParam("car")));
            } catch (RpcError | WireException | DecodeException e) {
                return Reply.text(500, Words.simulated(String.valueOf(e.getMessage())));
            }
        });
    }

    void handshake(ServerWebSocketHandshake handshake) {
        String path = handshake.path();
        if (!isRpc(path)) {
            var unused = handshake.reject(404);
        } else if (permissions(handshake.headers(), handshake.query()) == null) {
            var unused = handshake.reject(401);
        } else {
            var unused = handshake.accept();
        }
    }

    void socket(ServerWebSocket socket) {
        Set<String> permissions = permissions(socket.headers(), socket.query());
        if (permissions != null) {
            new RpcSocket(
                            socket,
                            socket.path().endsWith("/v1"),
                            permissions,
                            endpoint,
                            methods,
                            workers,
                            handling.faults(),
                            channels)
                    .start();
        }
    }
}
