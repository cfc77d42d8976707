package dev.pinfold.conformance.session;

import dev.pinfold.conformance.http.RunAborted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Runs tasks side by side, no more than so many at a time. */
public final class Parallel {
    private Parallel() {}

    /** All results in the order of the tasks; the first failure is thrown after all have ended. */
    public static <T> List<T> all(List<Callable<T>> tasks, int atMost) {
        Semaphore room = new Semaphore(Math.max(1, atMost));
        List<Future<T>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Callable<T> task : tasks) {
                running.add(threads.submit(() -> {
                    room.acquire();
                    try {
                        return task.call();
                    } finally {
                        room.release();
                    }
                }));
            }
        }
        List<T> results = new ArrayList<>();
        for (Future<T> one : running) {
            results.add(resultOf(one));
        }
        return results;
    }

    private static <T> T resultOf(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunAborted("the run was stopped");
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException own) {
                throw own;
            }
            throw new IllegalStateException(failure.getCause());
        }
    }
}
