package dev.pinfold.broker.docs;

import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.provider.FailureTreatment;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.spi.Failure;

/** Makes {@code docs/errors.md}. */
final class ErrorsReference {
    private ErrorsReference() {}

    static String markdown() {
        StringBuilder text = new StringBuilder("""
                # Errors

                Made from the code by `ReferenceTest`; do not edit.

                ## What clients get

                Every refusal of the HTTP API is `{"error":{"reason","details"}}`. The reason is a stable word; the details say what is wrong,
                where, and what to do. From [`ErrorKind`](../broker/src/main/java/dev/pinfold/broker/ErrorKind.java).

                | status | reason | the same request may succeed later | means |
                |---:|---|---|---|
                """);
        for (ErrorKind kind : ErrorKind.values()) {
            row(
                    text,
                    Integer.toString(kind.status()),
                    "`" + kind.reason() + "`",
                    kind.retryable() ? "yes" : "no",
                    meaning(kind));
        }
        text.append("""

                429 comes with `Retry-After`. A 5xx of a `POST` does not say whether the change was made: send it with an `Idempotency-Key` and
                repeat it with the same one.

                ## What a provider's failure leads to

                From [`FailureTreatment`](../broker/src/main/java/dev/pinfold/broker/provider/FailureTreatment.java) and
                [`Decide`](../broker/src/main/java/dev/pinfold/broker/reconcile/Decide.java). The label is the word in metrics; rows and events write
                it with `-`. All of [Decide's transitions](states.md) are in a document of their own.

                | label | means | breaker | log | a copy that was being ordered | a verified copy, when it lasts |
                |---|---|---|---|---|---|
                """);
        for (Failure failure : Failures.all()) {
            FailureTreatment treatment = FailureTreatment.of(failure);
            row(
                    text,
                    "`" + treatment.label() + "`",
                    meaning(failure),
                    switch (treatment.breaker()) {
                        case FAULT -> "counts against it";
                        case ANSWERED -> "counts for it";
                        case IGNORED -> "does not count";
                    },
                    treatment.logLevel().toString(),
                    StatesReference.after(ReplicaState.PLANNED, failure, false),
                    StatesReference.after(ReplicaState.VERIFIED, failure, true));
        }
        text.append("""

                ## Further words on copies

                `pin explain` and `pin events` show, besides these failures:

                | word | means |
                |---|---|
                | `absent` | the provider does not know the order; it is sent again |
                | `lost` | the provider had the copy and no longer knows it |
                | `unknown` | the provider answers but cannot say where the order stands |
                | `stuck` | in progress for longer than `reconcile.stuckAfter` |
                | `no-source` | nobody has given the bytes yet |
                | `not-served` | says pinned, and does not serve the blocks |
                | `wrong-bytes` | served bytes that do not have the hash |
                | `not-checkable` | offers no way to fetch from it, or has a gateway that ignores `format=`: counts as claimed only |

                ## The command line

                Exit 0: done. 1: the answer is no. 2: wrong usage or unreadable input. 3: the broker could not be reached; for
                `conformance run`, the run did not finish. With `--json` a failed client command prints `{"error":{"reason","details"}}` on stdout.
                """);
        return text.toString();
    }

    static void row(StringBuilder text, String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String meaning(ErrorKind kind) {
        return switch (kind) {
            case BAD_REQUEST -> "the request is malformed, or a value is out of bounds";
            case UNAUTHORIZED -> "no token, an unknown one, or a revoked one";
            case FORBIDDEN -> "the token lacks the scope";
            case NOT_FOUND -> "no such pin, provider, token or content here";
            case METHOD_NOT_ALLOWED -> "the path exists, not with this method";
            case NOT_ACCEPTABLE -> "the format asked for is not served";
            case CONFLICT -> "contradicts what is stored";
            case INSUFFICIENT_FUNDS -> "the token's pin quota is reached";
            case GONE -> "the operator denies this content";
            case PRECONDITION_FAILED -> "a condition in the headers does not hold";
            case PAYLOAD_TOO_LARGE -> "the body is over the limit";
            case UNSUPPORTED_MEDIA_TYPE -> "the body has another type than this path takes";
            case RANGE_NOT_SATISFIABLE -> "the range lies outside of the content";
            case UNPROCESSABLE_CONTENT -> "readable, but cannot be done as asked";
            case RATE_LIMITED -> "too many requests of this token, or too many readers of the gateway";
            case UNAVAILABLE_FOR_LEGAL_REASONS -> "the operator denies this content for legal reasons";
            case INTERNAL_SERVER_ERROR -> "a fault of the broker; its log says more";
            case NOT_IMPLEMENTED -> "known, but not in this version";
            case BAD_GATEWAY -> "a source or provider gave something unusable";
            case SERVICE_UNAVAILABLE -> "the database cannot be used just now";
            case GATEWAY_TIMEOUT -> "a source or provider was too slow";
            case INSUFFICIENT_STORAGE -> "the broker's disk is nearly full; reading goes on";
        };
    }

    private static String meaning(Failure failure) {
        return switch (failure) {
            case Failure.InvalidOrder f -> "the order itself is wrong";
            case Failure.Unauthorized f -> "the credentials are refused";
            case Failure.NotFound f -> "the thing does not exist there";
            case Failure.Unsupported f -> "the provider cannot do this";
            case Failure.QuotaExceeded f -> "the account's limit is reached";
            case Failure.RateLimited f -> "too many requests";
            case Failure.Unavailable f -> "not reachable, too slow or broken for now; without effect";
            case Failure.Rejected f -> "understood and refused";
            case Failure.ProtocolViolation f -> "the answer breaks the protocol";
            case Failure.OutcomeUnknown f -> "the request may have taken effect";
        };
    }
}
