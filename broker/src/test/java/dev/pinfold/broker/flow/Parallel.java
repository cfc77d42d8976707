package dev.pinfold.broker.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Doing the same for many things, so many at once. */
public final class Parallel {
    private Parallel() {}

    /** Applies an action to all items with so many at once; results are in the order of the items. */
    public static <T, R> List<R> map(int atOnce, List<T> items, Function<T, R> action) {
        try (ExecutorService workers =
                Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
            List<Future<R>> futures = new ArrayList<>();
            items.forEach(item -> futures.add(workers.submit(() -> action.apply(item))));
            List<R> results = new ArrayList<>();
            for (Future<R> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
