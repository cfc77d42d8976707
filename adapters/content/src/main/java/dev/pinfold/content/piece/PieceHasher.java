package dev.pinfold.content.piece;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Computes the commitment of a piece from its payload as that streams past, in any portions.
 *
 * <p>The payload is cut into subtrees of 1 MiB that need nothing of each other, so other threads can work on them; the
 * caller's own thread takes over one that nobody has begun when it has to wait. Memory is bounded: a buffer of 1 MiB per
 * subtree in work. Not safe for use by several threads at once; for one piece only.
 */
public final class PieceHasher {
    /** Payload bytes of one subtree of 1 MiB. */
    static final int SUBTREE = Fr32.IN << 13;

    static final int SUBTREE_HEIGHT = 15;
    /** Small enough to stay in the first-level cache from padding to the root of its nodes: 8 KiB. */
    private static final int CACHED_GROUPS = 64;

    private static final int CACHED_NODES = CACHED_GROUPS * Fr32.OUT / Node.BYTES;

    private final @Nullable Executor executor;
    private final int width;
    private final Deque<Subtree> running = new ArrayDeque<>();
    private final Deque<byte[]> spare = new ArrayDeque<>();
    private final NodeStack stack = new NodeStack();
    private final List<Node> subtrees = new ArrayList<>();
    private byte[] buffer = new byte[SUBTREE];
    private int filled;
    private long payload;

    /** One subtree in work. */
    private static final class Subtree extends FutureTask<Node> {
        private final byte[] payload;

        Subtree(byte[] payload) {
            super(() -> subtree(payload));
            this.payload = payload;
        }
    }

    private PieceHasher(@Nullable Executor executor, int width) {
        this.executor = executor;
        this.width = width;
    }

    /** A hasher that does all work in the calling thread. */
    public static PieceHasher sequential() {
        return new PieceHasher(null, 1);
    }

    /**
     * A hasher that has {@code executor} help the calling thread.
     *
     * @param executor runs pure computations of a few milliseconds; one that refuses or is slow costs time only
     * @param width the most subtrees in work at once, at least 1: twice the number of cores keeps all of them busy
     */
    public static PieceHasher parallel(Executor executor, int width) {
        if (width < 1) {
            throw new IllegalArgumentException("At least one subtree is in work, not " + width);
        }
        return new PieceHasher(executor, width);
    }

    /** Takes the next {@code length} bytes of the payload from {@code offset}; they are copied. */
    public void update(byte[] bytes, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            int take = Math.min(left, SUBTREE - filled);
            System.arraycopy(bytes, from, buffer, filled, take);
            filled += take;
            from += take;
            left -= take;
            if (filled == SUBTREE) {
                hashSubtree();
            }
        }
        payload += length;
    }

    /** How many bytes of payload were taken. */
    public long payload() {
        return payload;
    }

    /** The piece of everything taken, in the smallest size that carries it. The hasher is of no use afterwards. */
    public Piece finish() {
        return finish(new PieceSize(PieceSize.MIN_HEIGHT));
    }

    /** As {@link #finish()}, zero-filled up to {@code atLeast} where that is larger. */
    public Piece finish(PieceSize atLeast) {
        while (!running.isEmpty()) {
            collect();
        }
        NodeHasher hasher = new NodeHasher();
        int groups = (filled + Fr32.IN - 1) / Fr32.IN;
        Arrays.fill(buffer, filled, groups * Fr32.IN, (byte) 0);
        byte[] leaves = new byte[Fr32.OUT];
        for (int group = 0; group < groups; group++) {
            Fr32.pad(buffer, group * Fr32.IN, leaves, 0, 1);
            hasher.reduce(leaves, 4);
            stack.push(2, Node.at(leaves, 0));
        }
        filled = 0;
        PieceSize size = PieceSize.ofPayload(payload).max(atLeast);
        return new Piece(stack.root(size.height()), size, payload);
    }

    private void hashSubtree() {
        byte[] full = buffer;
        filled = 0;
        if (executor == null) {
            take(subtree(full));
            return;
        }
        Subtree next = new Subtree(full);
        running.add(next);
        try {
            executor.execute(next);
        } catch (RejectedExecutionException e) {
            // Nobody helps: collecting it does the work.
        }
        if (running.size() >= width) {
            collect();
        }
        byte[] free = spare.poll();
        buffer = free == null ? new byte[SUBTREE] : free;
    }

    /** Waits for the oldest subtree, or computes it here when nobody has begun it. */
    private void collect() {
        Subtree oldest = running.remove();
        oldest.run();
        take(await(oldest));
        spare.add(oldest.payload);
    }

    private void take(Node subtree) {
        stack.push(SUBTREE_HEIGHT, subtree);
        subtrees.add(subtree);
    }

    /**
     * The roots of all subtrees of 1 MiB that the payload fills, from left to right: 1 MiB of nodes for a piece of 32 GiB.
     * With them {@link RangeProof#of} needs to read little of the payload again. Complete after {@link #finish}.
     */
    public List<Node> subtrees() {
        return List.copyOf(subtrees);
    }

    private static Node await(FutureTask<Node> root) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return root.get();
                } catch (InterruptedException e) {
                    // The computation ends within milliseconds; the caller sees the interrupt at its next blocking
                    // call.
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("Hashing cannot fail", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The root over exactly {@link #SUBTREE} bytes of payload. */
    static Node subtree(byte[] payload) {
        NodeHasher hasher = new NodeHasher();
        byte[] cached = new byte[CACHED_GROUPS * Fr32.OUT];
        int parts = SUBTREE / (CACHED_GROUPS * Fr32.IN);
        byte[] roots = new byte[parts * Node.BYTES];
        for (int part = 0; part < parts; part++) {
            Fr32.pad(payload, part * CACHED_GROUPS * Fr32.IN, cached, 0, CACHED_GROUPS);
            hasher.reduce(cached, CACHED_NODES);
            System.arraycopy(cached, 0, roots, part * Node.BYTES, Node.BYTES);
        }
        hasher.reduce(roots, parts);
        return Node.at(roots, 0);
    }
}
