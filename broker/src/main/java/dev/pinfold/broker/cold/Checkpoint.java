package dev.pinfold.broker.cold;

import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Epoch;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * All that changes of a deal. What is written down here is known for certain; a broker that is killed goes on from it.
 *
 * @param ids what others call the deal; only ever added to
 * @param activeSince null while it was never active
 * @param activeUntil the end that the chain knows, which may be later than the order's; null while it was never active
 * @param proof what the statement that it is active rests on; null while it was never active
 * @param asOf the chain's head when it was last seen; null before
 * @param trouble why it failed; null where it did not
 * @param detail what it waits for, or what went wrong, in one line; null when all is well
 * @param attempts proposals that were begun
 * @param stumbles steps in a row that did not succeed
 * @param released whether the node was told to let go of what it held for it
 */
public record Checkpoint(
        DealState state,
        DealIds ids,
        @Nullable Epoch activeSince,
        @Nullable Epoch activeUntil,
        OptionalLong sector,
        @Nullable Proof proof,
        @Nullable Epoch asOf,
        @Nullable DealTrouble trouble,
        @Nullable String detail,
        int attempts,
        int stumbles,
        boolean released) {
    /** A deal that was just written down. */
    public static final Checkpoint FIRST = new Checkpoint(
            DealState.ORDERED, DealIds.NONE, null, null, OptionalLong.empty(), null, null, null, null, 0, 0, false);

    /** In another state, which all went well to reach. */
    public Checkpoint in(DealState next) {
        return new Checkpoint(
                next,
                ids,
                activeSince,
                activeUntil,
                sector,
                proof,
                asOf,
                trouble,
                null,
                next == DealState.PROPOSING ? attempts + 1 : attempts,
                0,
                released);
    }

    /** With what more is known of its ids. */
    public Checkpoint with(DealIds more) {
        return new Checkpoint(
                state,
                ids.and(more),
                activeSince,
                activeUntil,
                sector,
                proof,
                asOf,
                trouble,
                detail,
                attempts,
                stumbles,
                released);
    }

    /** With what is to be told of it. */
    public Checkpoint saying(@Nullable String line) {
        return new Checkpoint(
                state, ids, activeSince, activeUntil, sector, proof, asOf, trouble, line, attempts, stumbles, released);
    }

    /** Seen at this head of the chain. */
    public Checkpoint seenAt(Epoch head) {
        return new Checkpoint(
                state,
                ids,
                activeSince,
                activeUntil,
                sector,
                proof,
                head,
                trouble,
                detail,
                attempts,
                stumbles,
                released);
    }

    /** Stored and proven since an epoch until another. */
    public Checkpoint active(Epoch since, Epoch until, OptionalLong inSector, Proof by) {
        return new Checkpoint(
                state == DealState.ENDING ? state : DealState.ACTIVE,
                ids,
                since,
                until,
                inSector,
                by,
                asOf,
                null,
                null,
                attempts,
                0,
                released);
    }

    /** It came to nothing. */
    public Checkpoint failed(DealTrouble why, String line) {
        return new Checkpoint(
                DealState.FAILED, ids, activeSince, activeUntil, sector, proof, asOf, why, line, attempts, 0, released);
    }

    /** A step did not succeed. */
    public Checkpoint stumbled(String line) {
        return new Checkpoint(
                state,
                ids,
                activeSince,
                activeUntil,
                sector,
                proof,
                asOf,
                trouble,
                line,
                attempts,
                stumbles + 1,
                released);
    }

    /** The node has let go of it. */
    public Checkpoint let() {
        return new Checkpoint(
                state, ids, activeSince, activeUntil, sector, proof, asOf, trouble, detail, attempts, 0, true);
    }
}
