package dev.pinfold.broker.replica;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be recorded of a replica after a step.
 *
 * @param state the state it is in now
 * @param orderKey see {@link Replica}
 * @param upstreamId see {@link Replica}
 * @param delegates addresses the provider named; null leaves what is known
 * @param attempts see {@link Replica}
 * @param looks see {@link Replica}
 * @param seen whether the provider confirmed the copy just now
 * @param failure the closed word for what went wrong; null when nothing did
 * @param detail one line for people: what happened and what comes next
 * @param evidence what a verification found; null leaves what is known
 * @param next when to look again
 */
public record Change(
        ReplicaState state,
        @Nullable String orderKey,
        @Nullable String upstreamId,
        @Nullable List<String> delegates,
        int attempts,
        int looks,
        boolean seen,
        @Nullable String failure,
        @Nullable String detail,
        @Nullable String evidence,
        Duration next) {
    /** The same for an order that certainly never reached the provider. */
    public Change withoutOrder() {
        return new Change(state, null, null, delegates, 0, looks, seen, failure, detail, evidence, next);
    }

    /** The same with another pause; null leaves it. */
    public Change after(@Nullable Duration pause) {
        return new Change(
                state,
                orderKey,
                upstreamId,
                delegates,
                attempts,
                looks,
                seen,
                failure,
                detail,
                evidence,
                pause == null ? next : pause);
    }
}
