package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A provider that can only be read from, in the way that a test says. */
final class SourceAdapter implements Provider {
    private final Set<Capability> capabilities;
    private final Function<Cid, InputStream> cars;
    private final Function<Cid, byte @Nullable []> blocks;
    final List<Cid> asked = new CopyOnWriteArrayList<>();

    private SourceAdapter(
            Set<Capability> capabilities, Function<Cid, InputStream> cars, Function<Cid, byte @Nullable []> blocks) {
        this.capabilities = capabilities;
        this.cars = cars;
        this.blocks = blocks;
    }

    static SourceAdapter cars(Function<Cid, InputStream> cars) {
        return new SourceAdapter(Set.of(Capability.RETRIEVE_CAR), cars, cid -> null);
    }

    static SourceAdapter blocks(Function<Cid, byte @Nullable []> blocks) {
        return new SourceAdapter(Set.of(Capability.RETRIEVE_RAW), cid -> InputStream.nullInputStream(), blocks);
    }

    static SourceAdapter mute() {
        return new SourceAdapter(Set.of(), cid -> InputStream.nullInputStream(), cid -> null);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public void probe(Deadline deadline) {}

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
        asked.add(cid);
        byte[] bytes = blocks.apply(cid);
        if (bytes == null) {
            throw new ProviderException(new Failure.NotFound("no block " + cid));
        }
        return bytes;
    }

    @Override
    public InputStream car(Cid root, Deadline deadline) {
        asked.add(root);
        return cars.apply(root);
    }

    @Override
    public void close() {}
}
