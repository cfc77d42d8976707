package dev.pinfold.broker.bench;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.net.http.HttpRequest;

/**
 * Hands bytes on between a client and a server, as they come, and looks at none of them: the least that anything which stands
 * between the two can do. To compare with, on loopback only.
 */
final class Relay implements AutoCloseable {
    private final URI to;
    private final NetClient client;
    private final NetServer server;

    private Relay(Vertx vertx, URI to) {
        this.to = to;
        client = vertx.createNetClient();
        server = vertx.createNetServer().connectHandler(this::connect);
    }

    /** Opens one on a free port. */
    static Relay open(Vertx vertx, URI to) {
        Relay relay = new Relay(vertx, to);
        relay.server.listen(0, "127.0.0.1").await();
        return relay;
    }

    private void connect(NetSocket from) {
        from.pause();
        int port = to.getPort() < 0 ? 80 : to.getPort();
        client.connect(port, to.getHost()).onFailure(e -> from.close()).onSuccess(on -> {
            from.pipeTo(on);
            on.pipeTo(from);
        });
    }

    /** The same request, made to the relay. */
    HttpRequest to(HttpRequest request) {
        String path = request.uri().getRawPath();
        String query = request.uri().getRawQuery();
        URI here = URI.create("http://127.0.0.1:" + server.actualPort() + path + (query == null ? "" : "?" + query));
        return HttpRequest.newBuilder(request, (name, value) -> true).uri(here).build();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
