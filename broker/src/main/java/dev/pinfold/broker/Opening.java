package dev.pinfold.broker;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A part that is opened beside others, because it takes long and they do not need it. */
final class Opening<T extends AutoCloseable> {
    private final FutureTask<T> task;

    private Opening(FutureTask<T> task) {
        this.task = task;
    }

    /** Begins to open a part, on a thread of its own. */
    static <T extends AutoCloseable> Opening<T> begin(String name, Callable<T> open) {
        FutureTask<T> task = new FutureTask<>(open);
        Thread.ofVirtual().name("open-" + name).start(task);
        return new Opening<>(task);
    }

    /** Waits for the part; throws what opening it threw. */
    T await() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }

    /** Closes the part, once it is there; one that could not be opened was told to who waited for it. */
    void closeOnceOpen() throws Exception {
        T part;
        try {
            part = task.get();
        } catch (ExecutionException e) {
            return;
        }
        part.close();
    }
}
