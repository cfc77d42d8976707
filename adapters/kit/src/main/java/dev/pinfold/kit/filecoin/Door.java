package dev.pinfold.kit.filecoin;

import dev.pinfold.kit.HeldPort;
import io.netty.channel.ChannelOption;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A port on loopback that can be shut and opened again under the same number. */
final class Door {
    /** The most a request may carry: as Lotus. */
    static final int MAX_BODY = 100 << 20;

    private final Vertx vertx;
    private final Handler<HttpServerRequest> requests;
    private @Nullable Handler<ServerWebSocketHandshake> handshakes;
    private @Nullable Handler<ServerWebSocket> sockets;
    private final HeldPort port;
    private @Nullable HttpServer server;

    Door(Vertx vertx, int port, Handler<HttpServerRequest> requests) {
        this.vertx = vertx;
        this.port = new HeldPort(port);
        this.requests = requests;
    }

    void sockets(Handler<ServerWebSocketHandshake> handshake, Handler<ServerWebSocket> socket) {
        handshakes = handshake;
        sockets = socket;
    }

    int port() {
        return port.number();
    }

    synchronized boolean isOpen() {
        return server != null;
    }

    synchronized void open() {
        if (server != null) {
            return;
        }
        server = port.listen(this::listen);
    }

    synchronized void shut() {
        HttpServer open = server;
        server = null;
        if (open != null) {
            open.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            port.hold();
        }
    }

    /** Shuts for good: the port is free for others. */
    synchronized void close() {
        shut();
        port.free();
    }

    private HttpServer listen(int at) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(at)
                .setTcpNoDelay(true)
                .setMaxWebSocketFrameSize(1 << 20)
                .setMaxWebSocketMessageSize(MAX_BODY);
        HttpServer made = vertx.createHttpServer(options).requestHandler(requests);
        if (handshakes != null && sockets != null) {
            made.webSocketHandshakeHandler(handshakes).webSocketHandler(sockets);
        }
        return made.listen().toCompletionStage().toCompletableFuture().join();
    }

    /** Ends the connection of a request with a reset, which throws away what was not read. */
    static void cut(HttpServerRequest request) {
        ConnectionBase connection = (ConnectionBase) request.connection();
        connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        var unused = connection.channel().close();
    }
}
