package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Brings cold copies onto this machine's disk, verified; a content comes once, however many ask for it at the same time.
 */
public final class ColdStaging {
    private final Staging staging;
    private final ColdCopies copies;
    private final Map<String, CompletableFuture<Optional<Staged>>> coming = new ConcurrentHashMap<>();

    ColdStaging(Staging staging, ColdCopies copies) {
        this.staging = staging;
        this.copies = copies;
    }

    /** The cold copies themselves. */
    ColdCopies copies() {
        return copies;
    }

    /**
     * The staged content; blocks until it is there.
     *
     * @return empty where no cold copy is within reach
     * @throws IOException the copy cannot be read
     * @throws dev.pinfold.broker.BrokerException it is damaged, or there is no space for it
     */
    Optional<Staged> stage(Cid root) throws IOException {
        Optional<Staged> there = staging.find(root);
        if (there.isPresent()) {
            return there;
        }
        CompletableFuture<Optional<Staged>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<Staged>> first = coming.putIfAbsent(root.canonical(), mine);
        if (first == null) {
            // On a thread of its own: a reader that leaves does not stop it for the others.
            Thread.ofVirtual().name("cold-" + root).start(() -> bring(root, mine));
        }
        return await(first == null ? mine : first);
    }

    private void bring(Cid root, CompletableFuture<Optional<Staged>> told) {
        try {
            told.complete(Thawing.bring(copies, staging, root));
        } catch (RuntimeException | Error e) {
            told.completeExceptionally(e);
        } finally {
            coming.remove(root.canonical(), told);
        }
    }

    private static Optional<Staged> await(CompletableFuture<Optional<Staged>> coming) throws IOException {
        try {
            return coming.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a cold copy");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }
}
