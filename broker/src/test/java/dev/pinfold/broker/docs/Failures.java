package dev.pinfold.broker.docs;

import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Failure;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** One failure of each kind there is. */
final class Failures {
    private Failures() {}

    static List<Failure> all() {
        return Arrays.stream(Objects.requireNonNull(Failure.class.getPermittedSubclasses()))
                .map(Failures::some)
                .toList();
    }

    private static Failure some(Class<?> kind) {
        return switch (kind.getSimpleName()) {
            case "InvalidOrder" -> new Failure.InvalidOrder("x");
            case "Unauthorized" -> new Failure.Unauthorized("x");
            case "NotFound" -> new Failure.NotFound("x");
            case "Unsupported" -> new Failure.Unsupported(Capability.STATUS);
            case "QuotaExceeded" -> new Failure.QuotaExceeded("x");
            case "RateLimited" -> new Failure.RateLimited(null, "x");
            case "Unavailable" -> new Failure.Unavailable("x");
            case "Rejected" -> new Failure.Rejected("x");
            case "ProtocolViolation" -> new Failure.ProtocolViolation("x");
            case "OutcomeUnknown" -> new Failure.OutcomeUnknown("key", "x");
            default -> throw new AssertionError("a new kind of failure: " + kind.getSimpleName() + "; add it here");
        };
    }
}
