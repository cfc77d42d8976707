package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.retrieval.FetchAttempt.Kind;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderException;
import java.io.InputStream;
import java.time.Duration;

/** A provider that is believed to hold the content. */
record HolderSource(GuardedProvider provider, Duration idle) implements FetchSource {
    @Override
    public String name() {
        return provider.id();
    }

    @Override
    public Kind kind() {
        return Kind.HOLDER;
    }

    @Override
    public boolean servesCars() {
        return provider.can(Capability.RETRIEVE_CAR);
    }

    @Override
    public boolean servesBlocks() {
        return provider.can(Capability.RETRIEVE_RAW);
    }

    @Override
    public InputStream car(Cid cid, Deadline deadline) throws SourceTrouble {
        try {
            return PumpedStream.bounded(provider.car(cid, deadline), provider.id(), idle);
        } catch (ProviderException e) {
            throw SourceTrouble.of(e);
        }
    }

    @Override
    public boolean servesParts() {
        return provider.can(Capability.RETRIEVE_PART);
    }

    @Override
    public InputStream part(Cid root, String path, long from, long to, Deadline deadline) throws SourceTrouble {
        try {
            return PumpedStream.bounded(provider.part(root, path, from, to, deadline), provider.id(), idle);
        } catch (ProviderException e) {
            throw SourceTrouble.of(e);
        }
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) throws SourceTrouble {
        try {
            return provider.block(cid, deadline);
        } catch (ProviderException e) {
            throw SourceTrouble.of(e);
        }
    }
}
