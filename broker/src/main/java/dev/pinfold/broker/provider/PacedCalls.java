package dev.pinfold.broker.provider;

import dev.pinfold.broker.provider.CallOutcome.Failed;
import dev.pinfold.broker.provider.CallOutcome.Guard;
import dev.pinfold.broker.provider.CallOutcome.HeldBack;
import dev.pinfold.broker.provider.CallOutcome.Served;
import dev.pinfold.broker.provider.RateBudget.Leave;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The inner guards of one provider: rate budget → bulkhead → deadline. Never throws for what a call did. */
final class PacedCalls {
    /** A cut-off after less than this is the caller's haste, not the provider's fault. */
    private static final Duration FAIR_TIME = Duration.ofSeconds(1);

    private final String provider;
    private final GuardSettings settings;
    private final TimeSource time;
    private final RateBudget budget;
    private final RateBudget listBudget;
    private final CallRunner runner;

    PacedCalls(String provider, GuardSettings settings, TimeSource time) {
        this.provider = provider;
        this.settings = settings;
        this.time = time;
        this.budget = new RateBudget(settings.callsPerSecond(), settings.burst(), time.nanoTime());
        this.listBudget = new RateBudget(settings.listCallsPerSecond(), settings.listBurst(), time.nanoTime());
        this.runner = new CallRunner(provider, settings.maxConcurrent());
    }

    int inFlight() {
        return runner.inFlight();
    }

    InputStream held(InputStream stream) {
        return runner.held(stream);
    }

    /** Until when the provider asked to be left alone; null when it did not. */
    @Nullable
    Instant rateLimitedUntil() {
        long now = time.nanoTime();
        long left = Math.max(budget.pausedUntil() - now, listBudget.pausedUntil() - now);
        return left <= 0 ? null : time.now().plusNanos(left);
    }

    /** Makes one call when it is its turn. */
    <T> CallOutcome<T> make(Operation operation, @Nullable String orderKey, Deadline limit, Callable<T> call) {
        RateBudget rate = operation == Operation.LIST ? listBudget : budget;
        Leave leave;
        try {
            leave = await(rate, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new HeldBack<>(Guard.RATE, new Failure.Unavailable(provider + " was not called: interrupted"));
        }
        if (leave == null) {
            Duration wait = Duration.ofNanos(rate.waitNanos(time.nanoTime()));
            return new HeldBack<>(
                    Guard.RATE,
                    new Failure.RateLimited(
                            wait, provider + " was not called: its rate budget is free again in " + shown(wait)));
        }
        CallOutcome<T> outcome = run(operation, orderKey, limit, call);
        settle(rate, leave, outcome);
        return outcome;
    }

    private @Nullable Leave await(RateBudget rate, Deadline limit) throws InterruptedException {
        long now = time.nanoTime();
        long giveUp =
                now + Math.min(settings.maxWait().toNanos(), limit.remaining().toNanos());
        while (true) {
            Leave leave = rate.take(now, giveUp - now);
            if (leave == null || leave.waitNanos() == 0) {
                return leave;
            }
            try {
                time.sleep(Duration.ofNanos(leave.waitNanos()));
            } catch (InterruptedException e) {
                rate.unanswered(leave);
                throw e;
            }
            if (rate.holds(leave)) {
                return leave;
            }
            now = time.nanoTime();
        }
    }

    private static void settle(RateBudget rate, Leave leave, CallOutcome<?> outcome, long now) {
        switch (outcome) {
            case Served<?> served -> rate.accepted(leave, now);
            case HeldBack<?> held -> rate.unanswered(leave);
            case Failed<?> failed -> {
                if (failed.failure() instanceof Failure.RateLimited limited) {
                    rate.refused(leave, limited.retryAfter(), now);
                } else if (failed.result() == BreakerPolicy.Result.SUCCESS) {
                    rate.accepted(leave, now);
                } else {
                    rate.unanswered(leave);
                }
            }
        }
    }

    private void settle(RateBudget rate, Leave leave, CallOutcome<?> outcome) {
        settle(rate, leave, outcome, time.nanoTime());
    }

    private <T> CallOutcome<T> run(Operation operation, @Nullable String orderKey, Deadline limit, Callable<T> call) {
        boolean fair = limit.remaining().compareTo(FAIR_TIME) >= 0
                || settings.timeout(operation).compareTo(FAIR_TIME) < 0;
        long started = time.nanoTime();
        try {
            T value = runner.run(call, limit);
            return new Served<>(value, time.nanoTime() - started);
        } catch (CallRunner.Busy e) {
            return new HeldBack<>(
                    Guard.BULKHEAD,
                    new Failure.Unavailable(provider + " was not called: all its " + runner.size()
                            + " places were taken by calls that have not ended"));
        } catch (CallRunner.CutOff e) {
            Failure failure = cutOff(operation, orderKey, provider + ": " + e.getMessage());
            return new Failed<>(failure, e, fair && !e.callerLeft(), time.nanoTime() - started);
        } catch (ProviderException e) {
            return new Failed<>(e.failure(), e, fair, time.nanoTime() - started);
        } catch (Exception e) {
            Failure failure = broken(operation, orderKey, provider + ": its adapter failed with " + e);
            return new Failed<>(failure, e, true, time.nanoTime() - started);
        }
    }

    private static Failure cutOff(Operation operation, @Nullable String orderKey, String detail) {
        return operation.orders() && orderKey != null
                ? new Failure.OutcomeUnknown(orderKey, detail)
                : new Failure.Unavailable(detail);
    }

    private static Failure broken(Operation operation, @Nullable String orderKey, String detail) {
        return operation.orders() && orderKey != null
                ? new Failure.OutcomeUnknown(orderKey, detail)
                : new Failure.ProtocolViolation(detail);
    }

    private static String shown(Duration wait) {
        return wait.toMillis() + " ms";
    }
}
