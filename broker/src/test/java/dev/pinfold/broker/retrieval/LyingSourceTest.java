package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.pinfold.broker.retrieval.FetchAttempt.Kind;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.Varint;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gateways over HTTP that lie in every way there is: nothing wrong is delivered, it is seen, and another takes over. */
class LyingSourceTest {
    private static final ReadSettings SETTINGS = new ReadSettings(
            Duration.ofSeconds(10), Duration.ofMillis(300), 64 << 10, 4 << 20, Duration.ofSeconds(5), 16);

    @TempDir
    Path folder;

    private final Blocks file = Blocks.file(11, 64 * 1024);
    private final Vertx vertx = Vertx.vertx();
    private final OutboundHttp http = new OutboundHttp(
            vertx,
            OutboundGuard.of(List.of("127.0.0.1"), List.of()),
            new OutboundHttp.Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(1)));

    @AfterEach
    void stop() {
        http.close();
        vertx.close();
    }

    /** What follows for the liar. */
    enum Consequence {
        /** Its copy is set aside at once. */
        QUARANTINED,
        /** Its copy is checked now. */
        DOUBTED,
        /** It is left, and that is told. */
        FAILED
    }

    record Lie(String name, Consequence consequence, GatewayStub.Manner manner) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static void car(HttpExchange exchange, byte[] bytes) throws IOException {
        GatewayStub.send(exchange, 200, GatewayStub.CAR, bytes);
    }

    private static OutputStream endless(HttpExchange exchange, String type) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    private static List<Block> strangers(int count, int size) {
        Random random = new Random(5);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            blocks.add(Block.of(Codec.RAW, bytes));
        }
        return blocks;
    }

    private static Lie lie(String name, Consequence consequence, Stated stated) {
        return new Lie(
                name,
                consequence,
                (exchange, cid, car) -> stated.answer(exchange, Blocks.file(11, 64 * 1024), cid, car));
    }

    private interface Stated {
        void answer(HttpExchange exchange, Blocks dag, Cid cid, boolean car) throws IOException;
    }

    static Stream<Lie> lies() {
        return Stream.of(
                lie("wrong bytes", Consequence.QUARANTINED, (exchange, dag, cid, car) -> {
                    byte[] bytes = dag.car();
                    bytes[bytes.length / 2] ^= 1;
                    car(exchange, bytes);
                }),
                lie(
                        "truncated",
                        Consequence.DOUBTED,
                        (exchange, dag, cid, car) -> car(exchange, Arrays.copyOf(dag.car(), 30_000))),
                lie("endless, of blocks nobody asked for", Consequence.QUARANTINED, (exchange, dag, cid, car) -> {
                    try (OutputStream out = endless(exchange, GatewayStub.CAR)) {
                        out.write(Blocks.car(List.of(dag.root), dag.inOrder.subList(0, 20)));
                        byte[] more = Blocks.car(List.of(), strangers(50, 100_000));
                        int header = Blocks.car(List.of(), List.of()).length;
                        while (true) {
                            out.write(more, header, more.length - header);
                        }
                    }
                }),
                lie("slow drip", Consequence.FAILED, (exchange, dag, cid, car) -> {
                    try (OutputStream out = endless(exchange, GatewayStub.CAR)) {
                        byte[] bytes = dag.car();
                        out.write(bytes, 0, 10_000);
                        for (int at = 10_000; at < bytes.length; at++) {
                            out.write(bytes[at]);
                            out.flush();
                            LockSupport.parkNanos(20_000_000);
                        }
                    }
                }),
                lie(
                        "a page of HTML with 200",
                        Consequence.DOUBTED,
                        (exchange, dag, cid, car) -> GatewayStub.send(
                                exchange,
                                200,
                                "text/html",
                                "<h1>Welcome</h1>".getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                lie(
                        "the wrong content type",
                        Consequence.DOUBTED,
                        (exchange, dag, cid, car) ->
                                GatewayStub.send(exchange, 200, "application/octet-stream", dag.content)),
                lie(
                        "a page of HTML that says it is a CAR",
                        Consequence.QUARANTINED,
                        (exchange, dag, cid, car) -> car(
                                exchange,
                                "<!doctype html><h1>Hi</h1>".getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                lie("redirects in a circle", Consequence.FAILED, (exchange, dag, cid, car) -> {
                    exchange.getResponseHeaders().set("Location", "/ipfs/" + cid + "?format=car");
                    exchange.sendResponseHeaders(302, -1);
                }),
                lie("a block of 64 MiB", Consequence.QUARANTINED, (exchange, dag, cid, car) -> {
                    try (OutputStream out = endless(exchange, GatewayStub.CAR)) {
                        out.write(Blocks.car(List.of(dag.root), List.of()));
                        byte[] length = new byte[Varint.MAX_BYTES];
                        out.write(length, 0, Varint.write(dag.root.size() + (64L << 20), length, 0));
                        out.write(dag.root.bytes());
                        byte[] zeros = new byte[1 << 20];
                        for (int i = 0; i < 64; i++) {
                            out.write(zeros);
                        }
                    }
                }),
                lie("other blocks before the right one", Consequence.DOUBTED, (exchange, dag, cid, car) -> {
                    List<Block> blocks = new ArrayList<>(strangers(30, 1000));
                    blocks.addAll(dag.inOrder);
                    if (car) {
                        car(exchange, Blocks.car(List.of(dag.root), blocks));
                    } else {
                        GatewayStub.notFound(exchange);
                    }
                }),
                lie("nothing", Consequence.DOUBTED, (exchange, dag, cid, car) -> GatewayStub.notFound(exchange)),
                lie(
                        "server errors",
                        Consequence.FAILED,
                        (exchange, dag, cid, car) -> GatewayStub.send(exchange, 500, "text/plain", new byte[] {1})));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void is_never_believed_and_another_takes_over(Lie lie) throws Exception {
        try (GatewayStub liar = new GatewayStub(lie.manner());
                GatewayStub honest = new GatewayStub(GatewayStub.honest(file));
                RaceBench bench = new RaceBench(folder, 0, SETTINGS, source("a", liar), source("b", honest))) {
            assertThat(bench.walk(file.root)).isEqualTo(file.inOrder);
            assertThat(bench.story()).anyMatch(e -> e.startsWith("Failed[source=a"));
            assertThat(bench.story()).anyMatch(e -> e.startsWith("Verified[source=b"));
            assertThat(bench.wrong).hasSize(lie.consequence() == Consequence.QUARANTINED ? 1 : 0);
            assertThat(bench.missing).hasSize(lie.consequence() == Consequence.DOUBTED ? 1 : 0);
            assertThat(bench.wrong).allMatch(evidence -> evidence.startsWith("a: "));
        }
    }

    @ParameterizedTest
    @MethodSource("lies")
    void alone_it_ends_as_a_failure_with_right_bytes_only(Lie lie) throws Exception {
        try (GatewayStub liar = new GatewayStub(lie.manner());
                RaceBench bench = new RaceBench(folder, 0, SETTINGS, source("a", liar));
                Flight flight = bench.retrieval.open(Want.all(file.root))) {
            List<Block> got = new ArrayList<>();
            assertThatThrownBy(() -> RaceBench.walk(flight, file.root, got))
                    .isInstanceOfAny(RetrievalFailed.class, dev.pinfold.content.ContentException.class);
            assertThat(got).isEqualTo(file.inOrder.subList(0, got.size()));
        }
    }

    @Test
    void a_plain_gateway_that_ignores_the_format_serves_what_can_be_checked() throws Exception {
        Cid leaf = file.leaf().cid();
        try (GatewayStub plain = new GatewayStub((exchange, cid, car) -> GatewayStub.send(
                        exchange, 200, "application/octet-stream", file.leaf().bytes()));
                RaceBench bench = new RaceBench(folder, 0, SETTINGS, source("a", plain))) {
            assertThat(bench.walk(leaf)).hasSize(1);
            assertThatThrownBy(() -> bench.walk(file.root)).isInstanceOf(RetrievalFailed.class);
            assertThat(bench.wrong).as("it does not lie").isEmpty();
        }
    }

    private HttpSource source(String name, GatewayStub stub) {
        return new HttpSource(http, name, Kind.HOLDER, stub.uri().toString());
    }
}
