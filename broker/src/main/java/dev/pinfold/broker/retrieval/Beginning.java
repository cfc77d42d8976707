package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.Contest.Served;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The answer with which a read begins: the blocks of the path and of what lies at its end, in one CAR ({@link
 * Asking#beginning}). A reader that follows the path takes block after block from it, until it asks for another than the one
 * that comes next; a download of a file goes on with it. It holds a connection and knows no hedge, so it is given up when
 * nobody asks for a second, or the next block takes so long. Safe for use by several threads.
 */
final class Beginning {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Want want;
    private final Referee referee;
    private final ReadSettings settings;
    private final Turns turns;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition gone = lock.newCondition();
    private @Nullable Served served;
    private boolean reading;
    private long usedAt;
    private volatile boolean over;

    Beginning(Want want, Referee referee, ReadSettings settings, Turns turns) {
        this.want = want;
        this.referee = referee;
        this.settings = settings;
        this.turns = turns;
    }

    /**
     * How to ask for a block on its own: with the root, which is the first, comes what follows it, unless a download would
     * have to wait for its turn.
     */
    Asking asking(Cid cid) {
        boolean first = asked.compareAndSet(false, true) && turns.free();
        return first && cid.multihash().equals(want.root().multihash())
                ? Asking.beginning(want, settings, referee)
                : Asking.alone(cid, settings, referee);
    }

    /** Keeps an answer; one that comes too late is closed. */
    void hold(Served begun) {
        lock.lock();
        try {
            if (over) {
                begun.opened().close();
            } else {
                served = begun;
                usedAt = System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next block, if it is this one; null when it is another, does not come soon, or nothing is held. */
    @Nullable
    Served next(Cid cid) {
        Served begun = begin();
        if (begun == null) {
            return null;
        }
        Block block = read(begun);
        boolean right = block != null && block.cid().multihash().equals(cid.multihash());
        lock.lock();
        try {
            reading = false;
            usedAt = System.nanoTime();
        } finally {
            lock.unlock();
        }
        if (block == null || !right) {
            giveUp();
            return null;
        }
        return new Served(begun.copy(), Opened.alone(block.under(cid)));
    }

    private @Nullable Served begin() {
        lock.lock();
        try {
            Served begun = reading ? null : served;
            if (begun != null) {
                reading = true;
                usedAt = System.nanoTime();
            }
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** The block that comes; null at the end, and when none comes. */
    private @Nullable Block read(Served begun) {
        CarReader rest = begun.opened().rest();
        try {
            return rest == null ? null : SubtreeStream.next(rest);
        } catch (SourceTrouble e) {
            referee.failed(begun.copy(), e);
        } catch (IOException e) {
            // What was given up breaks off here, and its source is not to blame.
            if (!over && !Thread.currentThread().isInterrupted()) {
                referee.failed(begun.copy(), SourceTrouble.of(e));
            }
        }
        return null;
    }

    /**
     * Hands the answer over to a download of a part of a file; null when nothing is held, when it brings other bytes than
     * these next, or when the download would have to wait for its turn. From here on nothing is held.
     */
    @Nullable
    Served goOnAt(long offset) {
        long from = want.bytes().map(Want.ByteRange::from).orElse(0L);
        if (turns.free() && offset <= from && from - offset < Block.MAX_SIZE) {
            return take();
        }
        giveUp();
        return null;
    }

    private @Nullable Served take() {
        lock.lock();
        try {
            if (reading) {
                giveUp();
            }
            Served begun = served;
            served = null;
            over = true;
            gone.signalAll();
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the answer, also when somebody reads it. */
    void giveUp() {
        lock.lock();
        try {
            over = true;
            if (served != null) {
                served.opened().close();
            }
            served = null;
            gone.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the answer is taken; gives it up when it is not used for a second, or on an interrupt. */
    void watch() throws InterruptedException {
        lock.lock();
        try {
            long rest = PATIENCE_NANOS;
            while (!over && rest > 0) {
                gone.awaitNanos(rest);
                rest = PATIENCE_NANOS - (System.nanoTime() - usedAt);
            }
        } finally {
            if (!over) {
                giveUp();
            }
            lock.unlock();
        }
    }
}
