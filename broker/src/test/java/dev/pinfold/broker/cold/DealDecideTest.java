package dev.pinfold.broker.cold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.cold.DealDecide.Decision;
import dev.pinfold.broker.cold.DealDecide.Rules;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import dev.pinfold.spi.deal.Preparation;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of a deal's life: every state against everything that can be seen, and lives with a kill between any two steps. */
class DealDecideTest {
    private static final Rules RULES =
            new Rules(Duration.ofSeconds(1), Duration.ofMinutes(1), 100, 50, 500, 24, true, 300, 3);
    private static final Epoch START = new Epoch(1_000);
    private static final Epoch END = new Epoch(3_000);
    private static final Epoch EARLY = new Epoch(10);
    private static final DealIds NAMED = DealIds.NONE.withProposal("bafyproposal");

    private static final List<DealObservation> SIGHTS = List.of(
            new DealObservation.Absent(),
            new DealObservation.Proposed("p"),
            new DealObservation.Accepted("a"),
            new DealObservation.Transferring(OptionalLong.of(7), "t"),
            new DealObservation.Published(OptionalLong.empty(), "p"),
            new DealObservation.Published(OptionalLong.of(5), "p"),
            new DealObservation.Active(OptionalLong.of(5), START, END, OptionalLong.of(9), Proof.CHAIN),
            new DealObservation.Slashed(new Epoch(2_000)),
            new DealObservation.Expired(END),
            new DealObservation.Failed(DealTrouble.PRICE, "too low"),
            new DealObservation.Unknown("silent"));

    private static final List<Failure> FAILURES = List.of(
            new Failure.InvalidOrder("x"),
            new Failure.Unauthorized("x"),
            new Failure.NotFound("x"),
            new Failure.Unsupported(Capability.DEAL),
            new Failure.QuotaExceeded("x"),
            new Failure.RateLimited(null, "x"),
            new Failure.Unavailable("x"),
            new Failure.Rejected("x"),
            new Failure.ProtocolViolation("x"),
            new Failure.OutcomeUnknown("key", "x"));

    private static Deal deal(DealState state) {
        return deal(state, true, DealIds.NONE);
    }

    private static Deal deal(DealState state, boolean wanted, DealIds ids) {
        byte[] car = new byte[1_000];
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(car, 0, car.length);
        Piece piece = hasher.finish();
        Cid root = Block.of(Codec.RAW, car).cid();
        UUID id = new UUID(1, 2);
        DealOrder order = new DealOrder(
                id.toString(),
                id,
                DealMode.MK12,
                "f1wallet",
                "f01",
                new DealPiece(piece.cidV1(), piece.size(), car.length, root),
                new DealTerms(START, END, AttoFil.of(1), AttoFil.ZERO, false, true),
                new PieceSource(URI.create("http://broker.example/piece/x"), Map.of()));
        boolean stored = state.stored();
        Checkpoint at = new Checkpoint(
                state,
                ids,
                stored ? START : null,
                stored ? END : null,
                OptionalLong.empty(),
                stored ? Proof.CHAIN : null,
                stored ? EARLY : null,
                null,
                null,
                0,
                0,
                false);
        return new Deal(
                new DealIntent(1, 0, DealIntent.Reason.COPY, null, "lotus", order),
                at,
                "archive",
                piece.cidV2(),
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                wanted,
                1);
    }

    private static DealOutcome seen(DealObservation observation, Epoch head) {
        return new DealOutcome.Seen(DealSighting.of(observation, NAMED, head));
    }

    @Test
    void nothing_is_proposed_in_any_state_but_prepared() {
        for (DealState state : DealState.values()) {
            for (boolean wanted : List.of(true, false)) {
                DealStep step = DealDecide.next(deal(state, wanted, DealIds.NONE), EARLY, RULES);
                assertThat(step instanceof DealStep.Propose)
                        .as("%s, wanted %s", state, wanted)
                        .isEqualTo(state == DealState.PREPARED && wanted);
            }
        }
    }

    @Test
    void only_a_proven_absence_leads_back_to_where_a_deal_may_be_proposed() {
        for (DealState state : DealState.values()) {
            for (DealObservation sight : SIGHTS) {
                if (state.over() || state.compareTo(DealState.PROPOSING) < 0) {
                    continue;
                }
                DealState next = DealDecide.after(deal(state), seen(sight, EARLY), EARLY, RULES)
                        .next()
                        .state();
                if (next.compareTo(DealState.PROPOSING) < 0) {
                    assertThat(sight).as("from %s", state).isInstanceOf(DealObservation.Absent.class);
                    assertThat(state).isIn(DealState.PROPOSING, DealState.ACCEPTED);
                }
            }
            for (Failure failure : FAILURES) {
                if (state.over() || state.compareTo(DealState.PROPOSING) < 0) {
                    continue;
                }
                Decision decision = DealDecide.after(deal(state), new DealOutcome.Broke(failure), EARLY, RULES);
                assertThat(decision.next().state())
                        .as("a look that failed with %s", failure)
                        .isEqualTo(state);
            }
        }
    }

    @Test
    void every_state_and_every_sight_have_a_next_look_or_an_end() {
        for (DealState state : DealState.values()) {
            for (DealObservation sight : SIGHTS) {
                for (boolean wanted : List.of(true, false)) {
                    Deal deal = deal(state, wanted, DealIds.NONE);
                    if (state.over()) {
                        continue;
                    }
                    Decision decision = DealDecide.after(deal, seen(sight, EARLY), EARLY, RULES);
                    assertThat(decision.pause()).as("%s sees %s", state, sight).isNotNull();
                    assertThat(decision.next().ids().proposalCid()).isEqualTo("bafyproposal");
                    assertThat(DealDecide.next(deal.at(decision.next()), EARLY, RULES))
                            .isNotNull();
                }
            }
        }
    }

    @Test
    void a_proposal_that_may_have_arrived_is_looked_at_and_one_that_surely_did_not_is_made_again() {
        Deal proposing = deal(DealState.PROPOSING);
        for (Failure failure : FAILURES) {
            DealState next = DealDecide.afterProposal(proposing, new DealOutcome.Broke(failure), EARLY, RULES)
                    .next()
                    .state();
            DealState right = switch (failure) {
                case Failure.OutcomeUnknown unknown -> DealState.PROPOSING;
                case Failure.ProtocolViolation violation -> DealState.PROPOSING;
                case Failure.Unavailable unavailable -> DealState.PREPARED;
                case Failure.RateLimited limited -> DealState.PREPARED;
                case Failure.Unauthorized unauthorized -> DealState.PREPARED;
                case Failure.QuotaExceeded quota -> DealState.PREPARED;
                case Failure.Rejected rejected -> DealState.FAILED;
                case Failure.InvalidOrder invalid -> DealState.FAILED;
                case Failure.NotFound notFound -> DealState.FAILED;
                case Failure.Unsupported unsupported -> DealState.FAILED;
            };
            assertThat(next).as("%s", failure).isEqualTo(right);
        }
    }

    @Test
    void a_deal_is_given_up_only_before_anybody_heard_of_it() {
        for (DealState state : DealState.values()) {
            DealStep step = DealDecide.next(deal(state, false, DealIds.NONE), EARLY, RULES);
            assertThat(step instanceof DealStep.Withdraw)
                    .as("%s", state)
                    .isEqualTo(state == DealState.ORDERED || state == DealState.PREPARED);
        }
        Epoch late = new Epoch(START.height() - RULES.lead() + 1);
        assertThat(DealDecide.next(deal(DealState.PREPARED), late, RULES)).isInstanceOf(DealStep.Withdraw.class);
        assertThat(DealDecide.next(deal(DealState.PROPOSING), late, RULES)).isInstanceOf(DealStep.Look.class);
    }

    @Test
    void money_that_is_missing_is_waited_for_and_a_refusal_is_not() {
        Deal ordered = deal(DealState.ORDERED);
        Decision poor = DealDecide.after(
                ordered, new DealOutcome.Broke(new Failure.QuotaExceeded("escrow lacks 5")), EARLY, RULES);
        assertThat(poor.next().state()).isEqualTo(DealState.ORDERED);
        assertThat(poor.next().detail()).isEqualTo("escrow lacks 5");
        Decision refused = DealDecide.after(ordered, new DealOutcome.Broke(new Failure.Rejected("no")), EARLY, RULES);
        assertThat(refused.next().state()).isEqualTo(DealState.FAILED);
    }

    @Test
    void what_was_prepared_is_kept_while_more_is_waited_for() {
        Deal ordered = deal(DealState.ORDERED);
        DealIds ids = DealIds.NONE.withPreparation("bafymessage");
        Decision waits = DealDecide.after(
                ordered, new DealOutcome.Prepared(new Preparation.Waiting(ids, "coins")), EARLY, RULES);
        assertThat(waits.next().state()).isEqualTo(DealState.ORDERED);
        assertThat(waits.next().ids()).isEqualTo(ids);
        assertThat(waits.next().detail()).isEqualTo("coins");
        Decision ready = DealDecide.after(ordered, new DealOutcome.Prepared(new Preparation.Ready(ids)), EARLY, RULES);
        assertThat(ready.next().state()).isEqualTo(DealState.PREPARED);
    }

    @Test
    void an_active_deal_ends_when_its_end_is_near_or_nobody_wants_it_and_comes_back_when_somebody_does() {
        DealObservation active =
                new DealObservation.Active(OptionalLong.of(5), START, END, OptionalLong.empty(), Proof.CHAIN);
        Epoch near = new Epoch(END.height() - RULES.renewBefore());
        Epoch far = new Epoch(near.height() - 1);
        assertThat(after(deal(DealState.ACTIVE), active, far, RULES)).isEqualTo(DealState.ACTIVE);
        assertThat(after(deal(DealState.ACTIVE), active, near, RULES)).isEqualTo(DealState.ENDING);
        assertThat(after(deal(DealState.ACTIVE, false, NAMED), active, far, RULES))
                .isEqualTo(DealState.ENDING);
        assertThat(after(deal(DealState.ENDING), active, far, RULES)).isEqualTo(DealState.ACTIVE);
        Rules never = new Rules(RULES.poll(), RULES.check(), 100, 50, 500, 24, false, 300, 3);
        assertThat(after(deal(DealState.ACTIVE), active, near, never)).isEqualTo(DealState.ACTIVE);
    }

    private static DealState after(Deal deal, DealObservation sight, Epoch head, Rules rules) {
        return DealDecide.after(deal, seen(sight, head), head, rules).next().state();
    }

    @Test
    void silence_concludes_nothing_until_the_start_has_long_passed() {
        DealObservation silence = new DealObservation.Unknown("no answer");
        Epoch before = new Epoch(START.height() + RULES.silence());
        Epoch after = new Epoch(before.height() + 1);
        for (DealState state : List.of(DealState.PROPOSING, DealState.ACCEPTED, DealState.PUBLISHED)) {
            assertThat(after(silent(deal(state)), silence, before, RULES)).isEqualTo(state);
            assertThat(after(silent(deal(state)), silence, after, RULES)).isEqualTo(DealState.FAILED);
            assertThat(after(deal(state), silence, after, RULES)).as("one look").isEqualTo(state);
            // What is on chain is for the chain to tell.
            assertThat(after(silent(deal(state, true, NAMED.withDeal(5))), silence, after, RULES))
                    .isEqualTo(state);
        }
    }

    /** The same, after as many looks in vain as are forgiven. */
    private static Deal silent(Deal deal) {
        Checkpoint at = deal.checkpoint();
        for (int look = 1; look < RULES.patience(); look++) {
            at = at.stumbled("no answer");
        }
        return deal.at(at);
    }

    @Test
    void a_stored_deal_that_only_its_storage_provider_vouches_for_is_lost_when_it_is_silent_for_too_long() {
        DealObservation silence = new DealObservation.Unknown("no answer");
        Deal deal = deal(DealState.ACTIVE);
        Deal byWord = silent(deal.at(deal.checkpoint()
                .active(START, END, OptionalLong.empty(), Proof.PROVIDER_SAYS)
                .seenAt(new Epoch(1_500))));
        assertThat(after(byWord, silence, new Epoch(2_000), RULES)).isEqualTo(DealState.ACTIVE);
        assertThat(after(byWord, silence, new Epoch(2_001), RULES)).isEqualTo(DealState.LOST);
        assertThat(after(silent(deal), silence, new Epoch(2_999), RULES)).isEqualTo(DealState.ACTIVE);
        assertThat(after(silent(deal), silence, new Epoch(END.height() + RULES.grace() + 1), RULES))
                .isEqualTo(DealState.EXPIRED);
    }

    @Test
    void a_node_that_does_not_answer_changes_nothing_but_what_is_told() {
        for (DealState state : DealState.values()) {
            Decision decision = DealDecide.unreachable(deal(state), new Failure.Unavailable("down"), RULES);
            assertThat(decision.next().state()).isEqualTo(state);
            assertThat(decision.next().detail()).isEqualTo("down");
        }
    }

    /** A storage provider that takes each order once, however often it comes, and whose replies may be lost. */
    private static final class Other {
        final Random random;
        int deals;

        @Nullable
        DealObservation stands;

        Other(Random random) {
            this.random = random;
        }

        /** As the legacy node: whoever proposes twice has two deals. */
        DealOutcome propose(Epoch head) {
            boolean arrives = random.nextInt(4) > 0;
            if (arrives) {
                deals++;
                stands = new DealObservation.Accepted("taken");
            }
            boolean answered = random.nextInt(3) > 0;
            if (answered && arrives) {
                return seen(new DealObservation.Accepted("taken"), head);
            }
            return new DealOutcome.Broke(
                    arrives || random.nextBoolean()
                            ? new Failure.OutcomeUnknown("key", "no reply")
                            : new Failure.Unavailable("refused the connection"));
        }

        DealOutcome look(Epoch head) {
            if (random.nextInt(5) == 0) {
                return new DealOutcome.Broke(new Failure.Unavailable("busy"));
            }
            if (stands == null) {
                return seen(
                        random.nextInt(4) == 0 ? new DealObservation.Unknown("?") : new DealObservation.Absent(), head);
            }
            if (head.isAfter(START)) {
                stands = new DealObservation.Active(OptionalLong.of(5), START, END, OptionalLong.empty(), Proof.CHAIN);
            } else if (random.nextInt(6) == 0) {
                stands = new DealObservation.Published(OptionalLong.of(5), "on chain");
            }
            return seen(stands, head);
        }
    }

    @Test
    void no_life_with_kills_and_lost_replies_has_two_deals_or_loses_one() {
        long seed = Long.getLong("pinfold.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int life = 0; life < 20_000; life++) {
            Other other = new Other(random);
            List<String> story = new ArrayList<>();
            Deal deal = deal(DealState.ORDERED);
            long head = 10;
            for (int step = 0; step < 60 && !deal.state().over(); step++) {
                head += random.nextInt(60);
                deal = liveOn(deal, other, new Epoch(head), story);
            }
            String told = "seed " + seed + ", life " + life + ": " + story;
            assertThat(other.deals).as(told).isLessThanOrEqualTo(1);
            if (deal.state() == DealState.WITHDRAWN || deal.state() == DealState.FAILED) {
                assertThat(other.deals).as(told).isZero();
            }
            if (other.deals == 1 && head > START.height() + 200) {
                assertThat(deal.state()).as(told).isIn(DealState.ACTIVE, DealState.ENDING, DealState.PROPOSING);
            }
        }
    }

    /** One step, with a kill before or after each of its acts: then the last thing written down is all that is left. */
    private static Deal liveOn(Deal deal, Other other, Epoch head, List<String> story) {
        boolean killed = other.random.nextInt(3) == 0;
        DealStep step = DealDecide.next(deal, head, RULES);
        story.add(deal.state() + " " + step.getClass().getSimpleName() + (killed ? " killed" : ""));
        return switch (step) {
            case DealStep.Prepare prepare -> {
                Decision ready = DealDecide.after(
                        deal, new DealOutcome.Prepared(new Preparation.Ready(DealIds.NONE)), head, RULES);
                yield killed ? deal : deal.at(ready.next());
            }
            case DealStep.Propose propose -> {
                Deal proposing = deal.at(deal.checkpoint().in(DealState.PROPOSING));
                if (killed && other.random.nextBoolean()) {
                    yield proposing;
                }
                DealOutcome outcome = other.propose(head);
                yield killed
                        ? proposing
                        : proposing.at(DealDecide.afterProposal(proposing, outcome, head, RULES)
                                .next());
            }
            case DealStep.Look look -> {
                Decision decision = DealDecide.after(deal, other.look(head), head, RULES);
                yield killed ? deal : deal.at(decision.next());
            }
            case DealStep.Withdraw withdraw ->
                deal.at(DealDecide.withdrawn(deal, withdraw.why()).next());
            case DealStep.Release release -> deal;
            case DealStep.Rest rest -> deal;
        };
    }
}
