package dev.pinfold.broker.cold;

import dev.pinfold.spi.Failure;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.Preparation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a deal's life, as arithmetic: which step comes next, and what is written down after it. No I/O and no clock;
 * chain time comes in as a value. One rule above all: once a proposal may have left, only a look that proves its absence
 * leads to another one, and that is the same order again.
 */
public final class DealDecide {
    /** How long a node is left alone that does not answer: as after so many failures. */
    private static final int UNREACHABLE = 2;

    private DealDecide() {}

    /**
     * The figures behind the rules. Lengths are in epochs.
     *
     * @param poll pause between looks at a deal that is under way
     * @param check pause between looks at a deal that is stored; pauses after failures double up to it
     * @param lead what must be left until the start for a proposal to make sense
     * @param grace how long after its end a deal of which nothing can be told is waited for
     * @param silence how long after its start a deal that was never seen on chain, and how long at all a stored deal that no
     *     chain vouches for, may not be heard of
     * @param patience looks in a row that told nothing before anything is concluded from that
     * @param renew whether deals are renewed
     * @param renewBefore how long before its end a deal is replaced
     * @param mostAttempts proposals, and failures in a row to make one, until another storage provider is asked
     */
    public record Rules(
            Duration poll,
            Duration check,
            long lead,
            long grace,
            long silence,
            int patience,
            boolean renew,
            long renewBefore,
            int mostAttempts) {}

    /**
     * What is written down after a step.
     *
     * @param pause until the next step; null: there is none
     */
    public record Decision(Checkpoint next, @Nullable Duration pause) {}

    /** Which step a deal needs now. */
    public static DealStep next(Deal deal, Epoch head, Rules rules) {
        return switch (deal.state()) {
            case ORDERED, PREPARED -> {
                String against = against(deal, head, rules);
                yield against != null
                        ? new DealStep.Withdraw(against)
                        : deal.state() == DealState.ORDERED ? new DealStep.Prepare() : new DealStep.Propose();
            }
            case PROPOSING, ACCEPTED, PUBLISHED, ACTIVE, ENDING -> new DealStep.Look();
            case EXPIRED, SLASHED, LOST, FAILED, WITHDRAWN ->
                deal.checkpoint().released() ? new DealStep.Rest() : new DealStep.Release();
        };
    }

    /** Why a deal that nobody has heard of is not proposed any more; null where it may be. */
    private static @Nullable String against(Deal deal, Epoch head, Rules rules) {
        Checkpoint at = deal.checkpoint();
        if (!deal.wanted()) {
            return "nobody wants its piece any more";
        }
        if (head.until(deal.order().terms().start()) < rules.lead()) {
            return "its " + deal.order().terms().start() + " has come too near: "
                    + said(at, "it took too long to prepare");
        }
        if (at.attempts() >= rules.mostAttempts()) {
            return "it could not be proposed: " + said(at, "the storage provider does not take it");
        }
        return null;
    }

    private static String said(Checkpoint at, String otherwise) {
        String detail = at.detail();
        return detail == null ? otherwise : detail;
    }

    /** What is written down after a step. */
    public static Decision after(Deal deal, DealOutcome outcome, Epoch head, Rules rules) {
        return switch (outcome) {
            case DealOutcome.Prepared prepared -> prepared(deal, prepared.preparation(), rules);
            case DealOutcome.Seen seen -> seen(deal, seen.sighting(), head, rules);
            case DealOutcome.Broke broke -> broke(deal, broke.failure(), head, rules);
            case DealOutcome.Released released -> new Decision(deal.checkpoint().let(), null);
        };
    }

    /** Nothing can be asked, because the node itself does not answer: nothing is concluded. */
    public static Decision unreachable(Deal deal, Failure failure, Rules rules) {
        return new Decision(deal.checkpoint().saying(failure.detail()), backoff(rules, UNREACHABLE));
    }

    /** A deal is given up before anybody heard of it. */
    public static Decision withdrawn(Deal deal, String why) {
        return new Decision(deal.checkpoint().in(DealState.WITHDRAWN).saying(why), Duration.ZERO);
    }

    private static Decision prepared(Deal deal, Preparation preparation, Rules rules) {
        Checkpoint at = deal.checkpoint().with(preparation.ids());
        return switch (preparation) {
            case Preparation.Ready ready -> new Decision(at.in(DealState.PREPARED), Duration.ZERO);
            case Preparation.Waiting waiting ->
                new Decision(at.in(DealState.ORDERED).saying(waiting.what()), rules.poll());
        };
    }

    private static Decision seen(Deal deal, DealSighting sighting, Epoch head, Rules rules) {
        Checkpoint at = deal.checkpoint().with(sighting.ids());
        Checkpoint told = at.seenAt(sighting.asOf());
        return switch (sighting.observation()) {
            case DealObservation.Absent absent -> absent(deal, told, head, rules);
            case DealObservation.Proposed proposed -> underWay(told, proposed.detail(), rules);
            case DealObservation.Accepted accepted -> underWay(told, accepted.detail(), rules);
            case DealObservation.Transferring moving ->
                underWay(
                        told,
                        moving.received().isPresent()
                                ? "fetched " + moving.received().getAsLong() + " bytes; " + moving.detail()
                                : moving.detail(),
                        rules);
            case DealObservation.Published published -> published(told, published, rules);
            case DealObservation.Active active -> active(deal, told, active, head, rules);
            case DealObservation.Slashed slashed ->
                over(told.in(DealState.SLASHED).saying("the storage provider lost it; slashed at " + slashed.at()));
            case DealObservation.Expired expired ->
                deal.state().stored()
                        ? over(told.in(DealState.EXPIRED).saying("it ended at " + expired.end()))
                        : over(told.failed(DealTrouble.MISSED_START, "it ended without ever having been seen active"));
            case DealObservation.Failed failed -> failed(deal, told, failed);
            case DealObservation.Unknown unknown -> untold(deal, at, unknown.reason(), head, rules);
        };
    }

    /** Provably nowhere: the same order may be given again. What was on chain or stored is not doubted by that. */
    private static Decision absent(Deal deal, Checkpoint told, Epoch head, Rules rules) {
        return switch (deal.state()) {
            case ORDERED, PREPARED, PROPOSING, ACCEPTED ->
                new Decision(told.in(DealState.PREPARED).saying("not there: to be proposed again"), Duration.ZERO);
            case PUBLISHED, ACTIVE, ENDING, EXPIRED, SLASHED, LOST, FAILED, WITHDRAWN ->
                untold(
                        deal,
                        deal.checkpoint().with(told.ids()),
                        "the storage provider says it knows nothing of it",
                        head,
                        rules);
        };
    }

    private static Decision underWay(Checkpoint told, String detail, Rules rules) {
        Checkpoint next = told.state().compareTo(DealState.ACCEPTED) <= 0 ? told.in(DealState.ACCEPTED) : steady(told);
        return new Decision(next.saying(detail), next.state().stored() ? rules.check() : rules.poll());
    }

    /** The same state, without failures. */
    private static Checkpoint steady(Checkpoint at) {
        return at.in(at.state());
    }

    /** What was seen active may be taken back by a reorganisation deeper than anybody reckoned with. */
    private static Decision published(Checkpoint told, DealObservation.Published published, Rules rules) {
        Checkpoint numbered = published.dealId().isPresent()
                ? told.with(told.ids().withDeal(published.dealId().getAsLong()))
                : told;
        return new Decision(numbered.in(DealState.PUBLISHED).saying(published.detail()), rules.poll());
    }

    private static Decision active(Deal deal, Checkpoint told, DealObservation.Active active, Epoch head, Rules rules) {
        Checkpoint numbered = active.dealId().isPresent()
                ? told.with(told.ids().withDeal(active.dealId().getAsLong()))
                : told;
        Checkpoint now = numbered.active(active.since(), active.end(), active.sector(), active.proof());
        if (!deal.wanted()) {
            return new Decision(
                    now.in(DealState.ENDING).saying("nobody wants its piece any more: it runs to its end"),
                    rules.check());
        }
        if (head.until(active.end()) > rules.renewBefore() || !rules.renew()) {
            return new Decision(now.in(DealState.ACTIVE), rules.check());
        }
        return new Decision(
                now.in(DealState.ENDING).saying("it ends at " + active.end() + ": another takes its place"),
                rules.check());
    }

    private static Decision failed(Deal deal, Checkpoint told, DealObservation.Failed failed) {
        return deal.state().stored()
                ? over(told.in(DealState.LOST).saying("the storage provider says: " + failed.detail()))
                : over(told.failed(failed.trouble(), failed.detail()));
    }

    /** Nothing can be told. Nothing is concluded from that but, with much patience, what time itself makes certain. */
    private static Decision untold(Deal deal, Checkpoint at, String reason, Epoch head, Rules rules) {
        Checkpoint next = at.stumbled(reason);
        if (next.stumbles() >= rules.patience()) {
            Checkpoint end =
                    deal.state().stored() ? gone(deal, at, reason, head, rules) : missed(deal, at, reason, head, rules);
            if (end != null) {
                return over(end);
            }
        }
        return new Decision(next, deal.state().stored() ? rules.check() : backoff(rules, next.stumbles()));
    }

    private static @Nullable Checkpoint missed(Deal deal, Checkpoint at, String reason, Epoch head, Rules rules) {
        Epoch start = deal.order().terms().start();
        boolean onChain = at.ids().dealId().isPresent();
        return onChain || start.until(head) <= rules.silence()
                ? null
                : at.failed(DealTrouble.MISSED_START, "its " + start + " has passed, and " + reason);
    }

    private static @Nullable Checkpoint gone(Deal deal, Checkpoint at, String reason, Epoch head, Rules rules) {
        if (deal.end().until(head) > rules.grace()) {
            return at.in(DealState.EXPIRED).saying("its " + deal.end() + " has passed, and " + reason);
        }
        Epoch heard = at.asOf();
        return at.proof() == Proof.PROVIDER_SAYS && heard != null && heard.until(head) > rules.silence()
                ? at.in(DealState.LOST)
                        .saying("not heard of since " + heard + ", and no chain vouches for it: " + reason)
                : null;
    }

    private static Decision over(Checkpoint end) {
        return new Decision(end, Duration.ZERO);
    }

    private static Decision broke(Deal deal, Failure failure, Epoch head, Rules rules) {
        Checkpoint stumbled = deal.checkpoint().stumbled(failure.detail());
        Decision again = new Decision(stumbled, backoff(rules, stumbled.stumbles()));
        return switch (deal.state()) {
            case ORDERED, PREPARED ->
                refused(failure) ? over(deal.checkpoint().failed(DealTrouble.OTHER, failure.detail())) : again;
            case PROPOSING, ACCEPTED, PUBLISHED, ACTIVE, ENDING ->
                untold(deal, deal.checkpoint(), failure.detail(), head, rules);
            case EXPIRED, SLASHED, LOST, FAILED, WITHDRAWN ->
                stumbled.stumbles() < rules.mostAttempts() ? again : new Decision(stumbled.let(), null);
        };
    }

    /**
     * What is written down after a proposal was made.
     *
     * @param deal in the state {@link DealState#PROPOSING}
     */
    public static Decision afterProposal(Deal deal, DealOutcome outcome, Epoch head, Rules rules) {
        return outcome instanceof DealOutcome.Broke broke
                ? unanswered(deal.checkpoint(), broke.failure(), rules)
                : after(deal, outcome, head, rules);
    }

    private static Decision unanswered(Checkpoint at, Failure failure, Rules rules) {
        String detail = failure.detail();
        return switch (effect(failure)) {
            case REFUSED -> over(at.failed(DealTrouble.OTHER, detail));
            case NONE -> new Decision(at.in(DealState.PREPARED).stumbled(detail), backoff(rules, at.attempts()));
            case UNKNOWN -> new Decision(at.stumbled(detail), rules.poll());
        };
    }

    private static boolean refused(Failure failure) {
        return effect(failure) == Effect.REFUSED;
    }

    /** What a call that failed has done. */
    private enum Effect {
        /** The other side understood and will not do it, ever. */
        REFUSED,
        /** Nothing. */
        NONE,
        /** Perhaps all of it. */
        UNKNOWN
    }

    private static Effect effect(Failure failure) {
        return switch (failure) {
            case Failure.InvalidOrder invalid -> Effect.REFUSED;
            case Failure.Rejected rejected -> Effect.REFUSED;
            case Failure.NotFound notFound -> Effect.REFUSED;
            case Failure.Unsupported unsupported -> Effect.REFUSED;
            case Failure.Unauthorized unauthorized -> Effect.NONE;
            case Failure.QuotaExceeded quota -> Effect.NONE;
            case Failure.RateLimited limited -> Effect.NONE;
            case Failure.Unavailable unavailable -> Effect.NONE;
            case Failure.ProtocolViolation violation -> Effect.UNKNOWN;
            case Failure.OutcomeUnknown unknown -> Effect.UNKNOWN;
        };
    }

    private static Duration backoff(Rules rules, int stumbles) {
        Duration pause = rules.poll().multipliedBy(1L << Math.min(stumbles, 16));
        return pause.compareTo(rules.check()) > 0 ? rules.check() : pause;
    }
}
