package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.provider.GuardSettings;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.provider.TimeSource;
import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.broker.retrieval.FetchResult.Fetched;
import dev.pinfold.broker.retrieval.FetchResult.NotFetched;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ContentFetcherTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration SHORT = Duration.ofMillis(400);

    @TempDir
    Path directory;

    private final Blocks file = Blocks.file(42, 40_000);
    private final List<GatewayStub> stubs = new ArrayList<>();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private Staging staging;
    private OutboundHttp http;

    @BeforeEach
    void open() throws IOException {
        staging = Staging.open(directory, new Staging.Limits(10 << 20, 0, 10_000));
        http = new OutboundHttp(
                VERTX,
                OutboundGuard.of(List.of("127.0.0.1"), List.of()),
                new OutboundHttp.Timeouts(Duration.ofSeconds(2), SHORT, SHORT));
    }

    @AfterEach
    void closeStubs() {
        stubs.forEach(GatewayStub::close);
        http.close();
    }

    @AfterAll
    static void closeVertx() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private GatewayStub stub(GatewayStub.Manner manner) {
        GatewayStub stub = new GatewayStub(manner);
        stubs.add(stub);
        return stub;
    }

    private ContentFetcher fetcher(GatewayStub... gateways) {
        return fetcher(DagLimits.DEFAULT, gateways);
    }

    private ContentFetcher fetcher(DagLimits limits, GatewayStub... gateways) {
        List<java.net.URI> uris = Arrays.stream(gateways).map(GatewayStub::uri).toList();
        return new ContentFetcher(staging, http, new FetchSettings(uris, limits, SHORT, 64 << 10), metrics);
    }

    private FetchResult fetch(GatewayStub... gateways) {
        return fetcher(gateways).fetch(file.root, List.of(), List.of(), Deadline.after(Duration.ofSeconds(30)));
    }

    private void assertStaged(FetchResult result) throws IOException {
        assertThat(result).isInstanceOf(Fetched.class);
        Staged staged = ((Fetched) result).staged();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        new DagWalk(staged, DagLimits.DEFAULT).walk(List.of(file.root), block -> {
            if (block.cid().codec() == Codec.RAW) {
                content.write(block.bytes());
            }
        });
        assertThat(content.toByteArray()).isEqualTo(file.content);
        assertThat(staged.blocks()).isEqualTo(file.inOrder.size());
    }

    private NotFetched assertNothingKept(FetchResult result) {
        assertThat(result).isInstanceOf(NotFetched.class);
        assertThat(staging.all()).isEmpty();
        assertThat(staging.sizeBytes()).isZero();
        return (NotFetched) result;
    }

    private static List<Outcome> outcomes(FetchResult result) {
        return result.attempts().stream().map(FetchAttempt::outcome).toList();
    }

    @Test
    void an_honest_gateway_gives_all_in_one_car() throws IOException {
        GatewayStub gateway = stub(GatewayStub.honest(file));
        FetchResult result = fetch(gateway);
        assertStaged(result);
        assertThat(gateway.requests).containsExactly("car /ipfs/" + file.root);
        assertThat(outcomes(result)).containsExactly(Outcome.COMPLETE);
        assertThat(result.attempts().getFirst().blocks()).isEqualTo(file.inOrder.size());
    }

    @Test
    void what_is_staged_already_is_not_fetched() throws IOException {
        staging.importCar(new ByteArrayInputStream(file.car()), DagLimits.DEFAULT);
        assertStaged(fetch());
    }

    @Test
    void an_origin_is_asked_before_a_gateway() throws IOException {
        GatewayStub origin = stub(GatewayStub.honest(file));
        GatewayStub gateway = stub(GatewayStub.honest(file));
        FetchResult result = fetcher(gateway)
                .fetch(
                        file.root,
                        List.of("/ip4/127.0.0.1/tcp/1/p2p/QmPeer", origin.multiaddr()),
                        List.of(),
                        Deadline.after(Duration.ofSeconds(30)));
        assertStaged(result);
        assertThat(outcomes(result)).containsExactly(Outcome.NOT_HTTP, Outcome.COMPLETE);
        assertThat(gateway.requests).isEmpty();
    }

    @Test
    void an_origin_on_the_inner_network_is_refused_and_never_contacted() {
        GatewayStub inner = stub(GatewayStub.honest(file));
        OutboundHttp guarded =
                new OutboundHttp(VERTX, OutboundGuard.of(List.of(), List.of()), OutboundHttp.Timeouts.DEFAULT);
        FetchResult result = new ContentFetcher(staging, guarded, FetchSettings.defaults(), metrics)
                .fetch(
                        file.root,
                        List.of(inner.multiaddr(), inner.uri().toString(), "http://169.254.169.254/"),
                        List.of(),
                        Deadline.after(Duration.ofSeconds(30)));
        guarded.close();
        assertThat(assertNothingKept(result).kind()).isEqualTo(ErrorKind.NOT_FOUND);
        assertThat(outcomes(result)).containsOnly(Outcome.REFUSED_BY_GUARD).hasSize(3);
        assertThat(inner.requests).isEmpty();
    }

    @Test
    void a_redirect_to_the_inner_network_is_refused() {
        GatewayStub open = stub((exchange, cid, car) -> {
            exchange.getResponseHeaders().set("Location", "http://169.254.169.254/latest/meta-data/");
            exchange.sendResponseHeaders(302, -1);
        });
        FetchResult result = fetch(open);
        assertThat(outcomes(result)).containsExactly(Outcome.REFUSED_BY_GUARD);
        assertThat(result.attempts().getFirst().detail()).contains("169.254.169.254");
    }

    @Test
    void a_redirect_is_followed_three_times_and_no_more() throws IOException {
        GatewayStub gateway = stub(GatewayStub.honest(file));
        GatewayStub.Manner honest = GatewayStub.honest(file);
        gateway.manner((exchange, cid, car) -> {
            String path = exchange.getRequestURI().getPath();
            if (path.length() - path.replace("/r", "").length() < 6) {
                exchange.getResponseHeaders().set("Location", "/r" + exchange.getRequestURI());
                exchange.sendResponseHeaders(307, -1);
            } else {
                honest.answer(exchange, cid, car);
            }
        });
        assertStaged(fetch(gateway));
        staging.remove(file.root);
        gateway.manner((exchange, cid, car) -> {
            exchange.getResponseHeaders()
                    .set("Location", exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(308, -1);
        });
        gateway.requests.clear();
        assertThat(outcomes(fetch(gateway))).containsExactly(Outcome.REFUSED_BY_GUARD);
        assertThat(gateway.requests).hasSize(4);
    }

    @Test
    void a_car_that_breaks_off_is_continued_by_the_next_source_at_the_first_missing_block() throws IOException {
        byte[] half = Blocks.car(List.of(file.root), file.inOrder.subList(0, 20));
        GatewayStub first = stub((exchange, cid, car) -> {
            if (car && cid.equals(file.root)) {
                GatewayStub.send(exchange, 200, GatewayStub.CAR, half);
            } else {
                GatewayStub.notFound(exchange);
            }
        });
        GatewayStub second = stub(GatewayStub.honest(file));
        FetchResult result = fetch(first, second);
        assertStaged(result);
        assertThat(result.attempts().get(0).blocks()).isEqualTo(20);
        assertThat(result.attempts().get(1).blocks()).isEqualTo(file.inOrder.size() - 20);
        assertThat(second.requests).doesNotContain("car /ipfs/" + file.root);
    }

    @Test
    void a_connection_that_is_reset_in_the_middle_loses_nothing_that_was_verified() throws IOException {
        byte[] car = file.car();
        GatewayStub.Manner honest = GatewayStub.honest(file);
        GatewayStub gateway = stub((exchange, cid, asCar) -> {
            if (asCar && cid.equals(file.root)) {
                exchange.getResponseHeaders().set("Content-Type", GatewayStub.CAR);
                exchange.sendResponseHeaders(200, car.length);
                exchange.getResponseBody().write(car, 0, car.length / 2);
                exchange.getResponseBody().flush();
                throw new IOException("cut");
            }
            honest.answer(exchange, cid, asCar);
        });
        FetchResult result = fetch(gateway);
        assertStaged(result);
        assertThat(gateway.requests.stream().filter(r -> r.equals("car /ipfs/" + file.root)))
                .hasSize(1);
    }

    @Test
    void a_flipped_bit_is_found_and_the_source_not_asked_again() throws IOException {
        GatewayStub liar = stub((exchange, cid, car) -> {
            byte[] body = car ? file.car() : file.leaf().bytes().clone();
            body[body.length - 3] ^= 1;
            GatewayStub.send(exchange, 200, car ? GatewayStub.CAR : GatewayStub.RAW, body);
        });
        GatewayStub honest = stub(GatewayStub.honest(file));
        FetchResult result = fetch(liar, honest);
        assertStaged(result);
        assertThat(outcomes(result)).containsExactly(Outcome.WRONG_BYTES, Outcome.COMPLETE);
        staging.remove(file.root);
        assertThat(assertNothingKept(fetch(liar)).reason()).contains("wrong bytes");
    }

    @Test
    void two_sources_that_each_lack_blocks_make_a_whole_together() throws IOException {
        Block lacksInFirst = file.inOrder.get(8);
        Block lacksInSecond = file.inOrder.get(file.inOrder.size() - 2);
        GatewayStub first = stub(lacking(lacksInFirst.cid()));
        GatewayStub second =
                stub(lacking(lacksInSecond.cid(), file.inOrder.get(12).cid()));
        FetchResult result = fetch(first, second);
        assertStaged(result);
        assertThat(result.attempts()).hasSizeGreaterThan(2);
    }

    private GatewayStub.Manner lacking(Cid... missing) {
        return (exchange, cid, car) -> {
            if (Arrays.asList(missing).contains(cid)) {
                GatewayStub.notFound(exchange);
            } else if (car) {
                List<Block> blocks = new ArrayList<>();
                try {
                    new DagWalk(c -> Arrays.asList(missing).contains(c) ? null : file.find(c), DagLimits.DEFAULT)
                            .walk(List.of(cid), blocks::add);
                } catch (dev.pinfold.content.ContentException e) {
                    // It ends where the block is missing.
                }
                GatewayStub.send(exchange, 200, GatewayStub.CAR, Blocks.car(List.of(cid), blocks));
            } else {
                GatewayStub.send(exchange, 200, GatewayStub.RAW, java.util.Objects.requireNonNull(file.find(cid)));
            }
        };
    }

    @Test
    void a_gateway_without_cars_is_read_block_by_block() throws IOException {
        GatewayStub.Manner honest = GatewayStub.honest(file);
        GatewayStub rawOnly = stub((exchange, cid, car) -> {
            if (car) {
                GatewayStub.send(exchange, 406, "text/plain", new byte[] {'n'});
            } else {
                honest.answer(exchange, cid, false);
            }
        });
        assertStaged(fetch(rawOnly));
        assertThat(rawOnly.count("car")).isEqualTo(1);
        assertThat(rawOnly.count("raw")).isEqualTo(file.inOrder.size());
    }

    @Test
    void a_gateway_that_ignores_the_format_and_serves_files_or_pages_is_no_liar_and_of_no_use() {
        GatewayStub page = stub((exchange, cid, car) -> GatewayStub.send(
                exchange, 200, "text/html", "<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        FetchResult result = fetch(page);
        assertNothingKept(result);
        assertThat(outcomes(result)).containsExactly(Outcome.NOT_TRUSTLESS);
    }

    @Test
    void a_page_that_calls_itself_a_car_is_refused() {
        GatewayStub page = stub((exchange, cid, car) -> GatewayStub.send(
                exchange,
                200,
                car ? GatewayStub.CAR : "text/html",
                "<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(outcomes(fetch(page))).containsExactly(Outcome.NOT_TRUSTLESS);
    }

    @Test
    void a_car_in_the_wrong_order_falls_back_to_blocks() throws IOException {
        List<Block> reversed = new ArrayList<>(file.inOrder);
        Collections.reverse(reversed);
        GatewayStub.Manner honest = GatewayStub.honest(file);
        GatewayStub gateway = stub((exchange, cid, car) -> {
            if (car) {
                GatewayStub.send(exchange, 200, GatewayStub.CAR, Blocks.car(List.of(cid), reversed));
            } else {
                honest.answer(exchange, cid, false);
            }
        });
        assertStaged(fetch(gateway));
        assertThat(gateway.count("car")).isEqualTo(1);
    }

    @Test
    void a_flood_of_valid_blocks_that_nobody_asked_for_is_cut_off_and_not_held_against_the_next_source()
            throws IOException {
        Blocks other = Blocks.file(9, 200_000);
        GatewayStub flood = stub((exchange, cid, car) ->
                GatewayStub.send(exchange, 200, GatewayStub.CAR, Blocks.car(List.of(cid), other.inOrder)));
        GatewayStub honest = stub(GatewayStub.honest(file));
        assertStaged(fetch(flood, honest));
        assertThat(flood.requests).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void a_source_that_hangs_before_or_in_its_answer_is_left_for_the_next() throws IOException {
        GatewayStub silent = stub((exchange, cid, car) -> stubs.getFirst().hang());
        byte[] car = file.car();
        GatewayStub stalls = stub((exchange, cid, asCar) -> {
            exchange.getResponseHeaders().set("Content-Type", GatewayStub.CAR);
            exchange.sendResponseHeaders(200, car.length);
            exchange.getResponseBody().write(car, 0, car.length / 3);
            exchange.getResponseBody().flush();
            stubs.getFirst().hang();
        });
        GatewayStub honest = stub(GatewayStub.honest(file));
        FetchResult result = fetch(silent, stalls, honest);
        assertStaged(result);
        assertThat(outcomes(result)).containsExactly(Outcome.TIMED_OUT, Outcome.TIMED_OUT, Outcome.COMPLETE);
        assertThat(result.attempts().get(1).blocks())
                .as("and what it gave is kept")
                .isPositive();
    }

    @Test
    void a_source_that_drips_is_left_for_the_next() throws IOException {
        byte[] car = file.car();
        GatewayStub drips = stub((exchange, cid, asCar) -> {
            exchange.getResponseHeaders().set("Content-Type", GatewayStub.CAR);
            exchange.sendResponseHeaders(200, car.length);
            for (byte one : car) {
                exchange.getResponseBody().write(one);
                exchange.getResponseBody().flush();
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        });
        GatewayStub honest = stub(GatewayStub.honest(file));
        FetchResult result = fetch(drips, honest);
        assertStaged(result);
        assertThat(outcomes(result)).containsExactly(Outcome.TIMED_OUT, Outcome.COMPLETE);
    }

    @Test
    void nobody_having_it_is_not_found_and_says_who_was_asked() {
        GatewayStub none = stub((exchange, cid, car) -> GatewayStub.notFound(exchange));
        NotFetched result = assertNothingKept(fetch(none, none));
        assertThat(result.kind()).isEqualTo(ErrorKind.NOT_FOUND);
        assertThat(result.reason()).contains(none.uri().toString()).contains("not found");
        assertThat(assertNothingKept(fetch()).reason()).contains("add an origin");
    }

    @Test
    void errors_of_a_gateway_are_told_apart() {
        for (var expected : Map.of(
                        500,
                        Outcome.UNREACHABLE,
                        503,
                        Outcome.BUSY,
                        429,
                        Outcome.BUSY,
                        403,
                        Outcome.DENIED,
                        410,
                        Outcome.NOT_FOUND)
                .entrySet()) {
            GatewayStub gateway = stub(
                    (exchange, cid, car) -> GatewayStub.send(exchange, expected.getKey(), "text/plain", new byte[1]));
            assertThat(outcomes(fetch(gateway)))
                    .as("status " + expected.getKey())
                    .containsOnly(expected.getValue());
        }
        FetchResult dead = fetcher()
                .fetch(file.root, List.of("http://127.0.0.1:1/"), List.of(), Deadline.after(Duration.ofSeconds(10)));
        assertThat(outcomes(dead)).containsExactly(Outcome.UNREACHABLE);
        assertThat(((NotFetched) dead).kind()).isEqualTo(ErrorKind.BAD_GATEWAY);
    }

    @Test
    void a_dag_above_the_limit_is_refused_whatever_source_gives_it() {
        GatewayStub gateway = stub(GatewayStub.honest(file));
        FetchResult result = fetcher(DagLimits.DEFAULT.withSize(1000, 10_000), gateway, gateway)
                .fetch(file.root, List.of(), List.of(), Deadline.after(Duration.ofSeconds(30)));
        NotFetched refused = assertNothingKept(result);
        assertThat(refused.kind()).isEqualTo(ErrorKind.PAYLOAD_TOO_LARGE);
        assertThat(gateway.requests).hasSize(1);
    }

    @Test
    void content_that_does_not_fit_on_the_disk_is_refused() throws IOException {
        staging = Staging.open(directory.resolve("small"), new Staging.Limits(20_000, 0, 10_000));
        assertThat(assertNothingKept(fetch(stub(GatewayStub.honest(file)))).kind())
                .isEqualTo(ErrorKind.INSUFFICIENT_STORAGE);
    }

    @Test
    void a_verified_block_that_cannot_be_read_ends_the_fetch() {
        Block garbage = Block.of(Codec.DAG_PB, new byte[] {(byte) 0xff, 1, 2, 3});
        GatewayStub gateway = stub((exchange, cid, car) ->
                GatewayStub.send(exchange, 200, GatewayStub.CAR, Blocks.car(List.of(cid), List.of(garbage))));
        FetchResult result =
                fetcher(gateway).fetch(garbage.cid(), List.of(), List.of(), Deadline.after(Duration.ofSeconds(30)));
        assertThat(assertNothingKept(result).kind().status()).isBetween(400, 422);
    }

    @Test
    void equal_requests_at_the_same_time_are_one() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        GatewayStub.Manner honest = GatewayStub.honest(file);
        GatewayStub gateway = stub((exchange, cid, car) -> {
            asked.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            honest.answer(exchange, cid, car);
        });
        ContentFetcher fetcher = fetcher(gateway);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<FetchResult>> results = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                results.add(threads.submit(
                        () -> fetcher.fetch(file.root, List.of(), List.of(), Deadline.after(Duration.ofSeconds(30)))));
            }
            asked.await();
            go.countDown();
            for (Future<FetchResult> result : results) {
                assertStaged(result.get());
            }
        }
        assertThat(gateway.requests).hasSize(1);
    }

    private GuardedProvider holder(SourceAdapter adapter) {
        ProviderSpec spec = new ProviderSpec(
                "holder",
                "test",
                Map.of(),
                new ProviderConfig("holder", Map.of(), Path.of(".")),
                GuardSettings.defaults());
        return new GuardedProvider(spec, adapter, VERTX, TimeSource.system(), metrics);
    }

    private FetchResult fetchFrom(SourceAdapter adapter, GatewayStub... gateways) {
        return fetcher(gateways)
                .fetch(file.root, List.of(), List.of(holder(adapter)), Deadline.after(Duration.ofSeconds(30)));
    }

    @Test
    void a_holder_gives_a_car_or_blocks() throws IOException {
        assertStaged(fetchFrom(SourceAdapter.cars(cid -> new ByteArrayInputStream(file.car()))));
        staging.remove(file.root);
        assertStaged(fetchFrom(SourceAdapter.blocks(file::find)));
        staging.remove(file.root);
        FetchResult none = fetchFrom(SourceAdapter.mute());
        assertThat(outcomes(none)).containsExactly(Outcome.CANNOT_SERVE);
    }

    @Test
    void a_holder_whose_stream_hangs_is_left_and_what_it_gave_is_kept() throws IOException {
        byte[] car = file.car();
        CountDownLatch never = new CountDownLatch(1);
        SourceAdapter hanging = SourceAdapter.cars(cid -> new InputStream() {
            private int at;

            @Override
            public int read() {
                while (at == car.length / 2) {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        return -1;
                    }
                }
                return car[at++] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                target[offset] = (byte) read();
                return 1;
            }
        });
        FetchResult result = fetchFrom(hanging, stub(GatewayStub.honest(file)));
        never.countDown();
        assertStaged(result);
        assertThat(outcomes(result)).containsExactly(Outcome.TIMED_OUT, Outcome.COMPLETE);
    }

    @Test
    void a_holder_that_fails_is_told_apart_by_its_failure() {
        for (var expected : Map.of(
                        new Failure.NotFound("x"), Outcome.NOT_FOUND,
                        new Failure.Unavailable("x"), Outcome.UNREACHABLE,
                        new Failure.Unauthorized("x"), Outcome.DENIED)
                .entrySet()) {
            SourceAdapter failing = SourceAdapter.cars(cid -> {
                throw new dev.pinfold.spi.ProviderException(expected.getKey());
            });
            assertThat(outcomes(fetchFrom(failing))).containsOnly(expected.getValue());
        }
    }

    @Test
    void the_deadline_ends_the_fetch() {
        GatewayStub slow = stub((exchange, cid, car) -> stubs.getFirst().hang());
        FetchResult result =
                fetcher(slow).fetch(file.root, List.of(), List.of(), Deadline.after(Duration.ofMillis(100)));
        assertThat(assertNothingKept(result).kind()).isEqualTo(ErrorKind.GATEWAY_TIMEOUT);
    }
}
