package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A chain whose time stands still until it is told to {@link #advance}. Messages wait for the next tipset; deals start,
 * end and are missed as the market actor has it; a reorganisation takes back the newest tipsets and everything in them.
 * One lock guards the whole network, so what happens does not depend on threads. Safe for many threads.
 */
public final class SimulatedChain {
    /** Where the chain stands when nobody says otherwise. */
    static final long FIRST_HEAD = 5_000_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** More tipsets than this are not told one by one. */
    private static final long TOLD = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TipSets tipSets;
    private final Actors actors = new Actors(this::idOf);
    private final Map<Address, Address> ids = new HashMap<>();
    private final Map<Address, Address> keys = new HashMap<>();
    private final NavigableMap<Long, ChainState> history = new TreeMap<>();
    private final NavigableMap<Long, List<ChainMessage>> included = new TreeMap<>();
    private final List<ChainMessage> waiting = new ArrayList<>();
    private final Map<Address, Long> nonces = new HashMap<>();
    private final List<Inhabitant> inhabitants = new ArrayList<>();
    private final List<Consumer<List<HeadChange>>> listeners = new CopyOnWriteArrayList<>();
    private long head;
    /** Called after each change, with the lock held. */
    private Runnable keeper = () -> {};

    SimulatedChain(long seed, long head) {
        this.tipSets = new TipSets(seed);
        this.head = head;
        history.put(Long.MIN_VALUE, ChainState.empty());
    }

    /** The height of the newest tipset. */
    public long head() {
        return locked(() -> head);
    }

    /**
     * Lets this many epochs of 30 seconds pass: messages are taken in, deals start and end, providers go on. Waits first
     * wherever data is being moved, so that what has happened afterwards is always the same.
     */
    public void advance(long epochs) {
        run(() -> {
            long from = head;
            long target = head + epochs;
            while (head < target) {
                await(() -> inhabitants.stream().noneMatch(Inhabitant::moving), "data to be moved");
                step(Math.min(target, dueEpoch()));
            }
            await(() -> inhabitants.stream().noneMatch(Inhabitant::moving), "data to be moved");
            tell(applied(Math.max(from, target - TOLD) + 1, target));
        });
    }

    /**
     * As {@link #advance}, but stops at once where data is being moved: for those who are needed for that to come to an
     * end. Returns how many epochs passed.
     */
    public long advanceUnlessMoving(long epochs) {
        return locked(() -> {
            long from = head;
            long target = head + epochs;
            while (head < target && inhabitants.stream().noneMatch(Inhabitant::moving)) {
                step(Math.min(target, dueEpoch()));
            }
            tell(applied(Math.max(from, head - TOLD) + 1, head));
            return head - from;
        });
    }

    /** Lets epochs pass until this one; does nothing when it has passed. */
    public void advanceTo(long epoch) {
        advance(Math.max(0, epoch - head()));
    }

    /**
     * Takes back the newest {@code depth} tipsets and builds as many others. What happened in the old ones has not
     * happened; their messages come again at once, or never.
     *
     * @param messages what becomes of the messages that were in the tipsets that are taken back
     */
    public void reorganise(int depth, Reverted messages) {
        run(() -> {
            long old = head;
            long base = head - depth;
            List<HeadChange> changes = new ArrayList<>();
            for (long height = old; height > base; height--) {
                changes.add(new HeadChange("revert", tipSets.json(height)));
            }
            history.tailMap(base, false).clear();
            NavigableMap<Long, List<ChainMessage>> undone = included.tailMap(base, false);
            if (messages != Reverted.ARE_LOST) {
                undone.values().stream()
                        .flatMap(List::stream)
                        .skip(messages == Reverted.COME_AGAIN_BUT_THE_FIRST ? 1 : 0)
                        .forEach(waiting::add);
            }
            undone.clear();
            tipSets.fork(base + 1);
            head = base;
            while (head < old) {
                step(Math.min(old, dueEpoch()));
            }
            changes.addAll(applied(base + 1, old));
            tell(changes);
        });
    }

    /** What becomes of messages whose tipset is taken back. */
    public enum Reverted {
        /** The next tipset takes them in. */
        COME_AGAIN,
        /** The same, but for the first of them, which is lost. */
        COME_AGAIN_BUT_THE_FIRST,
        /** They are lost. */
        ARE_LOST
    }

    /** Tipsets are made for listeners only. */
    private List<HeadChange> applied(long from, long to) {
        List<HeadChange> changes = new ArrayList<>();
        for (long height = listeners.isEmpty() ? to + 1 : from; height <= to; height++) {
            changes.add(new HeadChange("apply", tipSets.json(height)));
        }
        return changes;
    }

    /** With the lock held, so that who begins to listen misses nothing and hears nothing twice. */
    private void tell(List<HeadChange> changes) {
        if (!changes.isEmpty()) {
            listeners.forEach(listener -> listener.accept(changes));
        }
    }

    private long dueEpoch() {
        if (!waiting.isEmpty()) {
            return head + 1;
        }
        long due = Long.MAX_VALUE;
        ChainState state = state();
        for (MarketDeal deal : state.deals().values()) {
            due = Math.min(due, Actors.dueAt(deal));
        }
        for (Allocation allocation : state.allocations().values()) {
            due = Math.min(due, allocation.expiration() + 1);
        }
        for (Inhabitant each : inhabitants) {
            due = Math.min(due, each.dueAfter(head));
        }
        return Math.max(due, head + 1);
    }

    private void step(long epoch) {
        head = epoch;
        ChainState state = state();
        List<ChainMessage> taken = List.copyOf(waiting);
        waiting.clear();
        for (ChainMessage message : taken) {
            if (!state.receipts().containsKey(message.cid())) {
                state = actors.apply(state, message, epoch);
            }
        }
        if (!taken.isEmpty()) {
            included.put(epoch, taken);
        }
        state = actors.tick(state, epoch);
        if (!state.equals(state())) {
            history.put(epoch, state);
        }
        inhabitants.forEach(each -> each.onEpoch(epoch));
        keeper.run();
        changed.signalAll();
    }

    // What follows is for the rest of the network; everything there holds the lock.

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void run(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes whoever waits for something that has just changed. */
    void wake() {
        run(changed::signalAll);
    }

    /** Waits, with the lock given away meanwhile. */
    void await(BooleanSupplier done, String what) {
        long left = PATIENCE.toNanos();
        try {
            while (!done.getAsBoolean()) {
                if (left <= 0) {
                    throw new IllegalStateException("waited two minutes in vain for " + what);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }

    /** Waits up to this long; tells whether it came true. */
    boolean awaitFor(BooleanSupplier done, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (!done.getAsBoolean()) {
                if (!changed.await(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    return done.getAsBoolean();
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** From now on every change is told, before anybody hears of it. */
    void keptBy(Runnable told) {
        run(() -> keeper = told);
    }

    /** Tells that something outside of the chain itself has changed. */
    void noted() {
        run(() -> keeper.run());
    }

    /** The chain as it is now, without its past and without the head's height. */
    JsonObject memory() {
        JsonObject actorIds = new JsonObject();
        ids.forEach((key, id) -> actorIds.put(key.toString(), id.number()));
        JsonObject next = new JsonObject();
        nonces.forEach((from, nonce) -> next.put(from.toString(), nonce));
        JsonArray messages = new JsonArray();
        waiting.forEach(message -> messages.add(StateJson.message(message)));
        return new JsonObject()
                .put("state", StateJson.write(state()))
                .put("ids", actorIds)
                .put("nonces", next)
                .put("waiting", messages);
    }

    /** Goes on from what {@link #memory} gave. */
    void recall(JsonObject memory, long at) {
        run(() -> {
            head = at;
            history.clear();
            history.put(Long.MIN_VALUE, StateJson.read(memory.getJsonObject("state")));
            StateJson.members(memory, "ids", (key, id) -> register(Address.parse(key), ((Number) id).longValue()));
            StateJson.members(
                    memory, "nonces", (from, nonce) -> nonces.put(Address.parse(from), ((Number) nonce).longValue()));
            StateJson.each(memory, "waiting", message -> waiting.add(StateJson.readMessage(message)));
        });
    }

    void join(Inhabitant inhabitant) {
        run(() -> inhabitants.add(inhabitant));
    }

    Runnable listen(Consumer<List<HeadChange>> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    TipSets tipSets() {
        return tipSets;
    }

    ChainState state() {
        return state(head);
    }

    ChainState state(long height) {
        return history.floorEntry(height).getValue();
    }

    /** Changes the state from outside of the chain, at all heights: for the beginning and for faults. */
    void decree(UnaryOperator<ChainState> change) {
        run(() -> history.replaceAll((height, state) -> change.apply(state)));
    }

    /** Gives a key an actor of its own; the number it gets stays. */
    Address register(Address key, long number) {
        return locked(() -> {
            Address id = Address.id(number);
            ids.put(key, id);
            keys.put(id, key);
            return id;
        });
    }

    /** The actor number of an address; a new one for a key that was never seen. */
    Address idOf(Address address) {
        return address.isId()
                ? address
                : locked(() -> {
                    Address known = ids.get(address);
                    return known != null ? known : register(address, 2_000 + ids.size());
                });
    }

    /** The key behind an address, or the address itself where there is none. */
    Address keyOf(Address address) {
        return locked(() -> keys.getOrDefault(address, address));
    }

    ChainMessage push(Address from, Address to, BigInteger value, long method, byte[] params, Effect effect) {
        return locked(() -> {
            long nonce = nonces.merge(from, 1L, Long::sum) - 1;
            ChainMessage message = ChainMessage.of(from, to, nonce, value, method, params, effect);
            waiting.add(message);
            keeper.run();
            return message;
        });
    }

    long nonce(Address from) {
        return nonces.getOrDefault(from, 0L);
    }

    boolean isWaiting(Cid message) {
        return waiting.stream().anyMatch(each -> each.cid().equals(message));
    }

    List<ChainMessage> waiting() {
        return List.copyOf(waiting);
    }

    @Nullable
    Receipt receipt(Cid message) {
        return state().receipts().get(message);
    }
}
