package dev.pinfold.broker.provider;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A provider whose every answer is what the test says at that moment. */
final class TestAdapter implements Provider {
    final AtomicInteger calls = new AtomicInteger();
    volatile Supplier<Sighting> onPin = () -> Sighting.of(new Observation.Queued(), "1");
    volatile Supplier<byte[]> onBlock = () -> new byte[0];
    volatile Supplier<InputStream> onCar = InputStream::nullInputStream;
    volatile boolean closed;

    static Supplier<Sighting> failing(Failure failure) {
        return () -> {
            throw new ProviderException(failure);
        };
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.PIN_BY_CID, Capability.RETRIEVE_RAW, Capability.RETRIEVE_CAR);
    }

    @Override
    public void probe(Deadline deadline) {
        Sighting unused = onPin.get();
    }

    @Override
    public Sighting pin(Order order, Deadline deadline) {
        calls.incrementAndGet();
        return onPin.get();
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
        calls.incrementAndGet();
        return onBlock.get();
    }

    @Override
    public InputStream car(Cid root, Deadline deadline) {
        calls.incrementAndGet();
        return onCar.get();
    }

    @Override
    public void close() {
        closed = true;
    }
}
