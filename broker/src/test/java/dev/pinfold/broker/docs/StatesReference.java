package dev.pinfold.broker.docs;

import dev.pinfold.broker.reconcile.Decide;
import dev.pinfold.broker.reconcile.Outcome;
import dev.pinfold.broker.reconcile.Step;
import dev.pinfold.broker.replica.Change;
import dev.pinfold.broker.replica.Replica;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes {@code docs/states.md}: asks {@link Decide} for every state and every outcome. */
final class StatesReference {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final int PATIENCE = 3;
    private static final Decide.Settings SETTINGS = new Decide.Settings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            PATIENCE,
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofHours(6),
            PATIENCE);

    private StatesReference() {}

    /** What may come of a step, in the words of the document, and for how long things went on like that. */
    private record Case(String words, Outcome outcome, boolean late) {}

    static String markdown() {
        StringBuilder text = new StringBuilder("""
                # States of a replica

                Made from the code by `ReferenceTest`, which asks [`Decide`](../broker/src/main/java/dev/pinfold/broker/reconcile/Decide.java)
                for every state and every outcome; do not edit.

                A replica is one content at one provider. A pin's state is computed from its replicas by
                [`Projection`](../broker/src/main/java/dev/pinfold/broker/replica/Projection.java) and is never stored as a fact of its own.

                ## What is done next

                | state | wanted by a pin | wanted by none, order known | wanted by none, never ordered |
                |---|---|---|---|
                """);
        for (ReplicaState state : ReplicaState.values()) {
            ErrorsReference.row(
                    text,
                    "`" + state.word() + "`",
                    words(state, true, true),
                    words(state, false, true),
                    words(state, false, false));
        }
        text.append("""

                A replica that no pin wants any more is made `retiring` by
                [`PlacementStore`](../broker/src/main/java/dev/pinfold/broker/store/PlacementStore.java) and rests until the grace period has passed;
                one that is wanted again becomes `planned`.

                ## What is recorded then

                """);
        text.append(
                "`=`: the state stays; empty: does not come up. \"At last\" is after `reconcile.maxAttempts`, `lostAfter`, `unknownSettle` or `stuckAfter`.\n\n");
        List<ReplicaState> columns = List.of(
                ReplicaState.PLANNED,
                ReplicaState.ORDERED,
                ReplicaState.ACCEPTED,
                ReplicaState.CLAIMED,
                ReplicaState.VERIFIED,
                ReplicaState.LOST,
                ReplicaState.RETIRING);
        ErrorsReference.row(
                text, "outcome", columns.stream().map(s -> "`" + s.word() + "`").collect(Collectors.joining(" | ")));
        text.append("|---".repeat(columns.size() + 1)).append("|\n");
        Map<ReplicaState, Set<String>> moves = new LinkedHashMap<>();
        for (Case each : cases()) {
            List<String> cells = new ArrayList<>();
            for (ReplicaState from : columns) {
                String to = to(from, each);
                cells.add(to);
                if (!to.equals("=") && !to.isEmpty()) {
                    moves.computeIfAbsent(from, s -> new TreeSet<>()).add(to.equals("removed") ? "[*]" : to);
                }
            }
            ErrorsReference.row(text, each.words(), String.join(" | ", cells));
        }
        moves.computeIfAbsent(ReplicaState.FAILED, s -> new LinkedHashSet<>())
                .add(Decide.startOver(replica(ReplicaState.FAILED, true, true, false))
                        .state()
                        .word());
        text.append(
                "\n`failed`, when it is still wanted, begins again as `planned`.\n\n## Drawn\n\n```mermaid\nstateDiagram-v2\n");
        text.append("    [*] --> planned\n");
        moves.forEach((from, all) -> all.forEach(to -> text.append("    ")
                .append(from.word())
                .append(" --> ")
                .append(to)
                .append('\n')));
        return text.append("```\n").append(DealStates.markdown()).toString();
    }

    private static String words(ReplicaState state, boolean wanted, boolean known) {
        return switch (Decide.next(replica(state, wanted, known, false))) {
            case Step.Send s -> "order it";
            case Step.Look s -> "look at the order";
            case Step.Check s -> "fetch blocks and hash them";
            case Step.LetGo s -> "release it at the provider";
            case Step.Forget s -> "remove the row";
            case Step.StartOver s -> "begin again";
            case Step.Rest s -> "rest";
        };
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        both(cases, "queued or in progress at the provider", seen(new Observation.InProgress("")));
        cases.add(new Case("the provider says that it holds it", seen(new Observation.Stored("x")), false));
        cases.add(new Case("the provider does not know the order", seen(new Observation.Absent()), false));
        both(cases, "the provider cannot say", seen(new Observation.Unknown("x")));
        cases.add(new Case("the provider gave up", seen(new Observation.Failed(new Failure.Rejected("x"))), false));
        cases.add(new Case("blocks fetched, hashes right", new Outcome.Proven("x"), false));
        both(cases, "blocks not served", new Outcome.Disproven(false, "x"));
        cases.add(new Case("wrong bytes served", new Outcome.Disproven(true, "x"), false));
        cases.add(new Case("cannot be fetched from", new Outcome.NotCheckable("x"), false));
        both(cases, "no source has the bytes", new Outcome.NoSource("x"));
        for (Failure failure : Failures.all()) {
            String label = "`"
                    + dev.pinfold.broker.provider.FailureTreatment.of(failure).label() + "`";
            both(cases, label, new Outcome.Broke(failure));
        }
        cases.add(new Case("released", new Outcome.Released(), false));
        return cases;
    }

    private static Outcome seen(Observation observation) {
        return new Outcome.Seen(Sighting.of(observation, "id"));
    }

    /** Adds a case, and the same case at last where that makes a difference. */
    private static void both(List<Case> cases, String words, Outcome outcome) {
        Case first = new Case(words, outcome, false);
        Case last = new Case(words + ", at last", outcome, true);
        cases.add(first);
        for (ReplicaState state : ReplicaState.values()) {
            if (!to(state, first).equals(to(state, last))) {
                cases.add(last);
                return;
            }
        }
    }

    /** The state that a failure leads to; at last: after it lasted for longer than patience. */
    static String after(ReplicaState from, Failure failure, boolean atLast) {
        String to = to(from, new Case("", new Outcome.Broke(failure), atLast));
        return "`" + (to.equals("=") ? from.word() : to) + "`";
    }

    private static String to(ReplicaState from, Case each) {
        Replica replica = replica(from, from != ReplicaState.RETIRING, true, each.late());
        if (!comesUp(replica, each.outcome())) {
            return "";
        }
        Optional<Change> change =
                Decide.next(replica) instanceof Step.Send && !(each.outcome() instanceof Outcome.NoSource)
                        ? Optional.of(Decide.afterSend(replica, "key", each.outcome(), SETTINGS, NOW))
                        : Decide.after(replica, each.outcome(), SETTINGS, NOW);
        String to = change.map(c -> c.state().word()).orElse("removed");
        return to.equals(from.word()) ? "=" : to;
    }

    /** Whether the step that this replica needs can end like that: see {@code Steps}. */
    private static boolean comesUp(Replica replica, Outcome outcome) {
        Step step = Decide.next(replica);
        return switch (outcome) {
            case Outcome.Broke broke -> !(step instanceof Step.StartOver);
            case Outcome.Seen seen ->
                switch (seen.sighting().observation()) {
                    case Observation.Stored stored -> step instanceof Step.Send || step instanceof Step.Look;
                    case Observation.Unknown unknown -> !(step instanceof Step.Check);
                    case Observation.Absent absent -> true;
                    // What is found is let go of; what is not found is looked for again.
                    case Observation.Queued queued -> !(step instanceof Step.LetGo);
                    case Observation.InProgress progress -> !(step instanceof Step.LetGo);
                    case Observation.Failed failed -> !(step instanceof Step.LetGo);
                };
            case Outcome.NoSource none -> step instanceof Step.Send;
            case Outcome.Proven proven -> step instanceof Step.Check;
            case Outcome.Disproven bad -> step instanceof Step.Check;
            case Outcome.NotCheckable not -> step instanceof Step.Check;
            case Outcome.Released released -> step instanceof Step.LetGo;
        };
    }

    /** A replica; one that was once seen is what {@code claimed} and later states mean. */
    private static Replica replica(ReplicaState state, boolean wanted, boolean known, boolean late) {
        boolean held = state == ReplicaState.CLAIMED || state == ReplicaState.VERIFIED || state == ReplicaState.LOST;
        @Nullable Instant seenAt = held ? NOW : null;
        return new Replica(
                1,
                Cid.of(Codec.RAW, new byte[0]),
                "provider",
                state,
                1,
                known ? "key" : null,
                known ? "id" : null,
                1,
                late ? 10 : 0,
                late ? NOW.minus(Duration.ofDays(1)) : NOW,
                seenAt,
                wanted,
                List.of());
    }
}
