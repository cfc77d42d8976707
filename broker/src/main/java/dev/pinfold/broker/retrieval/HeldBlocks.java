package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Verifier;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks below one root, from wherever they are held: the staging first, then the providers one after the other. A
 * provider that gives wrong bytes, or none, is passed over; only bytes with the right hash come out.
 */
public final class HeldBlocks implements BlockSource {
    private static final Logger log = LoggerFactory.getLogger(HeldBlocks.class);
    private static final Duration PER_BLOCK = Duration.ofSeconds(10);

    private final Optional<Staged> staged;
    private final List<GuardedProvider> holders;
    private final Verifier verifier = new Verifier();

    /**
     * Opens the blocks below a root.
     *
     * @param holders providers that hold the root's DAG, best first
     */
    public HeldBlocks(Optional<Staged> staged, List<GuardedProvider> holders) {
        this.staged = staged;
        this.holders =
                holders.stream().filter(p -> p.can(Capability.RETRIEVE_RAW)).toList();
    }

    @Override
    public byte @Nullable [] find(Cid cid) throws IOException {
        if (staged.isPresent()) {
            byte[] bytes = staged.get().find(cid);
            if (bytes != null) {
                return bytes;
            }
        }
        for (GuardedProvider holder : holders) {
            byte[] bytes = fetch(holder, cid);
            if (bytes != null) {
                return bytes;
            }
        }
        return null;
    }

    private byte @Nullable [] fetch(GuardedProvider holder, Cid cid) {
        try {
            byte[] bytes = holder.block(cid, Deadline.after(PER_BLOCK));
            if (verifier.matches(cid.multihash(), bytes, 0, bytes.length)) {
                return bytes;
            }
            log.warn("event=read.wrong-bytes provider={} cid={} bytes={}", holder.id(), cid, bytes.length);
        } catch (ProviderException e) {
            log.debug("event=read.passed-over provider={} cid={} detail=\"{}\"", holder.id(), cid, e.getMessage());
        }
        return null;
    }
}
