package dev.pinfold.broker.chaos;

import dev.pinfold.broker.chaos.KillableBroker.Address;
import dev.pinfold.broker.chaos.PinClient.Reply;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.Network;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients that pin, replace and delete while the broker dies and comes back. Half of the pins carry an Idempotency-Key
 * and are repeated until they are acknowledged; of the others only those count that were. Knows afterwards which pins
 * must exist, which may, and which must not.
 */
final class Workload implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final PinClient client;
    private final @Nullable Network network;
    private final long seed;
    private final int total;
    private final Semaphore allowance = new Semaphore(0);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Demand> alive = new ConcurrentHashMap<>();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Set<String> unsure = ConcurrentHashMap.newKeySet();
    private final List<Demand> lasting = new CopyOnWriteArrayList<>();
    private final List<String> surprises = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> unanswered = new ConcurrentHashMap<>();
    private volatile @Nullable Address address;
    private volatile boolean stopped;

    /** A pin that was acknowledged. */
    record Demand(String id, Cid cid, String name) {}

    /**
     * @param network where contents are offered before they are pinned; null: they are uploaded
     */
    Workload(PinClient client, @Nullable Network network, long seed, int total) {
        this.client = client;
        this.network = network;
        this.seed = seed;
        this.total = total;
    }

    Workload start(int clients) {
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofPlatform().name("client-" + i).start(this::run));
        }
        return this;
    }

    /** Tells the clients where the broker is; null: it is dead. */
    void at(@Nullable Address now) {
        address = now;
    }

    /** Lets so many more pins be made. */
    void allow(int pins) {
        allowance.release(pins);
    }

    /**
     * Lets one more pin be made when no client has anything to do: those that were allowed may all have been cut off by
     * a kill, without an acknowledgement, and nobody would ask the broker for anything.
     */
    void allowOneIfIdle() {
        if (allowance.availablePermits() == 0 && next.get() == finished.get()) {
            allowance.release();
        }
    }

    /** Acknowledged changes so far. */
    long acknowledged() {
        return acknowledged.get();
    }

    boolean done() {
        return finished.get() >= total || !surprises.isEmpty();
    }

    /** Acknowledged pins that nobody will delete. */
    List<Demand> lasting() {
        return lasting;
    }

    /** Acknowledged pins that must exist, by id. */
    Map<String, Demand> alive() {
        return alive;
    }

    /** Ids of pins whose removal was acknowledged. */
    Set<String> gone() {
        return gone;
    }

    /** Names of pins that were asked for and never acknowledged. */
    Set<String> unsure() {
        return unsure;
    }

    /** Answers that no client should ever get. */
    List<String> surprises() {
        return surprises;
    }

    /** How often a request had no useful answer, by kind. */
    Map<String, Integer> unanswered() {
        return new TreeMap<>(unanswered);
    }

    private void run() {
        try {
            while (!stopped) {
                allowance.acquire();
                int number = next.getAndIncrement();
                if (number >= total) {
                    return;
                }
                life(number);
                finished.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            surprises.add(e.toString());
        }
    }

    private void life(int number) {
        Random random = new Random(seed * 1_000_003 + number);
        // Some contents are wanted by several pins.
        int content = number > 0 && random.nextInt(7) == 0 ? random.nextInt(number) : number;
        String name = "pin-" + number;
        Optional<Demand> made = add(content, name, random.nextBoolean() && network != null);
        if (made.isEmpty()) {
            return;
        }
        int fate = random.nextInt(10);
        if (fate == 0) {
            delete(made.get());
        } else if (fate == 1 && network != null) {
            replace(made.get(), total + number, name + "-new");
        } else {
            lasting.add(made.get());
        }
    }

    private byte[] bytes(int content) {
        byte[] bytes = new byte[content % 9 == 0 ? 5_000 : 40];
        new Random(seed * 7_919 + content).nextBytes(bytes);
        return bytes;
    }

    private Cid offered(int content) {
        Dag dag = content % 9 == 0 ? Dag.file(seed + content, 3, 700) : Dag.raw(bytes(content));
        if (network != null) {
            network.offer(dag);
        }
        return dag.root();
    }

    private Optional<Demand> add(int content, String name, boolean keyed) {
        Cid cid = network == null ? null : offered(content);
        while (true) {
            Reply reply = cid == null
                    ? ask("upload", at -> client.upload(at, bytes(content), name))
                    : ask("add", at -> client.add(at, cid.toString(), name, keyed ? "key-" + name : null));
            if (reply == null && !keyed) {
                unsure.add(name);
                return Optional.empty();
            }
            if (reply != null) {
                return expect(reply, 202, "adding " + name)
                        ? Optional.of(acknowledged(
                                cid == null ? reply.json().getJsonArray("pins").getJsonObject(0) : reply.json()))
                        : Optional.empty();
            }
        }
    }

    private Demand acknowledged(io.vertx.core.json.JsonObject status) {
        PinClient.Shown shown = PinClient.shown(status);
        Demand demand = new Demand(shown.id(), Cid.parse(shown.cid()), shown.name());
        alive.put(demand.id(), demand);
        acknowledged.incrementAndGet();
        return demand;
    }

    private void delete(Demand demand) {
        boolean repeated = false;
        while (true) {
            Reply reply = ask("delete", at -> client.delete(at, demand.id()));
            if (reply != null) {
                if ((repeated && reply.status() == 404) || expect(reply, 202, "deleting " + demand.name())) {
                    removed(demand);
                }
                return;
            }
            repeated = true;
        }
    }

    private void replace(Demand old, int content, String name) {
        Cid cid = offered(content);
        boolean repeated = false;
        while (true) {
            Reply reply = ask("replace", at -> client.replace(at, old.id(), cid.toString(), name));
            if (reply != null && repeated && reply.status() == 404) {
                // The first request was carried out; its answer, and with it the new id, was lost.
                removed(old);
                unsure.add(name);
                return;
            }
            if (reply != null) {
                if (expect(reply, 202, "replacing " + old.name())) {
                    removed(old);
                    lasting.add(acknowledged(reply.json()));
                }
                return;
            }
            repeated = true;
        }
    }

    private void removed(Demand demand) {
        alive.remove(demand.id());
        gone.add(demand.id());
        acknowledged.incrementAndGet();
    }

    private boolean expect(Reply reply, int status, String what) {
        if (reply.status() != status) {
            surprises.add(what + " was answered with " + reply);
        }
        return reply.status() == status;
    }

    private interface Request {
        Reply to(Address at) throws IOException;
    }

    /** Sends once, as soon as there is a broker; null when it is not known what became of the request. */
    private @Nullable Reply ask(String what, Request request) {
        Eventually.holds(() -> "a broker to ask", PATIENCE, () -> address != null || stopped);
        Address at = address;
        if (at == null) {
            return null;
        }
        try {
            Reply reply = request.to(at);
            if (reply.status() < 500) {
                return reply;
            }
            String details = reply.body() == null
                    ? ""
                    : reply.body().getJsonObject("error").getString("details");
            unanswered.merge(what + " " + reply.status() + " " + details, 1, Integer::sum);
        } catch (IOException e) {
            unanswered.merge(what + " cut off", 1, Integer::sum);
        }
        Eventually.pause();
        return null;
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }
}
