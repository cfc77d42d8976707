package dev.pinfold.kit.filecoin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.kit.Dag;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a provider pulls a piece from: one CAR behind a token, with ranges; can break off in the middle. */
final class Origin implements AutoCloseable {
    final Dag dag;
    final byte[] car;
    final Piece piece;
    /** The range headers of the requests that came; empty for none. */
    final List<String> ranges = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final AtomicInteger breakOffs = new AtomicInteger();

    Origin(long seed, int leaves) {
        dag = Dag.file(seed, leaves, 8_000);
        car = dag.car();
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(car, 0, car.length);
        piece = hasher.finish();
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/piece/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/piece/" + piece.cidV2();
    }

    static String token() {
        return "Bearer for-this-deal";
    }

    /** The next answers end after half of what is left. */
    void breakOff(int times) {
        breakOffs.set(times);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(range == null ? "" : range);
            if (!token().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(403, -1);
                return;
            }
            int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            exchange.sendResponseHeaders(range == null ? 200 : 206, car.length - from);
            int length = car.length - from;
            boolean broken = breakOffs.getAndDecrement() > 0;
            OutputStream body = exchange.getResponseBody();
            body.write(car, from, broken ? length / 2 : length);
            if (!broken) {
                body.close();
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
