package dev.pinfold.kit;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider in memory, for tests of the engine. It keeps the contract of {@link Provider}; a test scripts where it does
 * not, holds its calls at gates instead of sleeping, and reads its real state. Content comes from its {@link Network} or
 * from uploads. Safe for many threads.
 */
public final class FakeProvider implements Provider {
    private static final int PAGE = 100;

    private final String name;
    private final Set<Capability> capabilities;
    private final Network network;
    private final BehaviourPlan plan = new BehaviourPlan();
    private final FakeBooks books = new FakeBooks();
    private volatile boolean closed;
    private volatile boolean provesAbsence;
    private volatile Observation newPins = new Observation.Stored("says fake");
    private volatile List<String> delegates = List.of();

    /** One that can do everything but deals, with a network of its own. */
    public FakeProvider(String name) {
        this(name, EnumSet.complementOf(EnumSet.of(Capability.DEAL)), new Network());
    }

    public FakeProvider(String name, Set<Capability> capabilities, Network network) {
        this.name = name;
        this.capabilities = Set.copyOf(capabilities);
        this.network = network;
    }

    /** How calls are treated from now on. */
    public BehaviourPlan plan() {
        return plan;
    }

    /** The content it can find. */
    public Network network() {
        return network;
    }

    /** The state of orders that are given from now on; Stored at first. */
    public void newPins(Observation observation) {
        newPins = observation;
    }

    /** The state of all orders of a root from now on. */
    public void settle(Cid root, Observation observation) {
        books.settle(root, observation);
    }

    /** Whether a search by key proves absence; it does not at first, like a list. */
    public void provesAbsence(boolean proves) {
        provesAbsence = proves;
    }

    /** The delegates that answers carry from now on. */
    public void delegates(List<String> now) {
        delegates = List.copyOf(now);
    }

    /** Loses an order, as a provider does that lost a disk; tells whether it was there. */
    public boolean lose(String id) {
        return books.remove(id);
    }

    /** The orders it holds now, oldest first. */
    public List<FakePin> pins() {
        return books.pins();
    }

    /** The orders of one root it holds now. */
    public List<FakePin> pinsOf(Cid root) {
        return books.pins().stream().filter(pin -> pin.cid().equals(root)).toList();
    }

    /** All orders it ever took, in their first state, oldest first. */
    public List<FakePin> everTaken() {
        return books.ever();
    }

    /** How many calls of this operation came, refused ones not counted. */
    public long count(ProviderOperation operation) {
        return books.count(operation);
    }

    /** How many calls came in all. */
    public long count() {
        return books.count();
    }

    public boolean closed() {
        return closed;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public void probe(Deadline deadline) {
        call(Boolean.class, ProviderOperation.PROBE, null, deadline, () -> true);
    }

    @Override
    public Sighting pin(Order order, Deadline deadline) {
        need(Capability.PIN_BY_CID);
        return call(Sighting.class, ProviderOperation.PIN, order.key(), deadline, () -> take(order, false));
    }

    @Override
    public Sighting upload(Order order, CarSource car, Deadline deadline) {
        need(Capability.UPLOAD_CAR);
        return call(Sighting.class, ProviderOperation.UPLOAD, order.key(), deadline, () -> {
            try (InputStream in = car.open()) {
                network.offer(Dag.readCar(in.readAllBytes()));
            } catch (IOException e) {
                throw new ProviderException(new Failure.Unavailable("the CAR cannot be read"), e);
            }
            return take(order, true);
        });
    }

    @Override
    public Sighting observe(OrderRef ref, Deadline deadline) {
        need(Capability.STATUS);
        return call(Sighting.class, ProviderOperation.OBSERVE, null, deadline, () -> look(ref));
    }

    @Override
    public void unpin(OrderRef ref, Deadline deadline) {
        need(Capability.UNPIN);
        call(Boolean.class, ProviderOperation.UNPIN, null, deadline, () -> {
            books.find(ref).forEach(pin -> books.remove(pin.id()));
            return true;
        });
    }

    @Override
    public PinListing list(@Nullable String from, Deadline deadline) {
        need(Capability.LIST);
        return call(PinListing.class, ProviderOperation.LIST, null, deadline, () -> {
            List<FakePin> all = books.pins();
            if (from != null && !from.matches("[0-9]{1,9}")) {
                throw new ProviderException(new Failure.InvalidOrder("no page of a list begins there"));
            }
            int first = from == null ? 0 : Integer.parseInt(from);
            int end = Math.min(first + PAGE, all.size());
            List<PinListing.ListedPin> page = all.subList(Math.min(first, end), end).stream()
                    .map(pin -> new PinListing.ListedPin(pin.id(), pin.cid().toString(), pin.key(), pin.observation()))
                    .toList();
            return new PinListing(page, end < all.size() ? String.valueOf(end) : null);
        });
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
        need(Capability.RETRIEVE_RAW);
        return call(byte[].class, ProviderOperation.BLOCK, null, deadline, () -> {
            Block block = network.block(cid);
            if (block == null || !books.holdsAny(network.rootsOf(cid))) {
                throw new ProviderException(new Failure.NotFound(name + " does not have block " + cid));
            }
            return block.bytes();
        });
    }

    @Override
    public InputStream car(Cid root, Deadline deadline) {
        need(Capability.RETRIEVE_CAR);
        return new ByteArrayInputStream(call(byte[].class, ProviderOperation.CAR, null, deadline, () -> {
            Dag dag = network.dag(root);
            if (dag == null || !books.holdsAny(network.rootsOf(root))) {
                throw new ProviderException(new Failure.NotFound(name + " does not have " + root));
            }
            return dag.car();
        }));
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "FakeProvider[" + name + "]";
    }

    private void need(Capability capability) {
        if (!capabilities.contains(capability)) {
            throw new ProviderException(new Failure.Unsupported(capability));
        }
    }

    private Sighting take(Order order, boolean uploaded) {
        FakePin pin = books.add(order, uploaded, newPins);
        return new Sighting(pin.observation(), pin.id(), List.of(), delegates);
    }

    private Sighting look(OrderRef ref) {
        List<FakePin> found = books.find(ref);
        if (found.isEmpty()) {
            boolean proven = ref.upstreamId() != null || provesAbsence;
            Observation nothing =
                    proven ? new Observation.Absent() : new Observation.Unknown("a list is no proof of absence");
            return Sighting.of(nothing, null);
        }
        FakePin first = found.getFirst();
        List<String> more = found.stream().skip(1).map(FakePin::id).toList();
        return new Sighting(first.observation(), first.id(), more, delegates);
    }

    /**
     * @param orderKey the key where the call makes an order, so that its outcome can be unknown
     */
    private <T> T call(
            Class<T> type,
            ProviderOperation operation,
            @Nullable String orderKey,
            Deadline deadline,
            Supplier<T> work) {
        if (closed) {
            throw new ProviderException(new Failure.Unavailable(name + " is closed"));
        }
        if (deadline.expired()) {
            throw new ProviderException(new Failure.Unavailable("no time was left to ask " + name));
        }
        books.counted(operation);
        Behaviour behaviour = plan.draw(operation).orElse(null);
        return switch (behaviour) {
            case null -> work.get();
            case Behaviour.Fail fail -> {
                if (fail.applied()) {
                    T unused = work.get();
                }
                throw new ProviderException(fail.failure());
            }
            case Behaviour.Hold hold -> held(hold, orderKey, deadline, work);
            case Behaviour.Crash crash -> throw crash.bug().get();
            case Behaviour.Run run -> {
                run.first().run();
                yield work.get();
            }
            case Behaviour.Say say -> type.cast(told(work.get(), say.observation()));
            case Behaviour.Serve serve -> type.cast(serve.bytes().get());
            case Behaviour.LoseReply lost -> {
                if (lost.applied()) {
                    T unused = work.get();
                }
                throw unanswered(orderKey, "the reply was lost");
            }
        };
    }

    private <T> T held(Behaviour.Hold hold, @Nullable String orderKey, Deadline deadline, Supplier<T> work) {
        T answer = hold.applied() ? work.get() : null;
        try {
            if (hold.gate().pass(deadline.remaining())) {
                return answer == null ? work.get() : answer;
            }
            throw unanswered(orderKey, "no answer in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(orderKey, "interrupted");
        }
    }

    private ProviderException unanswered(@Nullable String orderKey, String why) {
        String detail = name + ": " + why;
        return new ProviderException(
                orderKey == null ? new Failure.Unavailable(detail) : new Failure.OutcomeUnknown(orderKey, detail));
    }

    private static Object told(Object answer, Observation lie) {
        return answer instanceof Sighting truth
                ? new Sighting(lie, truth.upstreamId(), truth.duplicates(), truth.delegates())
                : answer;
    }
}
