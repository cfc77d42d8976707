package dev.pinfold.broker.pin;

import dev.pinfold.broker.store.PinStore.NewPin;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes pins that arrive at the same time in one transaction. A tenant's {@code created} values come from one row, so
 * transactions of one tenant wait for each other's commit; the pins that arrive during one commit share the next.
 */
final class PinBatcher {
    /** More pins than this make a statement no cheaper per pin. */
    private static final int MOST = 256;

    /** Writes a batch of one token: all of it, or nothing (an empty answer) where the quota does not allow it. */
    interface Writer {
        Future<List<PinRow>> write(Caller caller, List<NewPin> batch);
    }

    private record Waiting(NewPin pin, Promise<Optional<PinRow>> promise) {}

    private static final class Queue {
        final Deque<Waiting> waiting = new ArrayDeque<>();
    }

    private final Writer writer;
    private final Map<UUID, Queue> queues = new HashMap<>();

    PinBatcher(Writer writer) {
        this.writer = writer;
    }

    /** Writes a pin; empty when the token's quota does not allow it. */
    Future<Optional<PinRow>> add(Caller caller, NewPin pin) {
        Promise<Optional<PinRow>> promise = Promise.promise();
        boolean first;
        synchronized (this) {
            Queue queue = queues.get(caller.tokenId());
            first = queue == null;
            if (queue == null) {
                queue = new Queue();
                queues.put(caller.tokenId(), queue);
            }
            queue.waiting.add(new Waiting(pin, promise));
        }
        if (first) {
            writeNext(caller);
        }
        return promise.future();
    }

    private void writeNext(Caller caller) {
        List<Waiting> batch = new ArrayList<>();
        synchronized (this) {
            Queue queue = queues.get(caller.tokenId());
            Deque<Waiting> waiting = queue == null ? new ArrayDeque<>() : queue.waiting;
            while (!waiting.isEmpty() && batch.size() < MOST) {
                batch.add(waiting.poll());
            }
            if (batch.isEmpty()) {
                queues.remove(caller.tokenId());
                return;
            }
        }
        write(caller, batch).onComplete(done -> writeNext(caller));
    }

    private Future<?> write(Caller caller, List<Waiting> batch) {
        return writer.write(caller, batch.stream().map(Waiting::pin).toList())
                .compose(rows -> {
                    if (rows.isEmpty() && batch.size() > 1) {
                        return oneByOne(caller, batch);
                    }
                    for (int i = 0; i < batch.size(); i++) {
                        batch.get(i).promise().complete(rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(i)));
                    }
                    return Future.succeededFuture();
                })
                .onFailure(e -> batch.forEach(waiting -> waiting.promise().tryFail(e)));
    }

    /** The quota has room for some of the batch at most: let each pin find out. */
    private Future<?> oneByOne(Caller caller, List<Waiting> batch) {
        Future<?> last = Future.succeededFuture();
        for (Waiting waiting : batch) {
            last = last.transform(before -> write(caller, List.of(waiting)).otherwiseEmpty());
        }
        return last;
    }
}
