package dev.pinfold.broker.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.concurrent.TimeUnit;

/**
 * Hands bytes on between a client and a server, as they come, and looks at none of them: the least that anything which stands
 * between the two can do. What the server sends may be slowed down to the rate of a link, which all connections share. To
 * compare with, on loopback only.
 */
final class Relay implements AutoCloseable {
    /** So far a link may run ahead of its rate. */
    private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Vertx vertx;
    private final URI to;
    private final long bytesPerSecond;
    private final NetClient client;
    private final NetServer server;
    /** When the link has sent all that it was given. */
    private long busyUntil = System.nanoTime();

    private Relay(Vertx vertx, URI to, long bytesPerSecond) {
        this.vertx = vertx;
        this.to = to;
        this.bytesPerSecond = bytesPerSecond;
        client = vertx.createNetClient();
        server = vertx.createNetServer().connectHandler(this::connect);
    }

    /** Opens one on a free port. */
    static Relay open(Vertx vertx, URI to) {
        return open(vertx, to, Long.MAX_VALUE);
    }

    /**
     * Opens one on a free port, over a link.
     *
     * @param bytesPerSecond its rate from the server to the client; {@link Long#MAX_VALUE} for no limit
     */
    static Relay open(Vertx vertx, URI to, long bytesPerSecond) {
        Relay relay = new Relay(vertx, to, bytesPerSecond);
        relay.server.listen(0, "127.0.0.1").await();
        return relay;
    }

    /** Where it is reached; what follows the authority is the server's own. */
    URI here() {
        String path = to.getRawPath() == null ? "" : to.getRawPath();
        return URI.create("http://127.0.0.1:" + server.actualPort() + path);
    }

    private void connect(NetSocket from) {
        from.pause();
        int port = to.getPort() < 0 ? 80 : to.getPort();
        client.connect(port, to.getHost()).onFailure(e -> from.close()).onSuccess(on -> {
            from.pipeTo(on);
            if (bytesPerSecond == Long.MAX_VALUE) {
                on.pipeTo(from);
            } else {
                on.handler(bytes -> slowly(bytes, on, from));
                on.endHandler(none -> from.end());
            }
        });
    }

    private void slowly(Buffer bytes, NetSocket on, NetSocket from) {
        long ahead = ahead(bytes.length());
        on.pause();
        from.write(bytes).onComplete(done -> {
            if (ahead <= AHEAD_NANOS) {
                on.resume();
            } else {
                vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(ahead)), none -> on.resume());
            }
        });
    }

    /** By how much the link is ahead of its rate with so many bytes more. */
    private synchronized long ahead(int bytes) {
        long now = System.nanoTime();
        busyUntil = Math.max(busyUntil, now) + TimeUnit.SECONDS.toNanos(1) * bytes / bytesPerSecond;
        return busyUntil - now;
    }

    /** The same request, made to the relay. */
    HttpRequest to(HttpRequest request) {
        String path = request.uri().getRawPath();
        String query = request.uri().getRawQuery();
        URI there = URI.create("http://127.0.0.1:" + server.actualPort() + path + (query == null ? "" : "?" + query));
        return HttpRequest.newBuilder(request, (name, value) -> true).uri(there).build();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
