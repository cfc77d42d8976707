package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The orders and the calls of a {@link FakeProvider}, guarded by one monitor. */
final class FakeBooks {
    private final Map<String, FakePin> live = new LinkedHashMap<>();
    private final List<FakePin> ever = new ArrayList<>();
    private final Map<ProviderOperation, Long> counts = new EnumMap<>(ProviderOperation.class);

    synchronized FakePin add(Order order, boolean uploaded, Observation observation) {
        FakePin pin = new FakePin(
                "fake-" + (ever.size() + 1),
                order.key(),
                order.cid(),
                order.origins(),
                order.labels(),
                uploaded,
                observation);
        live.put(pin.id(), pin);
        ever.add(pin);
        return pin;
    }

    synchronized boolean remove(String id) {
        return live.remove(id) != null;
    }

    synchronized void settle(Cid root, Observation observation) {
        live.replaceAll((id, pin) -> pin.cid().equals(root) ? pin.with(observation) : pin);
    }

    synchronized List<FakePin> find(OrderRef ref) {
        String id = ref.upstreamId();
        Predicate<FakePin> same =
                pin -> id != null ? pin.id().equals(id) : pin.key().equals(ref.key());
        return live.values().stream().filter(same).toList();
    }

    synchronized boolean holdsAny(Set<Multihash> roots) {
        return live.values().stream()
                .anyMatch(pin -> pin.observation() instanceof Observation.Stored
                        && roots.contains(pin.cid().multihash()));
    }

    synchronized List<FakePin> pins() {
        return List.copyOf(live.values());
    }

    synchronized List<FakePin> ever() {
        return List.copyOf(ever);
    }

    synchronized void counted(ProviderOperation operation) {
        counts.merge(operation, 1L, Long::sum);
    }

    synchronized long count(ProviderOperation operation) {
        return counts.getOrDefault(operation, 0L);
    }

    synchronized long count() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
