package dev.pinfold.broker.provider;

import dev.pinfold.broker.provider.BreakerPolicy.Result;
import dev.pinfold.broker.provider.BreakerPolicy.Ticket;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The breaker of one (provider, operation): a Vert.x circuit breaker as the gate, {@link BreakerPolicy} as the judge.
 *
 * <p>The gate never opens or closes by itself: no failure limit, no timer. Its public {@code reset()} leaves an open
 * breaker open (Vert.x 5.0.8), so closing means a fresh gate.
 */
final class OperationBreaker {
    private static final Logger LOG = LoggerFactory.getLogger(OperationBreaker.class);
    private static final CircuitBreakerOptions GATE_ONLY = new CircuitBreakerOptions()
            .setMaxFailures(Integer.MAX_VALUE)
            .setTimeout(-1)
            .setResetTimeout(-1)
            .setNotificationPeriod(0);

    private final Vertx vertx;
    private final TimeSource time;
    private final String provider;
    private final Operation operation;
    private final BreakerPolicy policy;
    private BreakerState shown = BreakerState.CLOSED;
    private CircuitBreaker gate;

    OperationBreaker(Vertx vertx, TimeSource time, String provider, Operation operation, BreakerSettings settings) {
        this.vertx = vertx;
        this.time = time;
        this.provider = provider;
        this.operation = operation;
        this.policy = new BreakerPolicy(settings);
        this.gate = newGate();
    }

    /** How a call went, for the judge. */
    interface Judged {
        Result result();

        /** What happened, for the log. */
        String detail();

        /** Time spent in the call itself, without waiting for a turn. */
        long nanos();
    }

    /** Makes the call unless the breaker is open; null means that it was not made. */
    <T extends Judged> @Nullable T call(Supplier<T> call) {
        Ticket ticket;
        CircuitBreaker through;
        synchronized (this) {
            ticket = policy.admit(time.nanoTime());
            if (ticket == null) {
                return null;
            }
            if (gate.state() != CircuitBreakerState.CLOSED) {
                gate.close();
                gate = newGate();
                show(BreakerState.HALF_OPEN, "time to try again");
            }
            through = gate;
        }
        AtomicReference<@Nullable T> outcome = new AtomicReference<>();
        try {
            // The gate runs the call on this thread before it returns; its future only says what is known by then.
            through.execute(() -> {
                outcome.set(call.get());
                return Future.succeededFuture();
            });
        } finally {
            settle(ticket, outcome.get());
        }
        return outcome.get();
    }

    synchronized BreakerState state() {
        return policy.state(time.nanoTime());
    }

    /** When an open breaker tries again; null when it is not open. */
    synchronized @Nullable Instant openUntil() {
        long now = time.nanoTime();
        return policy.state(now) == BreakerState.OPEN
                ? time.now().plus(Duration.ofNanos(policy.openUntil() - now))
                : null;
    }

    /** Opens for a while because another broker of this cluster found the provider broken. */
    synchronized void openFor(Duration duration, String reason) {
        long now = time.nanoTime();
        policy.open(now, now + duration.toNanos());
        gate.open();
        show(BreakerState.OPEN, reason);
    }

    /** Lets the next call try at once. */
    synchronized void tryNow() {
        policy.tryNow(time.nanoTime());
    }

    synchronized void close() {
        gate.close();
    }

    private synchronized void settle(Ticket ticket, @Nullable Judged outcome) {
        long now = time.nanoTime();
        if (outcome == null) {
            policy.record(ticket, Result.NEUTRAL, 0, now);
            return;
        }
        policy.record(ticket, outcome.result(), outcome.nanos(), now);
        BreakerState after = policy.state(now);
        if (after == BreakerState.OPEN && shown != BreakerState.OPEN) {
            gate.open();
            show(after, outcome.detail());
        } else if (after == BreakerState.CLOSED && shown == BreakerState.HALF_OPEN) {
            show(after, "the provider works again");
        }
    }

    private void show(BreakerState to, String reason) {
        if (shown != to) {
            LOG.atLevel(to == BreakerState.OPEN ? Level.WARN : Level.INFO)
                    .log(
                            "event=breaker provider={} operation={} from={} to={} until={} failure=\"{}\"",
                            provider,
                            operation.label(),
                            shown,
                            to,
                            openUntil(),
                            reason);
            shown = to;
        }
    }

    private CircuitBreaker newGate() {
        return CircuitBreaker.create(provider + "/" + operation.label(), vertx, GATE_ONLY);
    }
}
