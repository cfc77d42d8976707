package dev.pinfold.broker.provider;

import dev.pinfold.broker.provider.CallOutcome.Guard;
import dev.pinfold.broker.provider.CallOutcome.HeldBack;
import dev.pinfold.broker.provider.HealthMeter.Reading;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import dev.pinfold.spi.deal.ColdReader;
import dev.pinfold.spi.deal.DealMaker;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A provider that cannot hurt the others. Wraps any adapter in, outermost first: metrics → breaker per operation →
 * rate budget → bulkhead → deadline ({@link PacedCalls} holds the inner three).
 *
 * <p>A call that a guard holds back fails at once, says so ("not called"), and counts neither as a call nor as a failure
 * of the provider. Every call ends by its deadline, whatever the adapter does. To be called from virtual threads, never
 * from an event loop.
 */
public final class GuardedProvider implements Provider {
    private final ProviderSpec spec;
    private final Provider adapter;
    private final TimeSource time;
    private final Metrics metrics;
    private final PacedCalls calls;
    private final HealthMeter health = new HealthMeter();
    private final OutcomeLog log;
    private final Map<Operation, OperationBreaker> breakers = new EnumMap<>(Operation.class);

    public GuardedProvider(ProviderSpec spec, Provider adapter, Vertx vertx, TimeSource time, Metrics metrics) {
        this.spec = spec;
        this.adapter = adapter;
        this.time = time;
        this.metrics = metrics;
        this.calls = new PacedCalls(spec.id(), spec.guard(), time);
        this.log = new OutcomeLog(spec.id());
        for (Operation operation : Operation.values()) {
            if (operation.deals()) {
                continue;
            }
            OperationBreaker breaker = new OperationBreaker(
                    vertx, time, spec.id(), operation, spec.guard().breaker());
            breakers.put(operation, breaker);
            metrics.providerBreaker(
                    spec.id(), operation.label(), () -> breaker.state().level());
        }
        metrics.providerInFlight(spec.id(), calls::inFlight);
    }

    /** The provider's name in the fleet. */
    public String id() {
        return spec.id();
    }

    /** What the configuration says of it. */
    public ProviderSpec spec() {
        return spec;
    }

    /** Whether it can do this. */
    public boolean can(Capability capability) {
        return adapter.capabilities().contains(capability);
    }

    /** What was measured lately. */
    public HealthSnapshot health() {
        Reading reading = health.reading(time.nanoTime());
        Map<Operation, BreakerState> states = new EnumMap<>(Operation.class);
        Instant openUntil = null;
        for (Map.Entry<Operation, OperationBreaker> entry : breakers.entrySet()) {
            states.put(entry.getKey(), entry.getValue().state());
            Instant until = entry.getValue().openUntil();
            openUntil = until != null && (openUntil == null || until.isAfter(openUntil)) ? until : openUntil;
        }
        return new HealthSnapshot(
                reading.successRate(),
                reading.samples(),
                reading.consecutiveFailures(),
                reading.retrievalP95Ms(),
                states,
                openUntil,
                calls.rateLimitedUntil(),
                reading.unhealthySince(),
                calls.inFlight());
    }

    /** Takes over a peer broker's finding that the provider is broken. */
    public void openBreaker(Operation operation, Duration duration, String reason) {
        breaker(operation).openFor(duration, reason);
    }

    @Override
    public Set<Capability> capabilities() {
        return adapter.capabilities();
    }

    /** Also lets the breakers that are open try again at once when the provider answers. */
    @Override
    public void probe(Deadline deadline) {
        call(Operation.PROBE, null, deadline, limit -> {
            adapter.probe(limit);
            return Boolean.TRUE;
        });
        breakers.values().forEach(OperationBreaker::tryNow);
    }

    @Override
    public Sighting pin(Order order, Deadline deadline) {
        require(Capability.PIN_BY_CID);
        return call(Operation.PIN, order.key(), deadline, limit -> adapter.pin(order, limit));
    }

    @Override
    public Sighting upload(Order order, CarSource car, Deadline deadline) {
        require(Capability.UPLOAD_CAR);
        return call(Operation.UPLOAD, order.key(), deadline, limit -> adapter.upload(order, car, limit));
    }

    @Override
    public Sighting observe(OrderRef ref, Deadline deadline) {
        require(Capability.STATUS);
        return call(Operation.OBSERVE, null, deadline, limit -> adapter.observe(ref, limit));
    }

    @Override
    public void unpin(OrderRef ref, Deadline deadline) {
        require(Capability.UNPIN);
        call(Operation.UNPIN, null, deadline, limit -> {
            adapter.unpin(ref, limit);
            return Boolean.TRUE;
        });
    }

    @Override
    public PinListing list(@Nullable String from, Deadline deadline) {
        require(Capability.LIST);
        return call(Operation.LIST, null, deadline, limit -> adapter.list(from, limit));
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
        require(Capability.RETRIEVE_RAW);
        return call(Operation.BLOCK, null, deadline, limit -> {
            byte[] bytes = adapter.block(cid, limit);
            if (bytes.length > Block.MAX_SIZE) {
                throw new ProviderException(new Failure.ProtocolViolation(
                        "a block of " + bytes.length + " bytes for " + cid + "; at most 2 MiB are allowed"));
            }
            return bytes;
        });
    }

    /** The stream keeps its place among the concurrent calls until it is closed. */
    @Override
    public InputStream car(Cid root, Deadline deadline) {
        require(Capability.RETRIEVE_CAR);
        return call(Operation.CAR, null, deadline, limit -> calls.held(adapter.car(root, limit)));
    }

    /** As {@link #car}. */
    @Override
    public InputStream part(Cid root, String path, long from, long to, Deadline deadline) {
        require(Capability.RETRIEVE_PART);
        return call(Operation.CAR, null, deadline, limit -> calls.held(adapter.part(root, path, from, to, limit)));
    }

    /** Guarded as all calls are, but by no breaker: see {@link Operation#deals}. */
    @Override
    public DealMaker deals() {
        require(Capability.DEAL);
        return new GuardedDeals(this, adapter.deals());
    }

    /** As {@link #deals}. */
    @Override
    public ColdReader coldReader() {
        require(Capability.DEAL);
        return new GuardedReads(this, adapter.coldReader());
    }

    /** Keeps the place of a call among the concurrent ones until the stream is closed. */
    InputStream held(InputStream stream) {
        return calls.held(stream);
    }

    /** Makes a call about deals. How it ends says little about the node, so it does not count towards its health. */
    <T> T deal(Operation operation, @Nullable String orderKey, Deadline deadline, AdapterCall<T> adapterCall) {
        Deadline limit = earlier(deadline, spec.guard().timeout(operation));
        CallOutcome<T> outcome = calls.make(operation, orderKey, limit, () -> adapterCall.within(limit));
        switch (outcome) {
            case CallOutcome.Served<T> served -> count(operation, "ok", served.nanos());
            case CallOutcome.Failed<T> failed -> count(operation, failed.label(), failed.nanos());
            case HeldBack<T> held ->
                metrics.providerRefused(
                        spec.id(), operation.label(), held.guard().label());
        }
        return outcome.get();
    }

    @Override
    public void close() {
        breakers.values().forEach(OperationBreaker::close);
        adapter.close();
    }

    /** A call of the adapter, given the deadline that it must keep. */
    interface AdapterCall<T> {
        T within(Deadline limit);
    }

    private <T> T call(Operation operation, @Nullable String orderKey, Deadline deadline, AdapterCall<T> adapterCall) {
        Deadline limit = earlier(deadline, spec.guard().timeout(operation));
        Callable<T> timed = () -> adapterCall.within(limit);
        CallOutcome<T> outcome = breaker(operation).call(() -> calls.make(operation, orderKey, limit, timed));
        if (outcome == null) {
            outcome = new HeldBack<>(Guard.BREAKER, new Failure.Unavailable(refusal(operation)));
        }
        measure(operation, outcome);
        return outcome.get();
    }

    private void measure(Operation operation, CallOutcome<?> outcome) {
        switch (outcome) {
            case CallOutcome.Served<?> served -> {
                count(operation, "ok", served.nanos());
                health.served(time.nanoTime());
                if (operation.retrieves()) {
                    health.retrieved(served.nanos());
                }
            }
            case CallOutcome.Failed<?> failed -> {
                count(operation, failed.label(), failed.nanos());
                switch (failed.result()) {
                    case SUCCESS -> health.served(time.nanoTime());
                    case FAILURE -> health.failed(time.nanoTime(), time.now());
                    case NEUTRAL -> {}
                }
            }
            case HeldBack<?> held ->
                metrics.providerRefused(
                        spec.id(), operation.label(), held.guard().label());
        }
        log.changed(operation, outcome);
    }

    private void count(Operation operation, String outcome, long nanos) {
        metrics.providerCall(spec.id(), operation.label(), outcome, Duration.ofNanos(nanos));
    }

    private String refusal(Operation operation) {
        Instant until = breaker(operation).openUntil();
        return spec.id() + " was not called: its breaker for " + operation.label()
                + (until == null
                        ? " lets single calls through only, to see whether it works again"
                        : " is open until " + until);
    }

    private OperationBreaker breaker(Operation operation) {
        return java.util.Objects.requireNonNull(breakers.get(operation));
    }

    private void require(Capability capability) {
        if (!can(capability)) {
            throw new ProviderException(new Failure.Unsupported(capability));
        }
    }

    private static Deadline earlier(Deadline deadline, Duration timeout) {
        Deadline own = Deadline.after(timeout);
        return deadline.nanoTime() - own.nanoTime() <= 0 ? deadline : own;
    }
}
