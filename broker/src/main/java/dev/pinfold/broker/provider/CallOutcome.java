package dev.pinfold.broker.provider;

import dev.pinfold.broker.provider.BreakerPolicy.Result;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import org.jspecify.annotations.Nullable;

/** How one guarded call ended. */
sealed interface CallOutcome<T> extends OperationBreaker.Judged {
    /** The guards that can hold a call back: the values of the metric label {@code guard}. */
    enum Guard {
        BREAKER,
        RATE,
        BULKHEAD;

        String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The provider served it. */
    record Served<T>(T value, long nanos) implements CallOutcome<T> {
        @Override
        public Result result() {
            return Result.SUCCESS;
        }

        @Override
        public String detail() {
            return "";
        }
    }

    /**
     * The provider was called and did not serve it.
     *
     * @param fair false where the caller left too early to blame the provider
     */
    record Failed<T>(Failure failure, @Nullable Exception cause, boolean fair, long nanos) implements CallOutcome<T> {
        /** Whether its caller was stopped, as the loser of a race is: that says nothing of the provider. */
        boolean left() {
            return cause instanceof CallRunner.CutOff cut && cut.callerLeft();
        }

        /** How metrics name it. */
        String label() {
            return left() ? "left" : FailureTreatment.of(failure).label();
        }

        @Override
        public Result result() {
            return switch (FailureTreatment.of(failure).breaker()) {
                case FAULT -> fair ? Result.FAILURE : Result.NEUTRAL;
                case ANSWERED -> Result.SUCCESS;
                case IGNORED -> Result.NEUTRAL;
            };
        }

        @Override
        public String detail() {
            return failure.detail();
        }
    }

    /** The provider was not called. */
    record HeldBack<T>(Guard guard, Failure failure) implements CallOutcome<T> {
        @Override
        public Result result() {
            return Result.NEUTRAL;
        }

        @Override
        public String detail() {
            return failure.detail();
        }

        @Override
        public long nanos() {
            return 0;
        }
    }

    /** The value, or the failure as an exception. */
    default T get() {
        return switch (this) {
            case Served<T> served -> served.value();
            case Failed<T> failed -> throw new ProviderException(failed.failure(), failed.cause());
            case HeldBack<T> held -> throw new ProviderException(held.failure());
        };
    }
}
