package dev.pinfold.broker.retrieval;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pinfold.content.Cid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An HTTP server on this machine that answers {@code /ipfs/…} as a test says. */
final class GatewayStub implements AutoCloseable {
    /** What to do with one request. */
    interface Manner {
        void answer(HttpExchange exchange, Cid cid, boolean car) throws IOException;
    }

    static final String CAR = "application/vnd.ipld.car; version=1";
    static final String RAW = "application/vnd.ipld.raw";

    private final HttpServer server;
    private final CountDownLatch closing = new CountDownLatch(1);
    final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Manner manner;

    GatewayStub(Manner manner) {
        this.manner = manner;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    void manner(Manner now) {
        manner = now;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    String multiaddr() {
        return "/ip4/127.0.0.1/tcp/" + server.getAddress().getPort() + "/http";
    }

    private void handle(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        boolean car = query.contains("format=car");
        requests.add((car ? "car " : "raw ") + path);
        try (exchange) {
            Cid cid = Cid.parse(path.substring(path.lastIndexOf('/') + 1));
            manner.answer(exchange, cid, car);
        } catch (IOException e) {
            // The client has gone: most of the tests here make it.
        }
    }

    long count(String kind) {
        return requests.stream().filter(request -> request.startsWith(kind)).count();
    }

    /** Hangs until the stub is closed. */
    void hang() throws IOException {
        try {
            closing.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    static void notFound(HttpExchange exchange) throws IOException {
        send(exchange, 404, "text/plain", "no".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Serves these blocks as a good trustless gateway does. */
    static Manner honest(Blocks... dags) {
        return (exchange, cid, car) -> {
            byte[] block = find(cid, dags);
            if (block == null) {
                notFound(exchange);
            } else if (car) {
                send(exchange, 200, CAR, carBelow(cid, dags));
            } else {
                send(exchange, 200, RAW, block);
            }
        };
    }

    /** The CAR of what lies below a CID, as far as it is there. */
    static byte[] carBelow(Cid cid, Blocks... dags) throws IOException {
        List<dev.pinfold.content.Block> blocks = new java.util.ArrayList<>();
        try {
            new dev.pinfold.content.dag.DagWalk(wanted -> find(wanted, dags), dev.pinfold.content.dag.DagLimits.DEFAULT)
                    .walk(List.of(cid), blocks::add);
        } catch (dev.pinfold.content.ContentException e) {
            // The rest is not there: the CAR ends early, as that of a real gateway would.
        }
        return Blocks.car(List.of(cid), blocks);
    }

    static byte @Nullable [] find(Cid cid, Blocks... dags) {
        for (Blocks dag : dags) {
            byte[] found = dag.find(cid);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }
}
