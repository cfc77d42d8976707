package dev.pinfold.broker.replica;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.OrderRef;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One copy: this content at this provider, shared by all pins that want it there.
 *
 * @param fence another number with every claim, drawn by chance so that none comes again after a crash of the database;
 *     a record under another number is refused
 * @param orderKey written before the provider hears of the order; null while the provider knows nothing of it
 * @param upstreamId the provider's own id
 * @param attempts how often the order was sent
 * @param looks how many looks in this state found nothing
 * @param since when the state was entered
 * @param seenAt when the provider last confirmed the copy
 * @param wanted whether a pin wants this copy
 */
public record Replica(
        long id,
        Cid content,
        String provider,
        ReplicaState state,
        long fence,
        @Nullable String orderKey,
        @Nullable String upstreamId,
        int attempts,
        int looks,
        Instant since,
        @Nullable Instant seenAt,
        boolean wanted,
        List<String> origins) {
    public Replica {
        origins = List.copyOf(origins);
    }

    /** How the provider is asked about this copy. Only for a copy that was ordered. */
    public OrderRef ref() {
        if (orderKey == null) {
            throw new IllegalStateException("replica " + id + " was never ordered");
        }
        return new OrderRef(orderKey, content, upstreamId);
    }

    /** The same replica in the moment its order is sent. */
    public Replica sent(String key) {
        return new Replica(
                id,
                content,
                provider,
                ReplicaState.PLANNED,
                fence,
                key,
                upstreamId,
                attempts + 1,
                looks,
                since,
                seenAt,
                wanted,
                origins);
    }
}
