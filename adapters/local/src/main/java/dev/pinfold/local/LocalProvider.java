package dev.pinfold.local;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Verifier;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hot store on this machine's disk, as a provider: takes CARs, proves every block when it is written and when it is
 * read, and says honestly what it holds. A pin's id is its order's key, so an order given twice is one pin; and because
 * the disk can be looked at, what is not there is said to be absent.
 */
final class LocalProvider implements Provider {
    private static final int PAGE = 500;
    private static final Set<Capability> CAPABILITIES = Collections.unmodifiableSet(EnumSet.of(
            Capability.UPLOAD_CAR,
            Capability.STATUS,
            Capability.LIST,
            Capability.UNPIN,
            Capability.RETRIEVE_RAW,
            Capability.RETRIEVE_CAR));

    private final String id;
    private final PackStore store;

    LocalProvider(String id, PackStore store) {
        this.id = id;
        this.store = store;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void probe(Deadline deadline) {
        List<PinRecord> unused = store.pins(null, 1, deadline);
    }

    @Override
    public Sighting upload(Order order, CarSource car, Deadline deadline) {
        PinRecord pin = store.put(order.key(), order.cid(), car, deadline);
        return Sighting.of(stored(pin), pin.key());
    }

    private static Observation stored(PinRecord pin) {
        return new Observation.Stored(
                pin.blocks() + " blocks, " + pin.bytes() + " bytes, each checked against its hash when it was written");
    }

    @Override
    public Sighting observe(OrderRef ref, Deadline deadline) {
        return store.with(deadline, contents -> {
            PinRecord pin = contents.pin(keyOf(ref));
            if (pin != null && pin.cid().equals(ref.cid())) {
                return Sighting.of(state(contents, pin), pin.key());
            }
            return Sighting.of(
                    contents.isUploading(ref.key())
                            ? new Observation.InProgress("the upload is under way")
                            : new Observation.Absent(),
                    null);
        });
    }

    private static String keyOf(OrderRef ref) {
        String upstreamId = ref.upstreamId();
        return upstreamId == null ? ref.key() : upstreamId;
    }

    private static Observation state(Contents contents, PinRecord pin) {
        String flaw = contents.flaw(pin);
        return flaw == null ? stored(pin) : new Observation.Failed(new Failure.NotFound(flaw));
    }

    @Override
    public void unpin(OrderRef ref, Deadline deadline) {
        store.remove(keyOf(ref), ref.cid(), deadline);
    }

    @Override
    public PinListing list(@Nullable String from, Deadline deadline) {
        return store.with(deadline, contents -> {
            List<PinRecord> pins = contents.pinsAfter(from, PAGE);
            List<PinListing.ListedPin> page = pins.stream()
                    .map(pin ->
                            new PinListing.ListedPin(pin.key(), pin.cid().toString(), pin.key(), state(contents, pin)))
                    .toList();
            return new PinListing(
                    page, pins.size() < PAGE ? null : pins.get(PAGE - 1).key());
        });
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
        return store.block(cid, deadline);
    }

    /** The stream's reads have no deadline; one that fails midway throws {@link IOException}. */
    @Override
    public InputStream car(Cid root, Deadline deadline) {
        byte[] unused = store.block(root, deadline);
        return store.with(deadline, contents -> {
            Verifier verifier = new Verifier();
            return new DagCarStream(root, cid -> findOrFail(contents, cid, verifier));
        });
    }

    private static byte @Nullable [] findOrFail(Contents contents, Cid cid, Verifier verifier) throws IOException {
        try {
            return contents.find(cid, verifier);
        } catch (ProviderException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return "LocalProvider[" + id + ", " + store.path() + "]";
    }
}
