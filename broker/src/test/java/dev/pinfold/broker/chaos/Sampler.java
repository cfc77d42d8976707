package dev.pinfold.broker.chaos;

import dev.pinfold.broker.chaos.KillableBroker.Address;
import dev.pinfold.broker.chaos.PinClient.Reply;
import dev.pinfold.broker.chaos.Workload.Demand;
import dev.pinfold.content.Cid;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks for acknowledged pins all the time and compares what is shown with what the providers really hold: {@code pinned}
 * is not to be shown before two of them have the content (I2), and no acknowledged pin is ever unknown (I1).
 */
final class Sampler implements AutoCloseable {
    private final PinClient client;
    private final Workload workload;
    private final Supplier<@Nullable Address> broker;
    private final ToLongFunction<Cid> holding;
    private final Random random;
    private final Thread thread;
    private final AtomicInteger samples = new AtomicInteger();
    private final AtomicInteger shownPinned = new AtomicInteger();
    private final List<String> lies = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    Sampler(
            PinClient client,
            Workload workload,
            Supplier<@Nullable Address> broker,
            ToLongFunction<Cid> holding,
            long seed) {
        this.client = client;
        this.workload = workload;
        this.broker = broker;
        this.holding = holding;
        this.random = new Random(seed);
        this.thread = Thread.ofPlatform().name("sampler").start(this::run);
    }

    private void run() {
        while (!stopped) {
            Address at = broker.get();
            List<Demand> pins = workload.lasting();
            int size = pins.size();
            if (at != null && size > 0) {
                // Mostly the newest: their state is the one that changes.
                int back = random.nextInt(3) == 0 ? size : Math.min(size, 12);
                sample(at, pins.get(size - 1 - random.nextInt(back)));
            }
            Eventually.pause();
        }
    }

    private void sample(Address at, Demand pin) {
        try {
            Reply reply = client.get(at, pin.id());
            if (reply.status() == 404) {
                lies.add("the acknowledged " + pin + " is unknown");
            } else if (reply.status() == 200) {
                samples.incrementAndGet();
                if (PinClient.shown(reply.json()).status().equals("pinned")) {
                    shownPinned.incrementAndGet();
                    long copies = holding.applyAsLong(pin.cid());
                    if (copies < 2) {
                        lies.add(pin + " was shown as pinned with " + copies + " copies");
                    }
                }
            }
        } catch (IOException e) {
            // The broker was killed under the question.
        }
    }

    int samples() {
        return samples.get();
    }

    int shownPinned() {
        return shownPinned.get();
    }

    List<String> lies() {
        return lies;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(20_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
