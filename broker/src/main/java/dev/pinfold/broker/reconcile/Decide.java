package dev.pinfold.broker.reconcile;

import dev.pinfold.broker.replica.Change;
import dev.pinfold.broker.replica.Replica;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a replica's life, as arithmetic: which step comes next, and what is recorded after it. No I/O, no
 * clock; time comes in as a value. A reply that was lost is never answered by sending again before the provider was
 * observed for {@link Settings#unknownSettle()}.
 */
public final class Decide {
    private Decide() {}

    /**
     * The figures behind the rules.
     *
     * @param observeEvery first pause between looks at an order in progress
     * @param retryMin first pause after a failure; pauses double up to {@code retryMax}
     * @param maxAttempts failures in a row before the copy is given up here
     * @param unknownSettle how long an order whose reply was lost is observed before it is sent again
     * @param stuckAfter how long a provider may work on an order
     * @param auditEvery how often a verified copy is checked again
     * @param lostAfter failed checks in a row after which a copy is lost
     */
    public record Settings(
            Duration observeEvery,
            Duration retryMin,
            Duration retryMax,
            int maxAttempts,
            Duration unknownSettle,
            Duration stuckAfter,
            Duration auditEvery,
            int lostAfter) {}

    /** Which step a replica needs now. */
    public static Step next(Replica replica) {
        boolean known = replica.orderKey() != null;
        return switch (replica.state()) {
            case PLANNED -> replica.wanted() ? new Step.Send() : known ? new Step.Rest() : new Step.Forget();
            case ORDERED, ACCEPTED -> replica.wanted() ? new Step.Look() : new Step.Rest();
            case LOST -> replica.wanted() ? known ? new Step.Look() : new Step.StartOver() : new Step.Rest();
            case CLAIMED, VERIFIED -> replica.wanted() ? new Step.Check() : new Step.Rest();
            case FAILED -> replica.wanted() ? new Step.StartOver() : known ? new Step.Rest() : new Step.Forget();
            case RETIRING -> replica.wanted() ? new Step.Rest() : known ? new Step.LetGo() : new Step.Forget();
        };
    }

    /** What is recorded after a step; empty when the row is to be removed. */
    public static Optional<Change> after(Replica replica, Outcome outcome, Settings settings, Instant now) {
        if (replica.state() == ReplicaState.RETIRING) {
            return retiring(replica, outcome, settings, now);
        }
        return Optional.of(
                switch (outcome) {
                    case Outcome.Seen seen -> seen(replica, seen.sighting(), settings, now);
                    case Outcome.Broke broke -> broke(replica, broke.failure(), settings, now);
                    case Outcome.NoSource none -> noSource(replica, none.report(), settings);
                    case Outcome.Proven proven ->
                        Edit.of(replica)
                                .state(ReplicaState.VERIFIED)
                                .seen()
                                .evidence(proven.evidence())
                                .in(settings.auditEvery());
                    case Outcome.Disproven bad -> disproven(replica, bad, settings);
                    case Outcome.NotCheckable not ->
                        Edit.of(replica)
                                .state(ReplicaState.CLAIMED)
                                .failure("not-checkable", not.reason() + "; the copy counts as claimed only")
                                .in(settings.auditEvery());
                    case Outcome.Released released -> Edit.of(replica).in(settings.retryMin());
                });
    }

    /**
     * What is recorded after an order was sent.
     *
     * @param replica as it was before sending
     * @param orderKey the key the order was sent under
     */
    public static Change afterSend(Replica replica, String orderKey, Outcome outcome, Settings settings, Instant now) {
        Change change = after(replica.sent(orderKey), outcome, settings, now).orElseThrow();
        boolean unheard =
                outcome instanceof Outcome.Broke broke && !(broke.failure() instanceof Failure.OutcomeUnknown);
        return unheard && replica.orderKey() == null ? change.withoutOrder() : change;
    }

    /** Begins again after a failure. An order that was sent may be there, so it is looked for before it is sent again. */
    public static Change startOver(Replica replica) {
        ReplicaState from = replica.orderKey() == null ? ReplicaState.PLANNED : ReplicaState.ORDERED;
        return Edit.of(replica).state(from).in(Duration.ZERO);
    }

    private static Change seen(Replica replica, Sighting sighting, Settings settings, Instant now) {
        Edit edit = Edit.of(replica).sighting(sighting);
        return switch (sighting.observation()) {
            case Observation.Stored stored -> stored(replica, stored, edit, settings);
            case Observation.Queued queued -> inProgress(replica, "queued at the provider", edit, settings, now);
            case Observation.InProgress progress ->
                inProgress(replica, "in progress at the provider: " + progress.detail(), edit, settings, now);
            case Observation.Absent absent -> absent(replica, settings);
            case Observation.Unknown unknown -> unknown(replica, unknown.reason(), settings, now);
            case Observation.Failed failed ->
                edit.state(replica.seenAt() == null ? ReplicaState.FAILED : ReplicaState.LOST)
                        .failure(
                                label(failed.failure()),
                                "the provider gave up: " + failed.failure().detail())
                        .in(settings.retryMax());
        };
    }

    private static Change stored(Replica replica, Observation.Stored stored, Edit edit, Settings settings) {
        if (replica.state() == ReplicaState.VERIFIED) {
            return edit.seen().in(settings.auditEvery());
        }
        return edit.state(ReplicaState.CLAIMED)
                .failure(null, "the provider says: " + stored.evidence())
                .in(Duration.ZERO);
    }

    private static Change inProgress(Replica replica, String detail, Edit edit, Settings settings, Instant now) {
        boolean working = replica.state() == ReplicaState.ACCEPTED;
        if (working && Duration.between(replica.since(), now).compareTo(settings.stuckAfter()) > 0) {
            return edit.state(ReplicaState.FAILED)
                    .failure("stuck", detail + " for more than " + settings.stuckAfter() + "; placing it elsewhere")
                    .in(settings.retryMax());
        }
        int looks = working ? replica.looks() + 1 : 0;
        // Looks slow down while nothing changes, but stay frequent enough that a finished pin is soon seen.
        Duration pause =
                backoff(settings.observeEvery(), settings.observeEvery().multipliedBy(12), looks / 4);
        return edit.state(ReplicaState.ACCEPTED)
                .looks(looks)
                .failure(null, working ? null : detail)
                .in(pause);
    }

    private static Change absent(Replica replica, Settings settings) {
        return switch (replica.state()) {
            case CLAIMED, VERIFIED ->
                Edit.of(replica)
                        .state(ReplicaState.LOST)
                        .failure(
                                "lost",
                                "the provider no longer knows the order; it will be sent again or placed elsewhere")
                        .in(settings.retryMin());
            case PLANNED, ORDERED, ACCEPTED, LOST, FAILED, RETIRING ->
                Edit.of(replica)
                        .state(ReplicaState.PLANNED)
                        .upstream(null)
                        .failure("absent", "the provider does not know the order; sending it again")
                        .in(backoff(settings.retryMin(), settings.retryMax(), replica.attempts() - 1));
        };
    }

    private static Change unknown(Replica replica, String reason, Settings settings, Instant now) {
        // What was counted before sending were no looks at this order.
        int looks = replica.state() == ReplicaState.PLANNED ? 0 : replica.looks() + 1;
        boolean settled = looks >= 3 && Duration.between(replica.since(), now).compareTo(settings.unknownSettle()) >= 0;
        if (replica.state() == ReplicaState.ORDERED && settled) {
            return Edit.of(replica)
                    .state(ReplicaState.PLANNED)
                    .failure("absent", "not seen at the provider in " + looks + " looks; sending it again")
                    .in(Duration.ZERO);
        }
        Duration cap = replica.state() == ReplicaState.ORDERED
                ? settings.unknownSettle().dividedBy(2)
                : settings.retryMax();
        return Edit.of(replica)
                .state(replica.state() == ReplicaState.PLANNED ? ReplicaState.ORDERED : replica.state())
                .looks(looks)
                .failure("unknown", reason)
                .in(backoff(settings.retryMin(), cap, looks - 1));
    }

    private static Change broke(Replica replica, Failure failure, Settings settings, Instant now) {
        return switch (failure) {
            case Failure.OutcomeUnknown unknown ->
                Edit.of(replica)
                        .state(replica.state() == ReplicaState.PLANNED ? ReplicaState.ORDERED : replica.state())
                        .failure(label(failure), failure.detail() + "; looking whether it arrived")
                        .in(settings.retryMin());
            case Failure.NotFound missing -> absent(replica, settings);
            case Failure.RateLimited limited -> {
                Duration after = limited.retryAfter();
                yield Edit.of(replica)
                        .failure(label(failure), failure.detail())
                        .in(after == null ? backoff(settings.retryMin(), settings.retryMax(), replica.looks()) : after);
            }
            case Failure.Unavailable away -> away(replica, failure, settings, now);
            case Failure.ProtocolViolation broken -> away(replica, failure, settings, now);
            case Failure.InvalidOrder refused -> refused(replica, failure, settings);
            case Failure.Unauthorized refused -> refused(replica, failure, settings);
            case Failure.Unsupported refused -> refused(replica, failure, settings);
            case Failure.QuotaExceeded refused -> refused(replica, failure, settings);
            case Failure.Rejected refused -> refused(replica, failure, settings);
        };
    }

    /** A provider that does not answer. While it may hold an order, a failed look is no look: settling begins again. */
    private static Change away(Replica replica, Failure failure, Settings settings, Instant now) {
        if (replica.state() != ReplicaState.ORDERED) {
            return later(replica, failure, settings);
        }
        Duration waited = Duration.between(replica.since(), now);
        boolean tooLong = waited.compareTo(settings.unknownSettle().multipliedBy(2)) >= 0;
        return Edit.of(replica)
                .state(tooLong ? ReplicaState.FAILED : ReplicaState.ORDERED)
                .failure(label(failure), failure.detail())
                .in(asLongAgain(waited, settings));
    }

    /** A pause as long as was waited already, within the bounds of all pauses. */
    private static Duration asLongAgain(Duration waited, Settings settings) {
        Duration least = settings.retryMin();
        Duration most = settings.retryMax();
        return waited.compareTo(least) < 0 ? least : waited.compareTo(most) > 0 ? most : waited;
    }

    /** A failure that has no effect at the provider and may pass by itself. */
    private static Change later(Replica replica, Failure failure, Settings settings) {
        int looks = replica.looks() + 1;
        boolean held = replica.state() == ReplicaState.CLAIMED || replica.state() == ReplicaState.VERIFIED;
        int patience = held ? settings.lostAfter() : settings.maxAttempts();
        if (looks < patience || replica.state() == ReplicaState.LOST) {
            return Edit.of(replica)
                    .looks(looks)
                    .failure(label(failure), failure.detail())
                    .in(backoff(settings.retryMin(), settings.retryMax(), looks - 1));
        }
        return Edit.of(replica)
                .state(held ? ReplicaState.LOST : ReplicaState.FAILED)
                .failure(label(failure), looks + " times in a row: " + failure.detail())
                .in(backoff(settings.retryMin(), settings.retryMax(), looks));
    }

    private static Change refused(Replica replica, Failure failure, Settings settings) {
        boolean held = replica.seenAt() != null;
        if (held && replica.looks() + 1 < settings.lostAfter()) {
            return later(replica, failure, settings);
        }
        return Edit.of(replica)
                .state(held ? ReplicaState.LOST : ReplicaState.FAILED)
                .failure(label(failure), failure.detail())
                .in(settings.retryMax());
    }

    private static Change noSource(Replica replica, String report, Settings settings) {
        int looks = replica.looks() + 1;
        return Edit.of(replica)
                .looks(looks)
                .failure("no-source", "no source has the content yet: " + report)
                .in(backoff(settings.retryMin(), settings.retryMax(), looks - 1));
    }

    private static Change disproven(Replica replica, Outcome.Disproven bad, Settings settings) {
        int looks = replica.looks() + 1;
        if (bad.wrongBytes() || looks >= settings.lostAfter()) {
            return Edit.of(replica)
                    .state(ReplicaState.LOST)
                    .failure(bad.wrongBytes() ? "wrong-bytes" : "not-served", bad.evidence())
                    .evidence(bad.evidence())
                    .in(settings.retryMax());
        }
        return Edit.of(replica)
                .looks(looks)
                .failure("not-served", "says pinned, but " + bad.evidence())
                .evidence(bad.evidence())
                .in(backoff(settings.retryMin(), settings.retryMax(), looks - 1));
    }

    private static Optional<Change> retiring(Replica replica, Outcome outcome, Settings settings, Instant now) {
        int looks = replica.looks() + 1;
        Edit again = Edit.of(replica).looks(looks);
        Duration pause = backoff(settings.retryMin(), settings.retryMax(), looks - 1);
        return switch (outcome) {
            case Outcome.Released released -> Optional.empty();
            case Outcome.Seen seen when seen.sighting().observation() instanceof Observation.Absent -> Optional.empty();
            case Outcome.Seen seen -> {
                // Not found by its key: gone once nothing has appeared for the time a lost order may take.
                boolean settled =
                        looks >= 3 && Duration.between(replica.since(), now).compareTo(settings.unknownSettle()) >= 0;
                Duration cap = settings.unknownSettle().dividedBy(2);
                yield settled ? Optional.empty() : Optional.of(again.in(backoff(settings.retryMin(), cap, looks - 1)));
            }
            case Outcome.Broke broke -> notLetGo(replica, broke.failure(), settings);
            case Outcome.NoSource none -> Optional.of(again.in(pause));
            case Outcome.Proven proven -> Optional.of(again.in(pause));
            case Outcome.Disproven bad -> Optional.of(again.in(pause));
            case Outcome.NotCheckable not -> Optional.of(again.in(pause));
        };
    }

    private static Optional<Change> notLetGo(Replica replica, Failure failure, Settings settings) {
        // An order without an id is searched for; a search that failed says nothing, so the looks begin again.
        boolean searching = replica.upstreamId() == null;
        int looks = searching ? 0 : replica.looks() + 1;
        Duration pause = searching
                ? backoff(settings.retryMin(), settings.unknownSettle(), 2)
                : backoff(settings.retryMin(), settings.retryMax(), replica.looks());
        Change again = Edit.of(replica)
                .looks(looks)
                .failure(label(failure), failure.detail())
                .in(pause);
        return switch (failure) {
            case Failure.NotFound gone -> Optional.empty();
            case Failure.Unsupported cannot -> Optional.empty();
            case Failure.RateLimited limited -> Optional.of(again.after(limited.retryAfter()));
            case Failure.InvalidOrder f -> Optional.of(again);
            case Failure.Unauthorized f -> Optional.of(again);
            case Failure.QuotaExceeded f -> Optional.of(again);
            case Failure.Unavailable f -> Optional.of(again);
            case Failure.Rejected f -> Optional.of(again);
            case Failure.ProtocolViolation f -> Optional.of(again);
            case Failure.OutcomeUnknown f -> Optional.of(again);
        };
    }

    /** A pause that doubles with every failure, up to a cap. */
    static Duration backoff(Duration min, Duration max, int failures) {
        long millis = min.toMillis() << Math.clamp(failures, 0, 30);
        return millis <= 0 || millis > max.toMillis() ? max : Duration.ofMillis(millis);
    }

    /** The closed word of a failure, for rows, events and metrics. */
    static String label(Failure failure) {
        return switch (failure) {
            case Failure.InvalidOrder f -> "invalid-order";
            case Failure.Unauthorized f -> "unauthorized";
            case Failure.NotFound f -> "not-found";
            case Failure.Unsupported f -> "unsupported";
            case Failure.QuotaExceeded f -> "quota-exceeded";
            case Failure.RateLimited f -> "rate-limited";
            case Failure.Unavailable f -> "unavailable";
            case Failure.Rejected f -> "rejected";
            case Failure.ProtocolViolation f -> "protocol-violation";
            case Failure.OutcomeUnknown f -> "outcome-unknown";
        };
    }

    /** Builds a {@link Change} from what is; everything not said stays, except failure and detail, which are fresh. */
    private static final class Edit {
        private final Replica old;
        private ReplicaState state;
        private @Nullable String upstreamId;
        private java.util.@Nullable List<String> delegates;
        private int looks;
        private boolean seen;
        private @Nullable String failure;
        private @Nullable String detail;
        private @Nullable String evidence;

        private Edit(Replica old) {
            this.old = old;
            this.state = old.state();
            this.upstreamId = old.upstreamId();
        }

        static Edit of(Replica replica) {
            return new Edit(replica);
        }

        Edit state(ReplicaState to) {
            state = to;
            return this;
        }

        Edit upstream(@Nullable String id) {
            upstreamId = id;
            return this;
        }

        Edit sighting(Sighting sighting) {
            if (sighting.upstreamId() != null) {
                upstreamId = sighting.upstreamId();
            }
            delegates = sighting.delegates().isEmpty() ? null : sighting.delegates();
            return this;
        }

        Edit looks(int count) {
            looks = count;
            return this;
        }

        Edit seen() {
            seen = true;
            return this;
        }

        Edit failure(@Nullable String word, @Nullable String text) {
            failure = word;
            detail = text;
            return this;
        }

        Edit evidence(String text) {
            evidence = text;
            return this;
        }

        Change in(Duration pause) {
            return new Change(
                    state,
                    old.orderKey(),
                    upstreamId,
                    delegates,
                    old.attempts(),
                    looks,
                    seen,
                    failure,
                    detail,
                    evidence,
                    pause);
        }
    }
}
