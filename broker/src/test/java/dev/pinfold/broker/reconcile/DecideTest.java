package dev.pinfold.broker.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.replica.Change;
import dev.pinfold.broker.replica.Replica;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every state of a copy times every way a step can end, as one table; then the rules that hold along whole lives. */
class DecideTest {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final Cid CID = Cid.parse("bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    static final Decide.Settings SETTINGS = new Decide.Settings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            8,
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofHours(6),
            3);

    /** All ways a step can end, by name. */
    static Map<String, Outcome> outcomes() {
        Map<String, Outcome> all = new LinkedHashMap<>();
        all.put("seen absent", seen(new Observation.Absent()));
        all.put("seen queued", seen(new Observation.Queued()));
        all.put("seen in-progress", seen(new Observation.InProgress("pinning")));
        all.put("seen stored", seen(new Observation.Stored("pinned")));
        all.put("seen failed", seen(new Observation.Failed(new Failure.Rejected("no"))));
        all.put("seen unknown", seen(new Observation.Unknown("not listed")));
        all.put("invalid-order", new Outcome.Broke(new Failure.InvalidOrder("bad")));
        all.put("unauthorized", new Outcome.Broke(new Failure.Unauthorized("token")));
        all.put("not-found", new Outcome.Broke(new Failure.NotFound("404")));
        all.put("unsupported", new Outcome.Broke(new Failure.Unsupported(Capability.UNPIN)));
        all.put("quota-exceeded", new Outcome.Broke(new Failure.QuotaExceeded("full")));
        all.put("rate-limited 7s", new Outcome.Broke(new Failure.RateLimited(Duration.ofSeconds(7), "429")));
        all.put("rate-limited", new Outcome.Broke(new Failure.RateLimited(null, "429")));
        all.put("unavailable", new Outcome.Broke(new Failure.Unavailable("503")));
        all.put("rejected", new Outcome.Broke(new Failure.Rejected("no")));
        all.put("protocol-violation", new Outcome.Broke(new Failure.ProtocolViolation("html")));
        all.put("outcome-unknown", new Outcome.Broke(new Failure.OutcomeUnknown("key", "reset")));
        all.put("no source", new Outcome.NoSource("nobody"));
        all.put("proven", new Outcome.Proven("5 blocks"));
        all.put("serves nothing", new Outcome.Disproven(false, "404"));
        all.put("wrong bytes", new Outcome.Disproven(true, "hash"));
        all.put("not checkable", new Outcome.NotCheckable("no gateway"));
        all.put("released", new Outcome.Released());
        return all;
    }

    private static Outcome seen(Observation observation) {
        return new Outcome.Seen(Sighting.of(observation, "id"));
    }

    static Replica replica(ReplicaState state, int attempts, int looks, Duration age, @Nullable String key) {
        boolean wasThere = state == ReplicaState.VERIFIED || state == ReplicaState.LOST;
        return new Replica(
                1,
                CID,
                "alpha",
                state,
                1,
                key,
                key == null ? null : "id",
                attempts,
                looks,
                NOW.minus(age),
                wasThere ? NOW.minus(age) : null,
                state != ReplicaState.RETIRING,
                List.of());
    }

    private static String cell(Optional<Change> change) {
        return change.map(c -> c.state().word() + " " + short_(c.next())).orElse("gone");
    }

    private static String short_(Duration pause) {
        return pause.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }

    /** Copies that were ordered once, ten seconds ago, and have not been looked at since. */
    @Test
    void every_state_and_every_outcome_lead_where_the_table_says() {
        String expected = """
                                   | planned     | ordered     | accepted    | claimed     | verified    | lost        | failed      | retiring
                seen absent        | planned 1s  | planned 1s  | planned 1s  | lost 1s     | lost 1s     | planned 1s  | planned 1s  | gone
                seen queued        | accepted 5s | accepted 5s | accepted 5s | accepted 5s | accepted 5s | accepted 5s | accepted 5s | retiring 1s
                seen in-progress   | accepted 5s | accepted 5s | accepted 5s | accepted 5s | accepted 5s | accepted 5s | accepted 5s | retiring 1s
                seen stored        | claimed 0s  | claimed 0s  | claimed 0s  | claimed 0s  | verified 6h | claimed 0s  | claimed 0s  | retiring 1s
                seen failed        | failed 10m  | failed 10m  | failed 10m  | failed 10m  | lost 10m    | lost 10m    | failed 10m  | retiring 1s
                seen unknown       | ordered 1s  | ordered 1s  | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | retiring 1s
                invalid-order      | failed 10m  | failed 10m  | failed 10m  | failed 10m  | verified 1s | lost 1s     | failed 10m  | retiring 1s
                unauthorized       | failed 10m  | failed 10m  | failed 10m  | failed 10m  | verified 1s | lost 1s     | failed 10m  | retiring 1s
                not-found          | planned 1s  | planned 1s  | planned 1s  | lost 1s     | lost 1s     | planned 1s  | planned 1s  | gone
                unsupported        | failed 10m  | failed 10m  | failed 10m  | failed 10m  | verified 1s | lost 1s     | failed 10m  | gone
                quota-exceeded     | failed 10m  | failed 10m  | failed 10m  | failed 10m  | verified 1s | lost 1s     | failed 10m  | retiring 1s
                rate-limited 7s    | planned 7s  | ordered 7s  | accepted 7s | claimed 7s  | verified 7s | lost 7s     | failed 7s   | retiring 7s
                rate-limited       | planned 1s  | ordered 1s  | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | retiring 1s
                unavailable        | planned 1s  | ordered 10s | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | retiring 1s
                rejected           | failed 10m  | failed 10m  | failed 10m  | failed 10m  | verified 1s | lost 1s     | failed 10m  | retiring 1s
                protocol-violation | planned 1s  | ordered 10s | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | retiring 1s
                outcome-unknown    | ordered 1s  | ordered 1s  | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | retiring 1s
                no source          | planned 1s  | ordered 1s  | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | retiring 1s
                proven             | verified 6h | verified 6h | verified 6h | verified 6h | verified 6h | verified 6h | verified 6h | retiring 1s
                serves nothing     | planned 1s  | ordered 1s  | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | retiring 1s
                wrong bytes        | lost 10m    | lost 10m    | lost 10m    | lost 10m    | lost 10m    | lost 10m    | lost 10m    | retiring 1s
                not checkable      | claimed 6h  | claimed 6h  | claimed 6h  | claimed 6h  | claimed 6h  | claimed 6h  | claimed 6h  | retiring 1s
                released           | planned 1s  | ordered 1s  | accepted 1s | claimed 1s  | verified 1s | lost 1s     | failed 1s   | gone
                """;
        List<String> rows = expected.lines().skip(1).toList();
        assertThat(rows).hasSize(outcomes().size());
        for (String row : rows) {
            String[] cells = row.split("\\|", -1);
            Outcome outcome = Objects.requireNonNull(outcomes().get(cells[0].strip()), cells[0]);
            int column = 0;
            for (ReplicaState state : ReplicaState.values()) {
                Replica before = replica(state, 1, 0, Duration.ofSeconds(10), "key");
                assertThat(cell(Decide.after(before, outcome, SETTINGS, NOW)))
                        .as("%s, %s", state, cells[0].strip())
                        .isEqualTo(cells[++column].strip());
            }
        }
    }

    @Test
    void a_call_that_surely_had_no_effect_leaves_no_order_behind() {
        for (Outcome outcome : outcomes().values()) {
            if (outcome instanceof Outcome.Broke broke) {
                Replica before = replica(ReplicaState.PLANNED, 0, 0, Duration.ZERO, null);
                Change change = Decide.afterSend(before, "new", outcome, SETTINGS, NOW);
                boolean unsure = broke.failure() instanceof Failure.OutcomeUnknown;
                assertThat(change.orderKey()).as("%s", broke).isEqualTo(unsure ? "new" : null);
                assertThat(change.attempts()).as("%s", broke).isEqualTo(unsure ? 1 : 0);
            }
        }
    }

    @Test
    void an_order_that_may_be_there_is_never_forgotten_by_a_later_refusal() {
        Replica again = replica(ReplicaState.PLANNED, 1, 0, Duration.ZERO, "key");
        Change change = Decide.afterSend(again, "key", new Outcome.Broke(new Failure.Rejected("no")), SETTINGS, NOW);
        assertThat(change.orderKey()).isEqualTo("key");
        assertThat(change.state()).isEqualTo(ReplicaState.FAILED);
    }

    @Test
    void starting_over_looks_for_an_order_that_was_sent_before_sending_it_again() {
        Replica stuck = replica(ReplicaState.FAILED, 1, 0, Duration.ofHours(1), "key");
        assertThat(Decide.next(stuck)).isEqualTo(new Step.StartOver());
        assertThat(Decide.startOver(stuck).state()).isEqualTo(ReplicaState.ORDERED);
        Replica refused = replica(ReplicaState.FAILED, 0, 0, Duration.ofHours(1), null);
        assertThat(Decide.startOver(refused).state()).isEqualTo(ReplicaState.PLANNED);
    }

    @Test
    void looks_that_failed_do_not_count_as_looks_at_an_order() {
        Outcome away = outcomes().get("unavailable");
        Outcome unlisted = outcomes().get("seen unknown");
        Replica settled = replica(ReplicaState.ORDERED, 1, 2, Duration.ofSeconds(90), "key");
        assertThat(state(settled, unlisted)).isEqualTo(ReplicaState.PLANNED);
        assertThat(Decide.after(settled, Objects.requireNonNull(away), SETTINGS, NOW)
                        .orElseThrow()
                        .looks())
                .isZero();
    }

    @Test
    void an_order_that_cannot_be_looked_at_for_long_is_placed_elsewhere_and_not_sent_again() {
        Replica old = replica(ReplicaState.ORDERED, 1, 0, Duration.ofMinutes(3), "key");
        assertThat(state(old, outcomes().get("unavailable"))).isEqualTo(ReplicaState.FAILED);
        Replica failed = replica(ReplicaState.FAILED, 1, 0, Duration.ZERO, "key");
        assertThat(Decide.startOver(failed).state()).isEqualTo(ReplicaState.ORDERED);
    }

    @Test
    void a_provider_that_works_on_an_order_for_too_long_is_given_up() {
        Replica old = replica(ReplicaState.ACCEPTED, 1, 40, Duration.ofMinutes(61), "key");
        assertThat(state(old, outcomes().get("seen in-progress"))).isEqualTo(ReplicaState.FAILED);
        assertThat(state(old, outcomes().get("seen stored"))).isEqualTo(ReplicaState.CLAIMED);
    }

    @Test
    void a_copy_is_lost_after_so_many_failed_checks_in_a_row() {
        for (String failed : List.of("serves nothing", "unavailable", "unauthorized")) {
            Outcome outcome = outcomes().get(failed);
            assertThat(state(replica(ReplicaState.VERIFIED, 1, 1, Duration.ZERO, "key"), outcome))
                    .as(failed)
                    .isEqualTo(ReplicaState.VERIFIED);
            assertThat(state(replica(ReplicaState.VERIFIED, 1, 2, Duration.ZERO, "key"), outcome))
                    .as(failed)
                    .isEqualTo(ReplicaState.LOST);
        }
    }

    @Test
    void a_copy_nobody_wants_is_forgotten_only_after_it_was_looked_for_long_enough() {
        Outcome unlisted = outcomes().get("seen unknown");
        assertThat(after(replica(ReplicaState.RETIRING, 1, 1, Duration.ofHours(1), "key"), unlisted))
                .isPresent();
        assertThat(after(replica(ReplicaState.RETIRING, 1, 2, Duration.ofSeconds(59), "key"), unlisted))
                .isPresent();
        assertThat(after(replica(ReplicaState.RETIRING, 1, 2, Duration.ofSeconds(60), "key"), unlisted))
                .isEmpty();
    }

    @Property(tries = 1000)
    void a_lost_reply_is_never_answered_by_sending_before_it_was_looked_for(
            @ForAll @IntRange(max = 20) int looks,
            @ForAll @LongRange(max = 600) long age,
            @ForAll("outcome") Outcome outcome) {
        Replica ordered = replica(ReplicaState.ORDERED, 1, looks, Duration.ofSeconds(age), "key");
        boolean toldAbsent = outcome.equals(outcomes().get("seen absent"))
                || outcome.equals(outcomes().get("not-found"));
        if (state(ordered, outcome) == ReplicaState.PLANNED && !toldAbsent) {
            assertThat(age).isGreaterThanOrEqualTo(SETTINGS.unknownSettle().toSeconds());
            assertThat(looks + 1).isGreaterThanOrEqualTo(3);
            assertThat(outcome).isInstanceOf(Outcome.Seen.class);
        }
    }

    @Property(tries = 1000)
    void a_copy_becomes_verified_only_by_proof(
            @ForAll ReplicaState state,
            @ForAll @IntRange(max = 20) int looks,
            @ForAll("outcome") Outcome outcome,
            @ForAll boolean known) {
        Optional<Change> change =
                after(replica(state, 1, looks, Duration.ofSeconds(90), known ? "key" : null), outcome);
        if (state != ReplicaState.VERIFIED
                && change.map(Change::state)
                        .filter(s -> s == ReplicaState.VERIFIED)
                        .isPresent()) {
            assertThat(outcome).isInstanceOf(Outcome.Proven.class);
        }
    }

    @Property(tries = 1000)
    void an_order_key_is_kept_and_every_pause_is_bounded(
            @ForAll ReplicaState state, @ForAll @IntRange(max = 1000) int looks, @ForAll("outcome") Outcome outcome) {
        after(replica(state, 1, looks, Duration.ofSeconds(90), "key"), outcome).ifPresent(change -> {
            assertThat(change.orderKey()).isEqualTo("key");
            assertThat(change.next()).isBetween(Duration.ZERO, SETTINGS.auditEvery());
        });
    }

    @Property(tries = 500)
    void a_copy_nobody_wants_stays_with_us_until_it_is_certainly_gone(
            @ForAll @IntRange(max = 1) int looks, @ForAll("outcome") Outcome outcome) {
        Replica retiring = replica(ReplicaState.RETIRING, 1, looks, Duration.ofHours(1), "key");
        if (after(retiring, outcome).isEmpty()) {
            assertThat(outcome)
                    .isIn(
                            outcomes().get("released"),
                            outcomes().get("seen absent"),
                            outcomes().get("not-found"),
                            outcomes().get("unsupported"));
        }
    }

    @Property(tries = 300)
    void what_is_wanted_is_worked_on_and_what_is_not_is_never_sent(
            @ForAll ReplicaState state, @ForAll boolean wanted, @ForAll boolean known) {
        Replica some =
                new Replica(1, CID, "alpha", state, 1, known ? "key" : null, null, 1, 0, NOW, null, wanted, List.of());
        Step step = Decide.next(some);
        if (!wanted) {
            assertThat(step).isNotInstanceOfAny(Step.Send.class, Step.StartOver.class);
        }
        if (wanted) {
            assertThat(step).isNotInstanceOfAny(Step.LetGo.class, Step.Forget.class);
        }
        if (step instanceof Step.Forget) {
            assertThat(known).isFalse();
        }
    }

    @Provide
    Arbitrary<Outcome> outcome() {
        return Arbitraries.of(outcomes().values());
    }

    private static Optional<Change> after(Replica replica, @Nullable Outcome outcome) {
        return Decide.after(replica, Objects.requireNonNull(outcome), SETTINGS, NOW);
    }

    private static ReplicaState state(Replica replica, @Nullable Outcome outcome) {
        return after(replica, outcome).orElseThrow().state();
    }
}
