package dev.pinfold.kit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Which calls of a {@link FakeProvider} are treated how: first those that are lined up, then what holds for all. */
public final class BehaviourPlan {
    private final Map<ProviderOperation, Deque<Behaviour>> linedUp = new EnumMap<>(ProviderOperation.class);
    private final Map<ProviderOperation, Behaviour> lasting = new EnumMap<>(ProviderOperation.class);

    BehaviourPlan() {}

    /** The next calls of this operation are treated like this, one after the other. */
    public synchronized BehaviourPlan next(ProviderOperation operation, Behaviour... behaviours) {
        Deque<Behaviour> queue = linedUp.computeIfAbsent(operation, key -> new ArrayDeque<>());
        for (Behaviour behaviour : behaviours) {
            queue.addLast(behaviour);
        }
        return this;
    }

    /** Every call of this operation is treated like this, until cleared. */
    public synchronized BehaviourPlan always(ProviderOperation operation, Behaviour behaviour) {
        lasting.put(operation, behaviour);
        return this;
    }

    /** Every call is treated like this, until cleared. */
    public synchronized BehaviourPlan everywhere(Behaviour behaviour) {
        for (ProviderOperation operation : ProviderOperation.values()) {
            lasting.put(operation, behaviour);
        }
        return this;
    }

    /** All goes well again. */
    public synchronized BehaviourPlan clear() {
        linedUp.clear();
        lasting.clear();
        return this;
    }

    synchronized Optional<Behaviour> draw(ProviderOperation operation) {
        Deque<Behaviour> queue = linedUp.get(operation);
        Behaviour first = queue == null ? null : queue.pollFirst();
        return first != null ? Optional.of(first) : Optional.ofNullable(lasting.get(operation));
    }
}
