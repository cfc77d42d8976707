package dev.pinfold.broker.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GuardedProviderTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Cid CID = Cid.of(Codec.RAW, new byte[] {1});
    private static final Failure DOWN = new Failure.Unavailable("down");

    private final FakeTime time = new FakeTime();
    private final TestAdapter adapter = new TestAdapter();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private GuardedProvider guarded(GuardSettings settings) {
        ProviderSpec spec =
                new ProviderSpec("p1", "test", Map.of(), new ProviderConfig("p1", Map.of(), Path.of(".")), settings);
        return new GuardedProvider(spec, adapter, VERTX, time, new Metrics(meters));
    }

    private static GuardSettings settings(double rate, int burst, int concurrent) {
        GuardSettings d = GuardSettings.defaults();
        return new GuardSettings(
                rate, burst, 2, 5, concurrent, Duration.ofSeconds(5), d.callTimeout(), d.uploadTimeout(), d.breaker());
    }

    private static Order order() {
        return new Order("key-1", CID, List.of(), Map.of(), OptionalLong.empty());
    }

    private static Deadline long_() {
        return Deadline.after(Duration.ofHours(1));
    }

    private static Failure failure(Runnable call) {
        ProviderException thrown = catchThrowableOfType(ProviderException.class, call::run);
        assertThat(thrown).isNotNull();
        return thrown.failure();
    }

    @Test
    void a_provider_that_is_down_is_left_alone_after_ten_calls_at_most_and_used_within_a_minute_of_coming_back() {
        GuardedProvider provider = guarded(settings(1000, 1000, 64));
        adapter.onPin = TestAdapter.failing(DOWN);
        for (int i = 0; i < 100; i++) {
            failure(() -> provider.pin(order(), long_()));
        }
        assertThat(adapter.calls.get()).isLessThanOrEqualTo(10);
        assertThat(provider.health().breaker()).isEqualTo(BreakerState.OPEN);
        for (int second = 0; second < 600; second++) {
            time.advance(Duration.ofSeconds(1));
            failure(() -> provider.pin(order(), long_()));
        }
        adapter.onPin = () -> Sighting.of(new Observation.Queued(), "1");
        int waited = 0;
        while (!works(provider)) {
            time.advance(Duration.ofSeconds(1));
            waited++;
        }
        assertThat(waited).isLessThan(60);
        assertThat(provider.health().breaker()).isEqualTo(BreakerState.CLOSED);
        assertThat(works(provider)).isTrue();
    }

    private static boolean works(GuardedProvider provider) {
        try {
            provider.pin(order(), long_());
            return true;
        } catch (ProviderException e) {
            return false;
        }
    }

    @Test
    void a_call_while_the_breaker_is_open_says_so_and_is_no_failure_of_the_provider() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onPin = TestAdapter.failing(DOWN);
        for (int i = 0; i < 5; i++) {
            failure(() -> provider.pin(order(), long_()));
        }
        HealthSnapshot before = provider.health();
        Failure refused = failure(() -> provider.pin(order(), long_()));
        assertThat(refused).isInstanceOf(Failure.Unavailable.class);
        assertThat(refused.detail())
                .isEqualTo("p1 was not called: its breaker for pin is open until " + before.openUntil());
        assertThat(provider.health().samples()).isEqualTo(before.samples()).isEqualTo(5);
        assertThat(provider.health().consecutiveFailures()).isEqualTo(5);
        assertThat(meters.get("pinfold.provider.refused")
                        .tag("guard", "breaker")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("pinfold.provider.call")
                        .tag("outcome", "unavailable")
                        .timer()
                        .count())
                .isEqualTo(5);
        assertThat(meters.get("pinfold.provider.breaker")
                        .tag("operation", "pin")
                        .gauge()
                        .value())
                .isEqualTo(2);
    }

    @Test
    void an_open_breaker_for_one_operation_leaves_the_others_alone() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onPin = TestAdapter.failing(DOWN);
        for (int i = 0; i < 5; i++) {
            failure(() -> provider.pin(order(), long_()));
        }
        assertThat(provider.block(CID, long_())).isEmpty();
        assertThat(provider.health().breakers()).containsEntry(Operation.BLOCK, BreakerState.CLOSED);
    }

    @Test
    void a_clear_no_is_no_fault() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onPin = TestAdapter.failing(new Failure.Rejected("not this one"));
        for (int i = 0; i < 50; i++) {
            assertThat(failure(() -> provider.pin(order(), long_()))).isInstanceOf(Failure.Rejected.class);
        }
        assertThat(adapter.calls.get()).isEqualTo(50);
        assertThat(provider.health().successRate()).isEqualTo(1.0);
    }

    @Test
    void a_provider_that_answers_429_for_ten_minutes_gets_hardly_any_call_after_the_first() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onPin = TestAdapter.failing(new Failure.RateLimited(null, "slow down"));
        int wanted = 0;
        for (int tick = 0; tick < 6000; tick++) {
            // Deadlines are real time: one that has passed says that the caller does not wait for its turn.
            failure(() -> provider.pin(order(), Deadline.after(Duration.ofMillis(500))));
            time.advance(Duration.ofMillis(100));
            if (tick == 599) {
                adapter.calls.set(0);
            }
            wanted += tick >= 600 ? 1 : 0;
        }
        int afterFirstMinute = adapter.calls.get();
        assertThat(afterFirstMinute * 100).isLessThanOrEqualTo(wanted);
        assertThat(provider.health().breaker()).isEqualTo(BreakerState.CLOSED);
        assertThat(provider.health().samples()).isZero();
    }

    @Test
    void retry_after_is_shown_and_kept() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onPin = TestAdapter.failing(new Failure.RateLimited(Duration.ofSeconds(90), "slow down"));
        failure(() -> provider.pin(order(), long_()));
        assertThat(provider.health().rateLimitedUntil()).isEqualTo(time.now().plusSeconds(90));
        Failure refused = failure(() -> provider.pin(order(), long_()));
        assertThat(refused)
                .isEqualTo(new Failure.RateLimited(
                        Duration.ofSeconds(90), "p1 was not called: its rate budget is free again in 90000 ms"));
        assertThat(adapter.calls.get()).isEqualTo(1);
    }

    @Test
    void a_call_waits_for_its_turn_in_the_rate_budget() {
        GuardedProvider provider = guarded(settings(10, 1, 64));
        for (int i = 0; i < 11; i++) {
            provider.pin(order(), long_());
        }
        assertThat(time.nanoTime()).isBetween(1_000_000_000L, 1_100_000_000L);
    }

    @Test
    void an_adapter_that_ignores_interruption_does_not_hold_its_caller_past_the_deadline() {
        GuardedProvider provider = guarded(settings(1000, 1000, 2));
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        adapter.onPin = () -> {
            while (never.getCount() > 0) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                }
            }
            throw new IllegalStateException("too late");
        };
        long started = System.nanoTime();
        Failure cut = failure(() -> provider.pin(order(), Deadline.after(Duration.ofMillis(60))));
        assertThat(cut).isInstanceOf(Failure.OutcomeUnknown.class);
        assertThat(((Failure.OutcomeUnknown) cut).orderKey()).isEqualTo("key-1");
        failure(() -> provider.pin(order(), Deadline.after(Duration.ofMillis(60))));
        Failure busy = failure(() -> provider.pin(order(), Deadline.after(Duration.ofMillis(60))));
        assertThat(busy.detail()).contains("not called").contains("2 places");
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
        assertThat(provider.health().inFlight()).isEqualTo(2);
        never.countDown();
        assertThat(adapter.calls.get()).isEqualTo(2);
    }

    @Test
    void a_read_that_overstays_is_interrupted_and_can_be_repeated() throws Exception {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        CountDownLatch interrupted = new CountDownLatch(1);
        adapter.onBlock = () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return new byte[0];
        };
        Failure cut = failure(() -> provider.block(CID, Deadline.after(Duration.ofMillis(50))));
        assertThat(cut).isInstanceOf(Failure.Unavailable.class);
        interrupted.await();
        assertThat(provider.health().consecutiveFailures())
                .as("50 ms were the caller's haste")
                .isZero();
    }

    /** As the loser of a race is. */
    @Test
    void a_read_whose_caller_leaves_counts_as_left_and_says_nothing_of_the_provider() throws Exception {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        CountDownLatch called = new CountDownLatch(1);
        adapter.onBlock = () -> {
            called.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // As it should be.
            }
            return new byte[0];
        };
        Thread caller = Thread.ofVirtual().start(() -> failure(() -> provider.block(CID, long_())));
        called.await();
        caller.interrupt();
        caller.join();
        assertThat(meters.find("pinfold.provider.call").timers())
                .extracting(timer -> timer.getId().getTag("outcome"))
                .containsExactly("left");
        assertThat(provider.health().consecutiveFailures()).isZero();
    }

    @Test
    void never_more_calls_at_once_than_there_are_places() throws Exception {
        GuardedProvider provider = guarded(settings(100_000, 100_000, 3));
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        adapter.onPin = () -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            parked(now);
            now.decrementAndGet();
            return Sighting.of(new Observation.Queued(), "1");
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Sighting>> results = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                results.add(threads.submit(() -> provider.pin(order(), long_())));
            }
            for (Future<Sighting> result : results) {
                result.get();
            }
        }
        assertThat(most.get()).isBetween(1, 3);
    }

    /** Gives other calls the chance to be inside at the same time. */
    private static void parked(AtomicInteger inside) {
        for (int i = 0; i < 50 && inside.get() < 3; i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(10_000);
        }
    }

    @Test
    void a_download_keeps_its_place_until_it_is_closed() throws Exception {
        GuardedProvider provider = guarded(settings(1000, 1000, 1));
        adapter.onCar = () -> new ByteArrayInputStream(new byte[] {7});
        try (InputStream car = provider.car(CID, long_())) {
            assertThat(car.read()).isEqualTo(7);
            assertThat(provider.health().inFlight()).isEqualTo(1);
            assertThat(failure(() -> provider.block(CID, Deadline.after(Duration.ofMillis(20))))
                            .detail())
                    .contains("not called");
        }
        assertThat(provider.health().inFlight()).isZero();
        assertThat(provider.block(CID, long_())).isEmpty();
    }

    @Test
    void a_broken_adapter_is_a_failure_of_its_provider_and_not_of_the_broker() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onBlock = () -> {
            throw new IllegalStateException("bug");
        };
        assertThat(failure(() -> provider.block(CID, long_()))).isInstanceOf(Failure.ProtocolViolation.class);
        adapter.onPin = () -> {
            throw new IllegalStateException("bug");
        };
        assertThat(failure(() -> provider.pin(order(), long_()))).isInstanceOf(Failure.OutcomeUnknown.class);
    }

    @Test
    void a_block_above_two_mebibytes_is_refused() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onBlock = () -> new byte[(2 << 20) + 1];
        assertThat(failure(() -> provider.block(CID, long_()))).isInstanceOf(Failure.ProtocolViolation.class);
    }

    @Test
    void what_the_provider_cannot_do_is_refused_without_a_call() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        assertThat(failure(() -> provider.list(null, long_()))).isInstanceOf(Failure.Unsupported.class);
        assertThat(adapter.calls.get()).isZero();
        assertThat(provider.health().samples()).isZero();
    }

    @Test
    void a_probe_that_succeeds_lets_the_open_breakers_try_again() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        adapter.onPin = TestAdapter.failing(DOWN);
        for (int i = 0; i < 5; i++) {
            failure(() -> provider.pin(order(), long_()));
        }
        adapter.onPin = () -> Sighting.of(new Observation.Queued(), "1");
        provider.probe(long_());
        assertThat(provider.health().breaker()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(works(provider)).isTrue();
        assertThat(provider.health().breaker()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void a_peers_finding_opens_the_breaker() {
        GuardedProvider provider = guarded(GuardSettings.defaults());
        provider.openBreaker(Operation.PIN, Duration.ofSeconds(10), "broker-2 says so");
        assertThat(failure(() -> provider.pin(order(), long_())).detail()).contains("not called");
        time.advance(Duration.ofSeconds(10));
        assertThat(works(provider)).isTrue();
    }
}
