package dev.pinfold.broker.cold;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.Epoch;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A deal: what was ordered, and how far it came.
 *
 * @param className the policy class whose contents its piece gathers
 * @param pieceCid version 2, which names size and payload
 * @param ordered when the intent was written down
 * @param since when its state was entered
 * @param seenAt when it was last seen; null before
 * @param wanted whether a pin wants something of its piece cold
 * @param fence another number with every claim; a record under another number is refused
 */
public record Deal(
        DealIntent intent,
        Checkpoint checkpoint,
        String className,
        Cid pieceCid,
        Instant ordered,
        Instant since,
        @Nullable Instant seenAt,
        boolean wanted,
        long fence) {
    public UUID id() {
        return intent.order().id();
    }

    public DealOrder order() {
        return intent.order();
    }

    public DealState state() {
        return checkpoint.state();
    }

    /** The storage provider. */
    public String provider() {
        return order().provider();
    }

    /** The epoch at which it ends: as the chain says, else as ordered. */
    public Epoch end() {
        Epoch told = checkpoint.activeUntil();
        return told == null ? order().terms().end() : told;
    }

    /** The same deal, as far as it is now. */
    public Deal at(Checkpoint next) {
        return new Deal(intent, next, className, pieceCid, ordered, since, seenAt, wanted, fence);
    }
}
