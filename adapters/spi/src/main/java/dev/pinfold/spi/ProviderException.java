package dev.pinfold.spi;

import org.jspecify.annotations.Nullable;

/** A call to a provider failed. */
public final class ProviderException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Failure failure;

    public ProviderException(Failure failure) {
        this(failure, null);
    }

    public ProviderException(Failure failure, @Nullable Throwable cause) {
        super(failure.getClass().getSimpleName() + ": " + failure.detail(), cause);
        this.failure = failure;
    }

    /** What went wrong. */
    public Failure failure() {
        return failure;
    }
}
