package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.Contest.NobodyServed;
import dev.pinfold.broker.retrieval.Contest.Served;
import dev.pinfold.broker.retrieval.Ledger.Copy;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.dag.Links;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What all readers of one {@link Want} share: one download, the last blocks in memory, one search per missing block.
 *
 * <p>The download follows its fastest reader and stops when nobody reads on; a slower reader finds in the cache what has
 * left the memory, or it is fetched again. A reader that waits for the next block of an open CAR takes it on its own thread;
 * the download's thread runs ahead only of readers that are busy with something else. Nothing grows with the content or with
 * the number of readers.
 */
final class SharedFlight implements SubtreeStream.Reader {
    private static final long SHORT_PATIENCE = TimeUnit.MILLISECONDS.toNanos(200);

    /** When no reader waited for a block for so long, the download runs ahead of them. */
    private static final long AHEAD_AFTER = TimeUnit.MILLISECONDS.toNanos(50);

    private final Want want;
    private final LocalBlocks local;
    private final Referee referee;
    private final ReadSettings settings;
    private final Turns turns;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final Window window = new Window();
    private final FileMap files = new FileMap();
    private final Map<Multihash, CompletableFuture<Contest.Result>> singles = new HashMap<>();
    private final Set<Thread> threads = new HashSet<>();
    private final Beginning beginning;
    private @Nullable SubtreeStream stream;
    private boolean running;
    private SubtreeStream.@Nullable End end;
    private SubtreeStream.@Nullable Step step;
    private @Nullable Thread stepping;
    /** When a reader last waited for the next block. */
    private long waitedAt;

    private long produced;
    private long consumed;
    private boolean closed;

    SharedFlight(Want want, LocalBlocks local, Referee referee, ReadSettings settings, Turns turns) {
        this.want = want;
        this.local = local;
        this.referee = referee;
        this.settings = settings;
        this.turns = turns;
        this.beginning = new Beginning(want, referee, settings, turns);
    }

    /** A verified block that is on this machine; null when it is not. */
    @Nullable
    Block here(Cid cid) {
        Block there = atHand(cid);
        return there == null ? null : noted(there);
    }

    /** A verified block from wherever a copy is; null when nobody has it. */
    @Nullable
    Block fetch(Cid cid) throws IOException {
        try {
            return obtain(cid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for block " + cid);
        }
    }

    @Override
    public @Nullable Block atHand(Cid cid) {
        Block there = inWindow(cid);
        return there != null ? there : local.find(cid, referee.story());
    }

    private @Nullable Block inWindow(Cid cid) {
        lock.lock();
        try {
            Block found = window.find(cid.multihash());
            if (found != null && window.end(cid.multihash()) > consumed) {
                consumed = window.end(cid.multihash());
                changed.signalAll();
            }
            return found == null ? null : found.under(cid);
        } finally {
            lock.unlock();
        }
    }

    private Block noted(Block block) {
        lock.lock();
        try {
            files.note(block.cid(), block.bytes());
            return block;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Block obtain(Cid cid) throws IOException, InterruptedException {
        while (true) {
            lock.lockInterruptibly();
            try {
                requireOpen();
                Block found = inWindow(cid);
                if (found != null) {
                    return noted(found);
                }
                SubtreeStream download = stream;
                if (download != null && cid.equals(download.expected())) {
                    SubtreeStream.End over = end;
                    if (over instanceof SubtreeStream.End.Failed failed) {
                        stream = null;
                        return nothing(failed.block(), failed.losses());
                    }
                    if (over instanceof SubtreeStream.End.Broken broken) {
                        stream = null;
                        throw broken.cause();
                    }
                    if (!running && !(over instanceof SubtreeStream.End.Unreadable)) {
                        run(download);
                    }
                    if (running) {
                        SubtreeStream.Step open = step;
                        waitedAt = System.nanoTime();
                        if (open == null || stepping != null) {
                            changed.await();
                        } else {
                            take(open);
                            waitedAt = System.nanoTime();
                        }
                        continue;
                    }
                } else if (begin(cid)) {
                    continue;
                }
            } finally {
                lock.unlock();
            }
            return switch (single(cid)) {
                case Served served -> noted(served.opened().first().under(cid));
                case NobodyServed nobody -> nothing(cid, nobody.losses());
            };
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the retrieval was closed");
        }
    }

    /** Begins a download at this block where more than the block is wanted; false where it is better fetched alone. */
    private boolean begin(Cid cid) {
        if (running || want.scope() == Want.Scope.BLOCK) {
            return false;
        }
        boolean top = cid.multihash().equals(want.root().multihash());
        if (top && want.scope() == Want.Scope.ALL && want.path().isEmpty() && !Links.none(cid.codec())) {
            start(new SubtreeStream(List.of(cid), null, null, this, referee, settings));
            return true;
        }
        long to = want.bytes()
                .flatMap(Want.ByteRange::to)
                .filter(last -> last >= 0)
                .orElse(Long.MAX_VALUE);
        FileMap.Place place = files.place(cid, to);
        boolean leaf = Links.none(cid.codec());
        // Readers of a range pass over parts: the download begins where they begin to read bytes.
        if (place == null
                || place.rest().size() < 2
                || !(leaf || (place.first() && want.bytes().isEmpty()))) {
            return false;
        }
        Asking.Part part = Asking.Part.of(place.file(), place.offset(), to);
        Served begun = beginning.goOnAt(place.offset());
        start(new SubtreeStream(place.rest(), part, begun, this, referee, settings));
        return true;
    }

    private void start(SubtreeStream begun) {
        stream = begun;
        consumed = produced;
        run(begun);
    }

    private void run(SubtreeStream download) {
        running = true;
        end = null;
        spawn("flight", () -> {
            SubtreeStream.End how = new SubtreeStream.End.Parked();
            try {
                how = turns.take(download::run);
            } catch (RuntimeException e) {
                how = new SubtreeStream.End.Broken(e);
            } finally {
                download.close();
                ended(how);
            }
        });
    }

    private void ended(SubtreeStream.End how) {
        lock.lock();
        try {
            running = false;
            end = how;
            if (how instanceof SubtreeStream.End.Parked) {
                // A reader that waits for hours holds no memory here.
                window.clear();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Something that ends when it is interrupted, as it is when the last reader leaves. */
    private interface Work {
        void run() throws InterruptedException;
    }

    private void spawn(String name, Work work) {
        Thread thread = Thread.ofVirtual().name(name + "-" + want.root()).unstarted(() -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                // Nobody reads any more.
            } finally {
                forget(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.start();
    }

    private void forget(Thread thread) {
        lock.lock();
        try {
            threads.remove(thread);
        } finally {
            lock.unlock();
        }
    }

    /** Takes one block, without the lock, which is held before and after. */
    private void take(SubtreeStream.Step open) {
        stepping = Thread.currentThread();
        boolean more = false;
        lock.unlock();
        try {
            more = open.next();
        } finally {
            lock.lock();
            stepping = null;
            if (!more && open.equals(step)) {
                step = null;
                drained.signal();
            }
            changed.signalAll();
        }
    }

    @Override
    public boolean drain(SubtreeStream.Step open) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            step = open;
            waitedAt = System.nanoTime();
            changed.signalAll();
            while (step != null) {
                long rest = AHEAD_AFTER - (System.nanoTime() - waitedAt);
                if (stepping != null || rest > 0) {
                    drained.awaitNanos(stepping == null ? rest : AHEAD_AFTER);
                } else if (!wantsMore()) {
                    return false;
                } else if (step != null && stepping == null) {
                    take(open);
                }
            }
            return true;
        } finally {
            step = null;
            lock.unlock();
        }
    }

    @Override
    public boolean wantsMore() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long waited = 0;
            while (produced - consumed >= settings.lead() && !closed) {
                // With others waiting for their turn, a reader that does not read loses its own soon.
                long patience =
                        turns.wanted() ? SHORT_PATIENCE : settings.parkAfter().toNanos();
                if (waited >= patience) {
                    return false;
                }
                waited += SHORT_PATIENCE - Math.max(0, changed.awaitNanos(SHORT_PATIENCE));
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void deliver(Block block, @Nullable Copy from, Runnable advance) {
        lock.lock();
        try {
            produced += block.size();
            window.put(block, produced);
            files.note(block.cid(), block.bytes());
            advance.run();
        } finally {
            changed.signalAll();
            lock.unlock();
            // Not before: a reader that found it in the cache would be ahead of the download.
            if (from != null) {
                local.learned(block, from, referee.story());
            }
        }
    }

    @Override
    public void fetchAhead(Cid cid) {
        if (!local.has(cid)) {
            lock.lock();
            try {
                if (!closed && window.find(cid.multihash()) == null) {
                    var unused = search(cid);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** The search for a block on its own, one for all who ask. To be called with the lock. */
    private CompletableFuture<Contest.Result> search(Cid cid) {
        return singles.computeIfAbsent(cid.multihash(), hash -> {
            CompletableFuture<Contest.Result> found = new CompletableFuture<>();
            spawn("block", () -> {
                Contest.Result result = new NobodyServed(List.of());
                try {
                    Served next = beginning.next(cid);
                    result = next == null ? contest(beginning.asking(cid)) : next;
                } catch (RuntimeException e) {
                    found.completeExceptionally(e);
                } finally {
                    settle(cid, result);
                    found.complete(result);
                }
            });
            return found;
        });
    }

    private void settle(Cid cid, Contest.Result result) {
        if (result instanceof Served served) {
            local.learned(served.opened().first(), served.copy(), referee.story());
            keep(served);
        }
        lock.lock();
        try {
            singles.remove(cid.multihash());
            if (result instanceof Served served) {
                window.put(served.opened().first(), 0);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keeps what comes after the first block, unless nothing of it will be wanted. */
    private void keep(Served served) {
        Opened opened = served.opened();
        if (opened.rest() == null) {
            return;
        }
        lock.lock();
        try {
            files.note(opened.first().cid(), opened.first().bytes());
            if (!opened.whole() && !files.knows(opened.first().cid())) {
                // A directory: what lies below it is not wanted.
                opened.close();
                return;
            }
            beginning.hold(served);
            spawn("beginning", beginning::watch);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Contest.Result single(Cid cid) throws InterruptedException {
        CompletableFuture<Contest.Result> found;
        lock.lockInterruptibly();
        try {
            found = search(cid);
        } finally {
            lock.unlock();
        }
        try {
            return found.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
    }

    @Override
    public Contest.Result contest(Asking asking) throws InterruptedException {
        List<Copy> copies = referee.copies();
        boolean lastHope = copies.size() == 1;
        return new Contest(
                        asking.block(), copies, referee.lineUp(copies), referee, source -> asking.ask(source, lastHope))
                .run();
    }

    private @Nullable Block nothing(Cid cid, List<Contest.Loss> losses) throws IOException {
        requireOpen();
        if (Referee.missing(losses)) {
            referee.story()
                    .tell(new RetrievalEvent.GaveUp(cid, losses.isEmpty() ? "no copy is known" : "no copy has it"));
            return null;
        }
        RetrievalFailed failed = RetrievalFailed.of(cid, losses);
        referee.story().tell(new RetrievalEvent.GaveUp(cid, String.valueOf(failed.getMessage())));
        throw failed;
    }

    /** Ends all work: the last reader is gone. */
    void close() {
        lock.lock();
        try {
            closed = true;
            threads.forEach(Thread::interrupt);
            if (stepping != null) {
                stepping.interrupt();
            }
            window.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        beginning.giveUp();
        referee.story().end();
    }
}
