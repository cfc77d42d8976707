package dev.pinfold.kit.filecoin;

import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One WebSocket to a node: calls as over HTTP, and channels that go on until somebody ends them. */
final class RpcSocket {
    private record Channel(long number, Runnable end) {}

    private final ServerWebSocket socket;
    private final boolean v1;
    private final Set<String> permissions;
    private final RpcEndpoint endpoint;
    private final RpcMethods methods;
    private final Executor workers;
    private final CallFaults faults;
    /** Opens a channel of this method: hands values to the consumer until the returned runnable is run. */
    private final BiFunction<String, Consumer<Object>, Runnable> channels;

    private final AtomicLong numbers = new AtomicLong();
    private final Map<Object, Channel> open = new ConcurrentHashMap<>();

    RpcSocket(
            ServerWebSocket socket,
            boolean v1,
            Set<String> permissions,
            RpcEndpoint endpoint,
            RpcMethods methods,
            Executor workers,
            CallFaults faults,
            BiFunction<String, Consumer<Object>, Runnable> channels) {
        this.socket = socket;
        this.v1 = v1;
        this.permissions = permissions;
        this.endpoint = endpoint;
        this.methods = methods;
        this.workers = workers;
        this.faults = faults;
        this.channels = channels;
    }

    void start() {
        socket.textMessageHandler(text -> workers.execute(() -> message(text)));
        socket.binaryMessageHandler(bytes -> workers.execute(() -> message(bytes.toString())));
        socket.closeHandler(
                closed -> open.values().forEach(channel -> channel.end().run()));
    }

    private void message(String text) {
        String method = RpcEndpoint.method(text);
        CallFault fault = faults.draw(method);
        if (fault instanceof CallFault.Fails error) {
            JsonObject call = new JsonObject(text);
            send(RpcEndpoint.error(call.getValue("id"), new RpcError(error.code(), error.message()))
                    .json());
        } else if (fault instanceof CallFault.LoseReply) {
            endpoint.answer(text, v1, permissions);
            socket.close();
        } else if (fault != null) {
            socket.close();
        } else if (!channelMessage(text)) {
            send(endpoint.answer(text, v1, permissions).json());
        }
    }

    private boolean channelMessage(String text) {
        JsonObject call;
        try {
            call = new JsonObject(text);
        } catch (DecodeException | ClassCastException e) {
            return false;
        }
        String method = call.getValue("method") instanceof String named ? named : "";
        if (method.equals("xrpc.cancel")) {
            cancel(call.getJsonArray("params", new JsonArray()));
            return true;
        }
        if (!methods.isChannel(method)) {
            return false;
        }
        Object id = call.getValue("id");
        try {
            methods.permitChannel(method, permissions);
            subscribe(RpcMethods.bare(method), id);
        } catch (RpcError e) {
            send(RpcEndpoint.error(id, e).json());
        }
        return true;
    }

    private void subscribe(String method, @Nullable Object id) {
        long number = numbers.incrementAndGet();
        // The number must be known to the caller before the first value comes.
        send(endpoint.result(id, number));
        Runnable end = channels.apply(
                method,
                value -> send(new JsonObject()
                        .put("jsonrpc", "2.0")
                        .put("method", "xrpc.ch.val")
                        .put("params", new JsonArray().add(number).add(value))
                        .encode()));
        Channel replaced = open.put(id == null ? number : id, new Channel(number, end));
        if (replaced != null) {
            replaced.end().run();
        }
        if (socket.isClosed()) {
            end.run();
        }
    }

    private void cancel(JsonArray params) {
        Channel channel = params.isEmpty() ? null : open.remove(params.getValue(0));
        if (channel != null) {
            channel.end().run();
            send(new JsonObject()
                    .put("jsonrpc", "2.0")
                    .put("method", "xrpc.ch.close")
                    .put("params", new JsonArray().add(channel.number()))
                    .encode());
        }
    }

    private void send(String text) {
        if (!socket.isClosed()) {
            socket.writeTextMessage(text);
        }
    }
}
